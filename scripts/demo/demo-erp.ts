// The ERP behind a run of the demo: the sandbox, or a Tryton of the demo's own. What the acts do to it and read of it is the
// same; the documents are compared by the same promises.

import { createErpClient } from '../lib/relay-client.ts';
import type { ErpState } from './erp-state.ts';
import { borrowErpSwitches, type ErpSwitches } from './erp-switches.ts';
import type { RunIds } from './run-ids.ts';

export type DemoErp = {
  /** For the reader, e.g. `sandbox ERP`. */
  readonly name: string;
  readonly url: string;
  /** The code of a dead letter whose product the ERP refused. */
  readonly refusalCode: string;
  /** Longest wait for the work of one act to end, ms. */
  readonly patienceMs: number;
  readonly switches: ErpSwitches;
  state(): Promise<ErpState>;
  /** Calls it has refused because it is down, ever. */
  refusedCalls(): Promise<number>;
};

export type OpenDemoErp = (ids: RunIds) => Promise<DemoErp>;

export const openSandbox = async (url: string): Promise<DemoErp> => {
  const client = createErpClient(url);
  return {
    name: 'sandbox ERP',
    url,
    refusalCode: 'invalid_record',
    // The longest back-off after a short outage is 16 s.
    patienceMs: 30_000,
    switches: await borrowErpSwitches(url),
    state: async () => (await client.state()) as unknown as ErpState,
    refusedCalls: async () => {
      const { errors } = (await client.summary()) as Pick<ErpState, 'errors'>;
      return errors.unavailable ?? 0;
    },
  };
};
