// What a sequencer shows of its deliveries, and why each of them waits.
import { describe, expect, it } from 'vitest';
import type { DeliveryView, ListCursor } from '../../../src/core/sequencer/messages.ts';
import { afterType, outcomes } from '../../support/builders.ts';
import { createBench } from '../../support/sequencer-bench.ts';

describe('a list', () => {
  it('shows what is open, newest event first, page by page without a gap', () => {
    const bench = createBench();
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      if (n % 2 === 0) bench.advance(10);
      ids.push(bench.claimOne(`e${n}`, { orderingKey: `order/${n}` }));
    }
    const all = bench.core().listOpen({ filter: {}, cursor: null, limit: 99 }, bench.now());
    expect(all.map((view) => view.event.receivedAt)).toEqual(
      all.map((view) => view.event.receivedAt).sort((a, b) => b - a),
    );
    const paged: string[] = [];
    let cursor: ListCursor | null = null;
    for (;;) {
      const page: readonly DeliveryView[] = bench
        .core()
        .listOpen({ filter: {}, cursor, limit: 2 }, bench.now());
      const last = page.at(-1);
      if (last === undefined) break;
      paged.push(...page.map((view) => view.delivery.id));
      cursor = { receivedAt: last.event.receivedAt, id: last.delivery.id };
    }
    expect(paged).toEqual(all.map((view) => view.delivery.id));
    expect([...paged].sort()).toEqual([...ids].sort());
  });
});

describe('why a delivery waits', () => {
  it('is told of each, by its nearest cause', () => {
    const bench = createBench();
    const leased = bench.claimOne('a');
    const behind = bench.claimOne('b');
    const waits = bench.claimOne('c', {
      orderingKey: 'order/2',
      plans: [{ policy: { after: [afterType('paid')] } }],
    });
    const scheduled = bench.claimOne('d', { orderingKey: 'order/3' });
    const held = bench.claimOne('e', { orderingKey: 'order/4' });
    const ready = bench.claimOne('f', { orderingKey: 'order/5' });
    const inHand = bench.lease(3);
    bench.settle(inHand[1] as (typeof inHand)[number], outcomes.retryable(5_000));
    bench.settle(inHand[2] as (typeof inHand)[number], outcomes.unauthorized());
    const cause = (id: string) => bench.view(id).waiting;
    expect(cause(leased)).toMatchObject({ cause: 'leased' });
    expect(cause(behind)).toMatchObject({ cause: 'line_busy', on: leased });
    expect(cause(waits)).toMatchObject({ cause: 'prerequisite', on: 'paid', until: bench.now() + 60_000 });
    expect(cause(scheduled)).toMatchObject({ cause: 'backoff', until: bench.now() + 5_000 });
    expect(cause(held)).toMatchObject({ cause: 'held' });
    expect(cause(ready)).toMatchObject({ cause: 'ready' });
  });

  it('counts what is open, ready, leased, held and dead', () => {
    const bench = createBench();
    for (const n of [1, 2, 3, 4]) bench.claim(`e${n}`, { orderingKey: `order/${n}` });
    const [first, second, third] = bench.lease(3);
    bench.settle(first as NonNullable<typeof first>, outcomes.rejected());
    bench.settle(second as NonNullable<typeof second>, outcomes.unauthorized());
    expect(third).toBeDefined();
    expect(bench.core().stats(bench.now())).toMatchObject({
      open: 4,
      ready: 1,
      leased: 1,
      held: 1,
      deadLettered: 1,
    });
  });
});
