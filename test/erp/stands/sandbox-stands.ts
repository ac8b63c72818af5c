// sale.confirm on the running sandbox ERP, by its own adapter and by one that is nothing but data: its refusals are its own.
import { readFileSync } from 'node:fs';
import type { ErpAdapter } from '../../../src/core/erp.ts';
import { httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { operations } from '../../../src/operations/index.ts';
import { sale } from '../sandbox/support/operation-cases.ts';
import { type RunningSandbox, sandboxKey, startSandbox } from '../sandbox/support/start-sandbox.ts';
import { createTestConnection } from '../sandbox/support/test-connection.ts';
import { intercept } from '../support/intercept.ts';
import type { StandCase } from '../support/stand.ts';

const described = httpAdapterFromJson(JSON.parse(readFileSync('docs/erp/http-example.json', 'utf8')));

const faults = { lock: { lockedRate: 1 }, missing_field: { invalidSkus: ['SKU-2'] } };

const toCase = (name: string, adapter: ErpAdapter): StandCase => {
  let sandbox: RunningSandbox;
  return {
    ...{ name, lockCount: 1 },
    open: async () => {
      sandbox = await startSandbox();
    },
    close: () => sandbox.stop(),
    start: async () => {
      await sandbox.control('POST', '/reset');
      const { url } = sandbox;
      const inner = createTestConnection({ url, session: adapter.session, credential: sandboxKey });
      return {
        ...{ adapter, erp: intercept(inner), operation: operations['sale.confirm'], input: sale },
        count: async () => (await sandbox.state()).orders.length,
        meet: (what) => sandbox.setFaults(faults[what]),
        clear: () => sandbox.setFaults({}),
        totalField: 'total',
        missingField: 'lines[1].sku',
        // The sandbox would take a second order, as most ERPs do: what it refuses is a second transition.
        repeated: { operation: operations['sale.cancel'], input: { orderId: '1001' } },
      };
    },
  };
};

export const sandboxStands: readonly StandCase[] = [
  toCase('sandbox', sandboxAdapter),
  toCase('http, an ERP described by data', described),
];
