// What the sandbox adapter's tests share: one sandbox for a file, emptied before each test, and a connection to it.
// May not hold an expectation of its own but that what a test builds on was done.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { sandboxAdapter } from '../../../../src/erp/sandbox/sandbox-adapter.ts';
import type { OperationCase } from './operation-cases.ts';
import { type OperationRun, runOperation } from './run-operation.ts';
import { type RunningSandbox, sandboxKey, startSandbox } from './start-sandbox.ts';
import { createTestConnection, type TestConnection } from './test-connection.ts';

export type AdapterHarness = {
  readonly sandbox: RunningSandbox;
  readonly erp: TestConnection;
  /** Replaces the connection of this test. */
  connect(options?: { timeoutMs?: number; credential?: Readonly<Record<string, string>> }): TestConnection;
  run(name: string, input: unknown, key?: string): OperationRun;
  /** Does what must exist before the operation, and readies it. */
  prepare(operation: OperationCase): Promise<OperationRun>;
  /** Exactly one document, one effect, nothing doubled, books in balance. */
  expectDoneOnce(operation: OperationCase): Promise<void>;
  expectNotDone(operation: OperationCase): Promise<void>;
};

/** Call it at the top of a test file. */
export function useSandbox(): AdapterHarness {
  let sandbox: RunningSandbox;
  let erp: TestConnection;
  const connect: AdapterHarness['connect'] = ({ timeoutMs = 5_000, credential = sandboxKey } = {}) => {
    erp = createTestConnection({ url: sandbox.url, session: sandboxAdapter.session, credential, timeoutMs });
    return erp;
  };
  const run: AdapterHarness['run'] = (name, input, key) =>
    runOperation({ adapter: sandboxAdapter, erp, name, input }, key);
  beforeAll(async () => {
    sandbox = await startSandbox();
  }, 30_000);
  afterAll(() => sandbox.stop());
  beforeEach(async () => {
    await sandbox.control('POST', '/reset');
    connect();
  });
  return {
    ...{ connect, run },
    get sandbox() {
      return sandbox;
    },
    get erp() {
      return erp;
    },
    prepare: async ({ name, input, before, settings = {} }) => {
      await sandbox.control('PATCH', '/settings', settings);
      for (const [earlier, earlierInput] of before) {
        expect(await run(earlier, earlierInput).finish()).toMatchObject({ kind: 'succeeded' });
      }
      return run(name, input);
    },
    expectDoneOnce: async ({ list, document, name }) => {
      const state = await sandbox.state();
      expect(state[list]).toMatchObject([document]);
      const effects = state.operations.filter((effect: { operation: string }) => effect.operation === name);
      expect(effects).toHaveLength(1);
      expect(state).toMatchObject({ doubled: [], doubledReferences: [], trialBalance: { balanced: true } });
    },
    expectNotDone: async ({ name }) => {
      const { operationCounts } = await sandbox.state('?summary=1');
      expect(operationCounts[name] ?? 0).toBe(0);
    },
  };
}
