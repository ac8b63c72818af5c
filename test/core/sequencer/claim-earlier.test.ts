// Another entity rule, taken into use under load: what was seen under the earlier ordering key stays there with its ids, its
// ledger and its line, what was not goes to the new one, and no event is taken twice, whichever code it reaches when.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClaimAnswer, ClaimRequest, LeasedDelivery } from '../../../src/core/sequencer/messages.ts';
import { claimOf, outcomes, settlementOf } from '../../support/builders.ts';
import { type Bench, benchConfig, benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

/** An event as both rules see it. `subject`: what its operation is about; two of one order may mean the same. */
type Sent = {
  readonly id: string;
  readonly before: string;
  readonly today: string;
  readonly subject: string;
  readonly source?: string;
};

function requestOf({ id, subject, source = 'shopify' }: Sent, orderingKey: string, generation: number) {
  const plans = [{ operationKey: `${orderingKey}/erp/sale.confirm/${subject}` }];
  return claimOf(id, { orderingKey, source, generation, plans });
}

/** The old code with its sequencer, and the new with its own: as the objects of two generations stand side by side. */
function world() {
  const old = createBench();
  const next = createBench({ ...benchConfig, generation: 2 });
  const fetchKey = (orderingKey: string): void => {
    if (next.core().knowsKey(orderingKey, next.now())) return;
    next.core().takeOver(orderingKey, old.core().giveAway(orderingKey, old.now()), next.now());
  };
  const claimAt = (bench: Bench, request: ClaimRequest): ClaimAnswer | undefined =>
    bench.core().claimMany([request], bench.now())[0];
  return {
    old,
    next,
    byOldCode: (sent: Sent) => claimAt(old, requestOf(sent, sent.before, 1)),
    byNewCode: (sent: Sent) => {
      if (sent.before !== sent.today) {
        fetchKey(sent.before);
        const request = { ...requestOf(sent, sent.before, 2), untilGeneration: 1 };
        const kept = next.core().claimEarlier(request, next.now());
        if (kept !== null) return kept;
      }
      fetchKey(sent.today);
      return claimAt(next, requestOf(sent, sent.today, 2));
    },
    settle: (bench: Bench, leased: LeasedDelivery): void => {
      const moved = bench === old && old.core().isMoved(leased.event.orderingKey, old.now());
      const settlements = [settlementOf(leased, outcomes.succeeded())];
      const at = moved ? next : bench;
      at.core().settle({ settlements, max: 0, leaseMs: 0 }, { now: at.now(), random: () => 0 });
    },
    lease: (bench: Bench) => bench.core().lease({ max: 1, leaseMs: benchLeaseMs }, bench.now()).leased[0],
  };
}

const refund = { id: 'a', before: 'refund/9', today: 'order/1', subject: '9' };

describe('a claim under another entity rule', () => {
  it('knows an event that was accepted under the earlier key', () => {
    const { byOldCode, byNewCode } = world();
    expect(byOldCode(refund)).toMatchObject({ status: 'accepted' });
    expect(byNewCode(refund)).toMatchObject({ status: 'duplicate' });
  });

  it('keeps what comes later about a known key in its line and under its ledger', () => {
    const { byOldCode, byNewCode, next, lease } = world();
    byOldCode(refund);
    expect(byNewCode({ ...refund, id: 'b' })).toMatchObject({ status: 'accepted' });
    const first = lease(next);
    expect(first?.event).toMatchObject({ eventId: 'a', orderingKey: 'refund/9' });
    expect(lease(next)).toBeUndefined();
    if (first !== undefined) next.send([settlementOf(first, outcomes.succeeded())]);
    expect(lease(next)).toMatchObject({
      event: { eventId: 'b', orderingKey: 'refund/9', earlierKey: true },
      ledger: { kind: 'succeeded' },
    });
  });

  it('goes to the new key where the earlier one was never seen, and stays known there', () => {
    const { byNewCode, byOldCode, next, lease } = world();
    expect(byNewCode(refund)).toMatchObject({ status: 'accepted' });
    expect(lease(next)?.event.orderingKey).toBe('order/1');
    expect(byNewCode(refund)).toMatchObject({ status: 'duplicate' });
    // What the old code still runs for cannot be claimed there any more: its sender comes again.
    expect(byOldCode(refund)).toMatchObject({ kind: 'refused', reason: 'moved' });
  });

  it('does not mind what another source does under that key today', () => {
    const { byNewCode } = world();
    expect(byNewCode(refund)).toMatchObject({ status: 'accepted' });
    const other = { id: 'x', before: 'refund/9', today: 'refund/9', subject: '1', source: 'stripe' };
    expect(byNewCode(other)).toMatchObject({ status: 'accepted' });
    expect(byNewCode(refund)).toMatchObject({ status: 'duplicate' });
  });

  it('keeps an event that was kept, also when those before it are forgotten', () => {
    const { byOldCode, byNewCode, next, lease, settle } = world();
    byOldCode(refund);
    byNewCode({ ...refund, id: 'b' });
    const runNext = (): void => {
      const leased = lease(next);
      if (leased === undefined) throw new Error('nothing is ready');
      settle(next, leased);
      next.journal();
    };
    runNext();
    next.advance(benchConfig.ledgerHorizonMs - 1_000);
    runNext();
    next.advance(2_000);
    while (next.core().pruneStep(next.now())) {}
    expect(byNewCode({ ...refund, id: 'b' })).toMatchObject({ status: 'duplicate' });
  });

  it('knows an event that an intake of the version before brought under the earlier key', () => {
    const { byNewCode, next } = world();
    next.core().claimMany([requestOf(refund, refund.before, 2)], next.now());
    expect(byNewCode(refund)).toMatchObject({ status: 'duplicate' });
    expect(byNewCode({ ...refund, id: 'b' })).toMatchObject({ status: 'accepted' });
    expect(byNewCode({ ...refund, id: 'b' })).toMatchObject({ status: 'duplicate' });
  });

  it('is refused while the generation in which the rule is used has not ended', () => {
    const { next } = world();
    const request = { ...requestOf(refund, refund.before, 2), untilGeneration: 2 };
    expect(next.core().claimEarlier(request, next.now())).toMatchObject({
      kind: 'refused',
      reason: 'generation_mismatch',
    });
  });
});

type Performed = {
  readonly name: string;
  readonly orderingKey: string;
  readonly operationKey: string | null;
};

const sent: fc.Arbitrary<Sent> = fc
  .record({ number: fc.integer({ min: 0, max: 11 }), isOther: fc.boolean() })
  .map(({ number, isOther }) => ({
    id: `e${number}`,
    before: `old/${number % 4}`,
    // Splits what was one key and joins what were two; another source keeps the first rule.
    today: isOther ? `old/${number % 4}` : `new/${number % 3}`,
    subject: String(number % 4),
    source: isOther ? 'stripe' : 'shopify',
  }));

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('old' as const), sent }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('new' as const), sent }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('lease' as const, 'settle' as const),
      at: fc.constantFrom('old' as const, 'next' as const),
    }),
  },
);

