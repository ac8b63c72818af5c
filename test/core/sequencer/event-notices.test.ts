// Events for subscribers, as the sequencer makes them: one for each subscription that wants it, once, in the order of the entity,
// of nothing that ended before, and never of themselves.
import { describe, expect, it } from 'vitest';
import { wholeView } from '../../../src/core/identity/access-view.ts';
import type { SubscriptionSet } from '../../../src/core/subscriptions/subscription.ts';
import { outcomes } from '../../support/builders.ts';
import { type Bench, benchLeaseMs, createBench } from '../../support/sequencer-bench.ts';

type Active = SubscriptionSet['active'][number];

const all: Active = {
  id: 'sub_a',
  types: ['sale.confirmed', 'delivery.succeeded', 'delivery.dead_lettered', 'delivery.resolved'],
  targets: null,
  entities: null,
  view: wholeView,
};

function learn(bench: Bench, active: readonly Active[], version = 1): void {
  bench.core().lease({ max: 0, leaseMs: benchLeaseMs, subscriptions: { version, active } }, bench.now());
}

const told = (bench: Bench) =>
  bench.rows
    .openRecords()
    .flatMap(({ deliveries }) => deliveries)
    .flatMap(({ publish, target }) => (publish === undefined ? [] : [`${target} ${publish.type}`]));

function start(active: readonly Active[] = [all]) {
  const bench = createBench();
  learn(bench, active);
  return bench;
}

describe('an ended delivery', () => {
  it('is told to each subscription that wants it, once a type', () => {
    const bench = start([
      { ...all, types: ['sale.confirmed'] },
      { ...all, id: 'sub_b', types: ['delivery.succeeded'] },
    ]);
    bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-1'));
    expect(told(bench)).toEqual([
      'subscriptions/sub_a sale.confirmed',
      'subscriptions/sub_b delivery.succeeded',
    ]);
    const [first, second] = bench.lease();
    // Nothing of the document but what names it.
    expect(first?.delivery.publish?.document).toEqual({
      ...{ documentId: 'SO-1', documentNumber: 'N-SO-1', state: 'confirmed' },
    });
    if (first !== undefined) bench.settle(first, outcomes.succeeded('x'));
    if (second !== undefined) bench.settle(second, outcomes.succeeded('x'));
    expect(bench.lease()).toEqual([]);
    expect(bench.rows.openRecords().flatMap(({ deliveries }) => deliveries)).toHaveLength(3);
  });

  it('is told of nobody who does not want its type, target, entity or source, or may not see it', () => {
    const narrow = (changes: Partial<Active>): Active => ({ ...all, types: ['sale.confirmed'], ...changes });
    const bench = start([
      narrow({ types: ['stock.changed'] }),
      narrow({ targets: ['another'] }),
      narrow({ entities: ['sku'] }),
      narrow({ view: { sources: ['another'], grants: null } }),
      narrow({ view: { sources: null, grants: [{ operation: 'stock.set', target: '*' }] } }),
    ]);
    bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-1'));
    expect(told(bench)).toEqual([]);
  });

  it('is told as dead, and again as resolved when a person closes it', () => {
    const bench = start();
    const id = bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(told(bench)).toEqual(['subscriptions/sub_a delivery.dead_lettered']);
    const replay = bench.replayed(id);
    for (const leased of bench.lease()) bench.settle(leased, outcomes.succeeded(leased.delivery.id));
    expect(bench.status(replay)).toBe('succeeded');
    expect(told(bench).sort()).toEqual([
      'subscriptions/sub_a delivery.dead_lettered',
      'subscriptions/sub_a delivery.resolved',
      'subscriptions/sub_a delivery.succeeded',
      'subscriptions/sub_a sale.confirmed',
    ]);
  });

  it('is not told when what is told of it dies', () => {
    const bench = start([{ ...all, types: ['delivery.dead_lettered'] }]);
    bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.rejected());
    bench.settle(bench.leaseOne(), outcomes.rejected());
    expect(told(bench)).toEqual(['subscriptions/sub_a delivery.dead_lettered']);
    expect(bench.lease()).toEqual([]);
  });

  it('is told by what a restart still knows, and no more once nobody subscribes', () => {
    const bench = start([{ ...all, types: ['sale.confirmed'] }]);
    bench.restart();
    bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-1'));
    expect(told(bench)).toHaveLength(1);
    learn(bench, [], 2);
    // An isolate with an older copy does not bring it back.
    learn(bench, [all], 1);
    bench.claimOne('e2', { orderingKey: 'order/2' });
    for (const leased of bench.lease()) bench.settle(leased, outcomes.succeeded('SO-2'));
    expect(told(bench)).toHaveLength(1);
  });

  it('is not told to who subscribed after it', () => {
    const bench = createBench();
    const id = bench.claimOne('e1');
    bench.settle(bench.leaseOne(), outcomes.rejected());
    learn(bench, [all]);
    bench.replayed(id);
    expect(told(bench)).toEqual([]);
  });

  it('is told in the order of its entity: the second waits for the first to be taken', () => {
    const bench = start([{ ...all, types: ['sale.confirmed'] }]);
    for (const eventId of ['e1', 'e2']) bench.claimOne(eventId, { orderingKey: 'order/1' });
    bench.settle(bench.leaseOne(), outcomes.succeeded('SO-1'));
    // Now the event about the first and the second delivery itself are ready.
    const [first, second] = bench.lease();
    const [publish, sale] = first?.delivery.publish === undefined ? [second, first] : [first, second];
    if (publish === undefined || sale === undefined) throw new Error('two should be ready');
    bench.settle(publish, outcomes.retryable());
    bench.settle(sale, outcomes.succeeded('SO-2'));
    expect(bench.lease()).toEqual([]);
    bench.advance(3_600_000);
    const again = bench.leaseOne();
    expect(again.delivery.id).toBe(publish.delivery.id);
    bench.settle(again, outcomes.succeeded('x'));
    expect(bench.leaseOne().event.eventId).toBe('e2');
  });
});
