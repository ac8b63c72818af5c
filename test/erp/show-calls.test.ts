// What a dry run shows of the calls to an ERP: the real adapters, a connection that counts what reaches it. Nothing that could change the
// ERP ever does, with whichever adapter and operation.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LedgerEffect } from '../../src/core/delivery.ts';
import { directRoute } from '../../src/core/direct-request.ts';
import type { ErpAdapter, ErpCallFailure, ErpRequest, ErpResponse } from '../../src/core/erp.ts';
import { capabilityOf } from '../../src/core/erp-capabilities.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { openGate } from '../../src/core/target-gate-state.ts';
import type { TargetView } from '../../src/core/target-view.ts';
import { toTargetView } from '../../src/core/target-view.ts';
import { createBusinessCentralAdapter } from '../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../src/erp/erpnext/erpnext-adapter.ts';
import { httpAdapterFromJson } from '../../src/erp/http/http-adapter.ts';
import { createNetsuiteAdapter } from '../../src/erp/netsuite/netsuite-adapter.ts';
import { createOdooAdapter } from '../../src/erp/odoo/odoo-adapter.ts';
import { sandboxAdapter } from '../../src/erp/sandbox/sandbox-adapter.ts';
import { createTrytonAdapter } from '../../src/erp/tryton/tryton-adapter.ts';
import { operations } from '../../src/operations/index.ts';
import { showCalls } from '../../src/pipeline/show-calls.ts';
import { samples } from '../operations/samples.ts';
import { makeDelivery, makeEvent, makePayload, makeRecord, testTime } from '../support/records.ts';
import { relayWith } from '../support/relay.ts';

const adapters: readonly ErpAdapter[] = [
  sandboxAdapter,
  createOdooAdapter(),
  createTrytonAdapter(),
  httpAdapterFromJson(JSON.parse(readFileSync('docs/erp/http-example.json', 'utf8'))),
  createErpnextAdapter(),
  createBusinessCentralAdapter({
    companyId: 'f64eba74-dacd-4854-a584-1834f68cfc3a',
    currency: 'EUR',
    releaseAction: 'Microsoft.NAV.release',
    paymentJournalId: '0a0a0a0a-dacd-4854-a584-1834f68cfc3a',
  }),
  createNetsuiteAdapter({ currencies: {}, refundItem: 'REFUND', respondAsync: true }),
];

/** As the sandbox ERP says it. */
const noneFound: ErpResponse = {
  ...{ kind: 'response', status: 200, headers: {}, text: '{"items":[]}' },
  json: { items: [] },
};

type Name = keyof typeof samples & keyof typeof operations;

type Asked = {
  readonly adapter?: ErpAdapter;
  readonly name?: Name;
  readonly would?: 'perform' | 'look_up_first' | 'answer_duplicate' | 'nothing';
  readonly asksErp?: boolean;
  readonly ledger?: LedgerEffect | null;
  readonly view?: Partial<TargetView>;
  readonly answer?: (request: ErpRequest) => ErpResponse | ErpCallFailure;
  readonly edited?: unknown;
};

const emptyAnswer: ErpResponse = { kind: 'response', status: 200, headers: {}, json: [], text: '[]' };

async function shown(asked: Asked) {
  const { adapter = sandboxAdapter, name = 'sale.confirm', would = 'perform', ledger = null } = asked;
  const { answer = () => emptyAnswer, asksErp = true, edited } = asked;
  const reached: ErpRequest[] = [];
  const definition = relayWith({});
  const erp = definition.targets.get('erp');
  if (erp === undefined) throw new Error('the test relay has no target erp');
  const operation = operations[name];
  const delivery = makeDelivery({
    routeId: 'direct',
    operation: name,
    operationKey: `order/1001/erp/${name}`,
  });
  const event = makeEvent({ source: 'operations/crd_1', type: name });
  const { input } = samples[name];
  const payload = makePayload(JSON.stringify({ input }));
  const route = directRoute(operation, delivery);
  const record = { ...makeRecord({ number: 1 }), event };
  const calls = await showCalls(
    {
      definition: { ...definition, targets: new Map([['erp', { ...erp, adapter }]]) },
      connections: {
        open: () => ({
          erp: {
            send: async (request) => {
              reached.push(request);
              return answer(request);
            },
          },
          ...{ exchanges: [], lastWriteAt: () => null, writeCount: () => 0 },
        }),
      },
      instances: { find: async () => ({ kind: 'not_offered' }) },
      targets: { view: async () => ({ ...toTargetView(openGate, null, testTime), ...asked.view }) },
      clock: { now: () => testTime, wait: async () => {} },
      baseUrlOf: () => 'http://127.0.0.1:9/base',
    },
    {
      loaded: { delivery, event, record, payload, ledger, newerInput: null, heldBy: 'sequencer' },
      ...{
        route,
        preset: { parsePayload: () => ({ ok: true, value: { input } as JsonValue }) },
        planned: null,
      },
      mapped: { ...event, id: event.eventId, headers: {}, payload: { input } } as never,
    },
    { would, asksErp, kept: edited === undefined ? null : { input: edited } },
  );
  return { ...calls, reached };
}