it('loses, doubles and reorders nothing, whichever code an event reaches and however often', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const relay = world();
      const accepted: string[] = [];
      const performed: Performed[] = [];
      const inHand: { readonly bench: Bench; readonly leased: LeasedDelivery }[] = [];
      const nameOf = (event: { source: string; eventId: string }) => `${event.source}/${event.eventId}`;
      const note = (answer: ClaimAnswer | undefined, { id, source = '' }: Sent) => {
        if (answer?.kind === 'claimed' && answer.status === 'accepted') accepted.push(`${source}/${id}`);
      };
      const leaseAt = (bench: Bench): boolean => {
        const leased = relay.lease(bench);
        if (leased === undefined) return false;
        // Done at once, and told later: a key may move in between. A look-up in doubt finds what was done.
        const { ledger, delivery, event } = leased;
        const wasDone = performed.some(({ operationKey }) => operationKey === delivery.operationKey);
        const isKnown = ledger?.kind === 'succeeded' || (ledger?.kind === 'possibly_done' && wasDone);
        if (!isKnown) {
          const { orderingKey } = event;
          performed.push({ name: nameOf(event), orderingKey, operationKey: delivery.operationKey });
        }
        inHand.push({ bench, leased });
        return true;
      };
      const settleNext = (): void => {
        const held = inHand.shift();
        if (held !== undefined) relay.settle(held.bench, held.leased);
      };
      for (const each of steps) {
        if (each.do === 'old') note(relay.byOldCode(each.sent), each.sent);
        else if (each.do === 'new') note(relay.byNewCode(each.sent), each.sent);
        else if (each.do === 'lease') leaseAt(each.at === 'old' ? relay.old : relay.next);
        else settleNext();
      }
      while (inHand.length > 0) settleNext();
      relay.next.advance(benchLeaseMs);
      for (const bench of [relay.old, relay.next]) {
        while (leaseAt(bench)) settleNext();
        const open = bench.core().listOpen({ filter: {}, cursor: null, limit: 1_000 }, bench.now());
        expect(open, 'nothing is left').toEqual([]);
      }
      for (const of of ['name', 'operationKey'] as const) {
        expect(new Set(performed.map((each) => each[of])).size, `${of}: done once`).toBe(performed.length);
      }
      expect(new Set(accepted).size, 'no event was accepted twice').toBe(accepted.length);
      for (const key of new Set(performed.map((each) => each.orderingKey))) {
        const inLine = performed.filter((each) => each.orderingKey === key).map(({ name }) => name);
        expect(inLine, 'in the order they came').toEqual(accepted.filter((name) => inLine.includes(name)));
      }
    }),
    { numRuns: 300 },
  );
});
