// Random commands against the sequencer and the model: whatever is asked of it, in whatever order, its promises hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isClosed } from '../../../src/core/delivery.ts';
import {
  afterRoute,
  afterType,
  type ClaimChanges,
  outcomes,
  type PlanChanges,
  stockPlan,
} from '../../support/builders.ts';
import type { CrashPoint } from '../../support/memory-rows.ts';
import { benchLeaseMs } from '../../support/sequencer-bench.ts';
import { checkModel } from './check-model.ts';
import { type Command, createModel, type Model, type OutcomeChoice } from './model.ts';

const afterPaid: readonly PlanChanges[] = [{ policy: { after: [afterType('paid')] } }];
const plans: readonly (readonly PlanChanges[])[] = [
  [{}],
  [{}],
  [{ target: 'erp' }, { target: 'crm', routeId: 'crm-first' }],
  [{ policy: { onDeadLetter: 'continue' } }],
  afterPaid,
  [{ policy: { after: [afterRoute('crm-first')], onDeadLetter: 'continue' } }],
  [stockPlan({ staleKey: 'stock' })],
  [stockPlan({ staleKey: 'stock' }), { operationKey: 'shared' }],
  [{ operationKey: null, problem: { code: 'mapping_failed', message: 'no version' } }],
  [],
];

const changes: fc.Arbitrary<ClaimChanges> = fc
  .record({
    source: fc.constantFrom('shopify', 'stripe'),
    orderingKey: fc.constantFrom('order/1', 'order/2', 'order/3'),
    type: fc.constantFrom('created', 'paid'),
    sequence: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
    plans: fc.constantFrom(...plans),
  })
  // No configuration starts whose types wait for themselves.
  .map((drawn) => (drawn.plans === afterPaid ? { ...drawn, type: 'created' } : drawn));

const outcome: fc.Arbitrary<OutcomeChoice> = fc.record({
  outcome: fc.constantFrom(
    (_: number) => outcomes.succeeded(),
    (_: number) => outcomes.succeeded(),
    (_: number) => outcomes.duplicate('SO-2'),
    (_: number) => outcomes.retryable(),
    (now: number) => outcomes.inDoubt(now),
    (now: number) => outcomes.quietTime(now - 10, 5_000),
    (now: number) => outcomes.lookupFailed(now, false),
    (_: number) => outcomes.unauthorized(),
    (_: number) => outcomes.rejected(),
    (_: number) => outcomes.contractBroken('done'),
    (_: number) => outcomes.stateMismatch(),
  ),
  spent: fc.boolean(),
  doubtCleared: fc.boolean(),
});

const crash: fc.Arbitrary<CrashPoint> = fc.oneof(
  fc.record({
    at: fc.constantFrom('before_write' as const, 'after_write' as const),
    write: fc.integer({ min: 1, max: 4 }),
  }),
  fc.constant({ at: 'after_commit' as const }),
);

const pick = fc.nat({ max: 12 });
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('claim'), eventId: fc.constantFrom(...'abcdefghij'), changes }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('lease'),
      max: fc.integer({ min: 1, max: 4 }),
      run: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle'), pick, outcome, max: fc.nat({ max: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('give_back'), pick, restMs: fc.constantFrom(null, null, 9_000) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('confirm'), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance'), ms: fc.constantFrom(1, 1_000, benchLeaseMs, 70_000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('tick') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('replay'), pick, forced: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('resolve'),
      pick,
      as: fc.constantFrom('done', 'dropped', 'released'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('journal'),
      answered: fc.boolean(),
      maxEntries: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put_journal_back') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash'), point: crash }) },
);

/** Everything is leased and succeeds, what is dead or held is given up: then nothing may be left. */
function bringToAnEnd(model: Model): void {
  const { bench } = model;
  bench.rows.crashNext(null);
  for (let round = 0; round < 400; round += 1) {
    bench.tick();
    const leased = bench.lease(5);
    for (const item of leased) bench.settle(item, outcomes.succeeded('SO-1'));
    if (leased.length > 0) continue;
    const next = bench.core().nextTickAt(bench.now());
    if (next !== null) {
      bench.advance(Math.max(next - bench.now(), 0));
      continue;
    }
    expect(bench.core().hasReady(bench.now())).toBe(false);
    const stuck = bench.core().listOpen({ filter: {}, cursor: null, limit: 1_000 }, bench.now());
    if (stuck.length === 0) return;
    const waits = stuck.filter(({ status }) => status !== 'dead_lettered' && status !== 'held');
    const given = stuck.filter((view) => !waits.includes(view));
    expect(
      given.length,
      `nothing is dead or held, and yet open: ${JSON.stringify(waits.map((w) => w.waiting))}`,
    ).toBeGreaterThan(0);
    for (const { delivery } of given) {
      bench
        .core()
        .resolve(
          { deliveryId: delivery.id, as: 'dropped', documentId: null, actor: 'olga', note: '' },
          bench.now(),
        );
    }
  }
  throw new Error('it does not come to an end');
}

/** A few seconds; more where somebody looks for more: PROPERTY_RUNS=20000. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 300);
const timeoutMs = 10_000 + numRuns * 50;

describe('the sequencer under random commands', () => {
  it(
    'keeps what it accepted, leases exclusively, spends nothing for waiting, and equals its rows',
    () => {
      fc.assert(
        fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
          const model = createModel();
          for (const next of commands) {
            model.run(next);
            checkModel(model);
          }
        }),
        { numRuns },
      );
    },
    timeoutMs,
  );

  it(
    'brings everything to an end, and archives it',
    () => {
      fc.assert(
        fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
          const model = createModel();
          for (const next of commands) model.run(next);
          bringToAnEnd(model);
          expect(model.deliveries().every(({ state }) => isClosed(state))).toBe(true);
          model.bench.restart();
          model.bench.journal();
          expect(model.bench.rows.openRecords()).toEqual([]);
        }),
        { numRuns },
      );
    },
    timeoutMs,
  );
});
