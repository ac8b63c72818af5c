// One run of the demo as its acts see it: posts webhooks, waits, asks the relay and the ERP, and keeps a record of what
// was sent and what is due. It judges nothing: check-promises.ts does, from the ERP's documents.

import {
  createRelayClient,
  type DeliverySummary,
  type Posted,
  type RelayAddress,
  type RelayClient,
} from '../lib/relay-client.ts';
import type { DemoErp } from './demo-erp.ts';
import type { DemoOrder } from './demo-order.ts';
import type { ErpState } from './erp-state.ts';
import type { ErpSwitches } from './erp-switches.ts';
import { createPoster, type Poster } from './post-webhook.ts';
import type { RunIds } from './run-ids.ts';
import { createRunRecord, type RunRecord } from './run-record.ts';
import { createRunStep, type RunStep } from './run-step.ts';
import type { Terminal } from './terminal.ts';

export type RunParts = {
  readonly ids: RunIds;
  readonly relay: RelayAddress;
  readonly erp: DemoErp;
  readonly terminal: Terminal;
  /** Epoch ms. */
  readonly startedAt: number;
};

export type DemoRun = RunParts &
  Poster & {
    readonly switches: ErpSwitches;
    readonly record: RunRecord;
    readonly step: RunStep;
    /** An order whose documents are due at the end. */
    expect(order: DemoOrder): DemoOrder;
    admin(method: string, path: string, body?: unknown): Promise<Posted>;
    readonly replayAll: RelayClient['replayAll'];
    erpState(): Promise<ErpState>;
    /** Calls the ERP has refused because it is down, ever. */
    refusedCalls(): Promise<number>;
    /** The run's own deliveries, by the search of docs/admin-api.md. */
    deliveries(query: string): Promise<readonly DeliverySummary[]>;
    /** Waits until none of the run's deliveries is under way, and shows how long it took; gives up in time. */
    untilDone(what: string): Promise<void>;
  };

const pollEveryMs = 100;
/** Statuses of work that goes on by itself. */
const underWay = 'status=pending,scheduled,leased';

/** How far a relay's clock may be behind this one's, ms: with it a search still finds all of the run. */
const clockMarginMs = 60_000;

export function createDemoRun(parts: RunParts): DemoRun {
  const { erp } = parts;
  const client = createRelayClient(parts.relay);
  const record = createRunRecord();
  const step = createRunStep(parts.terminal);
  const receivedFrom = new Date(parts.startedAt - clockMarginMs).toISOString();
  const deliveries = async (query: string) => {
    const all = await client.deliveries(`${query}&receivedFrom=${receivedFrom}`);
    return all.filter(({ event }) => record.eventIds.has(event.id));
  };
  const isDone = async () => (await deliveries(underWay)).length === 0;
  return {
    ...parts,
    ...createPoster({ client, record, step }),
    ...{ record, step, deliveries },
    admin: client.admin,
    replayAll: client.replayAll,
    switches: erp.switches,
    refusedCalls: () => erp.refusedCalls(),
    erpState: () => erp.state(),
    expect: (order) => {
      record.orders.push(order);
      return order;
    },
    untilDone: async (what) => {
      await step(
        { who: 'relay', what: 'deliveries', detail: what },
        () => waitUntil(isDone, erp.patienceMs),
        (done) => ({
          answer: done ? 'done' : 'still under way',
          isGood: done,
        }),
      );
    },
  };
}

/** True once it holds, false where it does not within the time (ms). */
export async function waitUntil(holds: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs));
  }
  return true;
}