const supported = adapters.flatMap((adapter) =>
  (Object.keys(samples) as Name[])
    .filter((name) => operations[name] !== undefined && capabilityOf(adapter, operations[name]).supported)
    .map((name) => ({ adapter, name, title: `${adapter.name} ${name}` })),
);

describe.each(supported)('$title', ({ adapter, name }) => {
  const answers: readonly [string, () => ErpResponse | ErpCallFailure][] = [
    ['finds nothing', () => emptyAnswer],
    ['says 404', () => ({ ...emptyAnswer, status: 404, json: {}, text: '{}' })],
    ['does not answer', () => ({ kind: 'no_answer', reason: 'timeout', message: 'late', lastByteAt: 0 })],
  ];

  it.each(answers)(
    'changes nothing where the ERP %s, and says how far it is known',
    async (_what, answer) => {
      for (const asked of [
        { adapter, name, answer },
        { adapter, name, answer, would: 'look_up_first', ledger: { kind: 'possibly_done', since: 0 } },
      ] as const) {
        const { calls, end, later, outcome, reached } = await shown(asked);
        expect(reached.filter(({ write }) => write)).toEqual([]);
        expect(calls.filter(({ sent }) => sent)).toHaveLength(reached.length);
        const last = calls.at(-1);
        if (end === 'first_write') {
          expect(last).toMatchObject({ sent: false, status: null });
          expect(later.at(-1)).toBe('verify');
        } else {
          expect(end).toBe('nothing_to_write');
          expect(outcome?.kind).toEqual(expect.any(String));
          expect(calls.every(({ sent }) => sent)).toBe(true);
        }
      }
    },
  );

  it('sends nothing at all where the ERP is not to be asked', async () => {
    const { calls, reached, end } = await shown({ adapter, name, asksErp: false });
    expect(reached).toEqual([]);
    expect(calls.filter(({ sent }) => sent)).toEqual([]);
    expect(calls.length).toBeLessThanOrEqual(1);
    expect(['first_write', 'not_asked', 'nothing_to_write']).toContain(end);
  });
});

describe('the calls of a sale on the sandbox ERP', () => {
  const { input } = samples['sale.confirm'];
  const write = {
    ...{
      step: 'perform',
      method: 'POST',
      url: 'http://127.0.0.1:9/base/api/orders',
      sent: false,
      status: null,
    },
    body: { ...input, relayKey: 'order/1001/erp/sale.confirm', state: 'confirmed' },
  };

  it('are one write, shown whole, its credential by its name alone', async () => {
    const { calls, end, later } = await shown({});
    expect(calls).toMatchObject([write]);
    expect(calls[0]?.headers).toMatchObject({ authorization: '[redacted]' });
    expect([end, later]).toEqual(['first_write', ['perform', 'verify']]);
  });

  it('hold an edited input', async () => {
    const { calls } = await shown({ edited: { ...input, customer: { customerId: '77', name: 'Grace' } } });
    expect(calls[0]?.body).toMatchObject({ customer: { name: 'Grace' } });
  });

  it('begin with a look-up where it may have been done, which is asked for real', async () => {
    const since = testTime - 3_600_000;
    const asked = { would: 'look_up_first', ledger: { kind: 'possibly_done', since } } as const;
    const { calls, reached, end } = await shown({ ...asked, answer: () => noneFound });
    expect(reached).toMatchObject([{ method: 'GET', write: false }]);
    expect(calls).toMatchObject([{ step: 'lookup', method: 'GET', sent: true, status: 200 }, write]);
    expect(end).toBe('first_write');
  });

  it.each<[Partial<TargetView>, string]>([
    [{ pause: { at: 1, actor: 'olga', note: 'month end' } }, 'the target is paused'],
    [{ unauthorized: { at: 1, message: 'no', retryAt: null } }, 'the target refuses its credential'],
    [
      { circuit: { state: 'open', openedAt: 1, untilAt: 2, failedProbeCount: 0, reason: 'r' } },
      'the circuit of the target is open',
    ],
  ])('are not asked for while the target rests: %j', async (view, message) => {
    const since = testTime - 3_600_000;
    const asked = { would: 'look_up_first', ledger: { kind: 'possibly_done', since }, view } as const;
    const { calls, reached, end, message: why, later } = await shown(asked);
    expect(reached).toEqual([]);
    expect(calls).toMatchObject([{ step: 'lookup', sent: false, status: null }]);
    expect([end, why, later]).toEqual(['not_asked', message, ['lookup', 'perform', 'verify']]);
  });

  it('are none where nothing would be tried', async () => {
    for (const would of ['answer_duplicate', 'nothing'] as const)
      expect(await shown({ would })).toMatchObject({ calls: [], reached: [], end: 'nothing_to_do' });
  });
});
