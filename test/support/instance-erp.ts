// A target whose ERP says of itself what a test says, over a connection that answers nothing and counts writes.
import type { ErpInstance, ReadInstance } from '../../src/core/erp-capabilities.ts';
import type { TargetDefinition } from '../../src/core/target.ts';
import { createErpInstances } from '../../src/pipeline/erp-instances.ts';
import { testTime } from './records.ts';
import { testAdapter } from './relay.ts';

export const instanceOf = (changes: Partial<ErpInstance> = {}): ErpInstance => ({
  ...{ version: '6.0', company: 'ACME', currency: 'EUR', modules: ['sales', 'stock'], lockedThrough: null },
  ...changes,
});

export const instanceTarget = (readInstance?: ReadInstance): TargetDefinition => ({
  id: 'erp',
  adapter: { ...testAdapter, ...(readInstance === undefined ? {} : { readInstance }) },
  ...{ baseUrlVariable: null, credentialVariables: {}, network: 'private', timeoutMs: 1_000, quietMs: 2_000 },
});

/** The real reading, with a clock the test moves. */
export function createInstanceBench() {
  const log: { level: string; event: string }[] = [];
  let now = testTime;
  const instances = createErpInstances({
    clock: { now: () => now, wait: async () => {} },
    telemetry: { log: (level, event, fields) => void log.push({ level, event, ...fields }) },
    connections: {
      open: ({ beforeFirstWrite }) => ({
        exchanges: [],
        lastWriteAt: () => null,
        writeCount: () => 0,
        erp: {
          send: async (request) => {
            const barred = request.write && (await beforeFirstWrite()) === 'stop';
            if (barred) return { kind: 'not_sent', reason: 'stopped', message: 'no write' };
            return { kind: 'response', status: 200, headers: {}, json: {}, text: '{}' };
          },
        },
      }),
    },
  });
  return {
    instances,
    log,
    advance: (ms: number): void => {
      now += ms;
    },
  };
}
