// A target whose adapter does what a test says, and a connection that only counts: for the perform stage, where what an
// ERP does to one attempt is the whole subject. No network, no clock of its own.

import * as z from 'zod';
import type {
  ErpAdapter,
  ErpCall,
  ErpCallFailure,
  Lookup,
  OnceLevel,
  Performed,
  Verified,
} from '../../src/core/erp.ts';
import type { JsonValue } from '../../src/core/json.ts';
import type { AnyOperation } from '../../src/core/operation.ts';
import type { ErpDocument } from '../../src/core/outcome.ts';
import type { Route } from '../../src/core/route.ts';
import type { LeasedDelivery } from '../../src/core/sequencer/messages.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import type { DeliveryRules, PerformDependencies } from '../../src/pipeline/perform.ts';
import type { ErpConnections } from '../../src/pipeline/ports.ts';
import { makeDelivery, makeEvent, makePayload, testTime } from './records.ts';

type Input = { readonly amount: number };

/** Books an amount; the document says what was booked. */
export const booking: AnyOperation = {
  name: 'test.book',
  version: 1,
  input: z.object({ amount: z.number().positive() }),
  output: z.looseObject({
    documentId: z.string(),
    documentNumber: z.string(),
    state: z.string(),
    booked: z.number(),
  }) as unknown as z.ZodType<ErpDocument>,
  requires: [],
  repeats: 'never',
  replacesState: false,
  compare: (input: Input, output: ErpDocument) =>
    output.booked === input.amount
      ? []
      : [{ field: 'booked', expected: input.amount, actual: output.booked ?? null }],
};

export const bookedDocument = (booked: number): ErpDocument => ({
  documentId: 'doc-1',
  documentNumber: 'B1',
  state: 'booked',
  booked,
});

export type Script = {
  readonly once?: OnceLevel;
  readonly lookup?: Lookup;
  readonly perform?: Performed | 'throws';
  /** Writes that left before the answer of perform. */
  readonly writes?: number;
  /** A failure of the write itself, before it left: what confirm or the deadline said. */
  readonly verify?: Verified;
  readonly confirm?: 'go' | 'stop';
  readonly payload?: string;
  readonly now?: number;
};

export type ScriptedErp = {
  readonly deps: PerformDependencies;
  readonly calls: string[];
};

/** `now` defaults to testTime. The write is sent through the connection, so confirm is asked as in real life. */
export function scriptedErp(script: Script): ScriptedErp {
  const calls: string[] = [];
  const now = script.now ?? testTime;
  const answer = bookedDocument(5) as JsonValue;
  const adapter: ErpAdapter = {
    name: 'scripted',
    version: '1.0.0',
    level: 'proven',
    once: script.once ?? 'searchable_field',
    credentialFields: [],
    session: {
      login: async () => ({ kind: 'refused', message: 'never asked' }),
      authorize: () => ({}),
      isExpired: () => false,
    },
    operations: {
      'test.book': {
        lookup: async () => {
          calls.push('lookup');
          return script.lookup ?? { kind: 'not_found' };
        },
        perform: async (call: ErpCall<unknown>) => {
          calls.push('perform');
          for (let write = 0; write < (script.writes ?? 1); write += 1) {
            const sent = await call.erp.send({ method: 'POST', path: '/book', body: {}, write: true });
            if (sent.kind !== 'response') return { kind: 'call_failed', failure: sent };
          }
          if (script.perform === 'throws') throw new Error('a bug in the adapter');
          return script.perform ?? { kind: 'performed', answer };
        },
        verify: async (_call: ErpCall<unknown>, found: JsonValue) => {
          calls.push('verify');
          return script.verify ?? { kind: 'verified', output: found };
        },
      },
    },
  };
  const deps: PerformDependencies = {
    rules: rulesOf(adapter),
    connections: countingConnections(now, calls),
    clock: { now: () => now, wait: () => Promise.resolve() },
    confirm: async () => {
      calls.push('confirm');
      return script.confirm ?? 'go';
    },
  };
  return { deps, calls };
}

function rulesOf(adapter: ErpAdapter): DeliveryRules {
  const route: Route = {
    id: 'test.book',
    source: 'test',
    type: 'test.booked',
    operation: booking,
    target: 'erp',
    policy: makeDelivery().policy,
    timeoutMs: null,
    input: ({ payload }) => {
      const { data } = payload as { data: Input & { fails?: boolean } };
      if (data.fails) throw new Error('a bug in the mapping');
      return { amount: data.amount };
    },
  };
  const target = {
    id: 'erp',
    adapter,
    baseUrlVariable: null,
    credentialVariables: {},
    network: 'private' as const,
    timeoutMs: 1_000,
    quietMs: 10_000,
  };
  const source = {
    id: 'test',
    preset: standardWebhooks(),
    secretVariable: 'TEST_SECRET',
    previousSecretVariable: 'TEST_SECRET_PREVIOUS',
  };
  return {
    sources: new Map([['test', source]]),
    targets: new Map([['erp', target]]),
    findRoute: (id) => (id === route.id ? route : null),
  };
}

function countingConnections(now: number, calls: string[]): ErpConnections {
  return {
    open: ({ beforeFirstWrite, deadlineAt, timeoutMs }) => {
      let writeCount = 0;
      let lastWriteAt: number | null = null;
      const notSent = (reason: 'stopped' | 'deadline_too_near'): ErpCallFailure => ({
        kind: 'not_sent',
        reason,
        message: reason,
      });
      return {
        exchanges: [],
        lastWriteAt: () => lastWriteAt,
        writeCount: () => writeCount,
        erp: {
          send: async (request) => {
            if (request.write && now + timeoutMs >= deadlineAt) return notSent('deadline_too_near');
            if (request.write && writeCount === 0 && (await beforeFirstWrite()) === 'stop')
              return notSent('stopped');
            calls.push('write');
            writeCount += 1;
            lastWriteAt = now;
            return { kind: 'response', status: 200, headers: {}, json: {}, text: '{}' };
          },
        },
      };
    },
  };
}

export function leasedBooking(
  changes: Partial<LeasedDelivery> = {},
  data: JsonValue = { amount: 5 },
): LeasedDelivery {
  const { body } = makePayload(
    JSON.stringify({ type: 'test.booked', timestamp: '2026-03-01T12:00:00Z', data }),
  );
  return {
    delivery: makeDelivery({
      routeId: 'test.book',
      operation: 'test.book',
      operationKey: 'order/1001/erp/test.book',
    }),
    eventRecordId: 'evt_0_1',
    event: makeEvent({ source: 'test', type: 'test.booked' }),
    payload: { headers: { 'webhook-id': 'msg_1' }, body },
    epoch: 3,
    ledger: null,
    successorWaits: false,
    ...changes,
  };
}
