// What is told of a changed delivery, who asked for it, and how changes of one partition are kept until they are told.
import { describe, expect, it } from 'vitest';
import { matchesFilter } from '../../../src/core/delivery-filter.ts';
import { limits } from '../../../src/core/limits.ts';
import { createTailChanges, noteChange, takeChanges } from '../../../src/core/tail/tail-changes.ts';
import { matchesTail, type TailFilter, toTailItem } from '../../../src/core/tail/tail-item.ts';
import { makeDelivery, makeEvent, makeRecord } from '../../support/records.ts';

const event = makeEvent();
const dead = makeDelivery({
  state: { status: 'dead_lettered', reason: 'rejected', code: 'period_closed', message: 'no', at: 1 },
});

describe('a filter of the live tail', () => {
  it.each<TailFilter>([
    {},
    { status: ['held', 'dead_lettered'] },
    { status: ['held'] },
    { reason: 'rejected' },
    { reason: 'period_closed' },
    { reason: 'poison' },
    { code: 'period_closed' },
    { code: '' },
    { source: 'shopify', target: 'erp', operation: 'sale.confirm', route: 'shop-orders.confirm-sale' },
    { source: 'stripe' },
    { target: 'books' },
    { route: 'other' },
    { orderingKey: 'order/1001', eventId: 'evt-1001', type: 'orders/create' },
    { orderingKey: 'order/1' },
    { eventId: 'evt-1' },
    { type: 'orders/paid' },
  ])('means what it means in a list: %j', (filter) => {
    for (const delivery of [dead, makeDelivery()]) {
      const { status } = delivery.state;
      const isListed = matchesFilter(filter, { delivery, status, event });
      expect(matchesTail(filter, toTailItem(event, delivery))).toBe(isListed);
    }
  });
});

describe('the changes of a partition', () => {
  const of = (...deliveries: (typeof dead)[]) => ({ ...makeRecord({ number: 1 }), event, deliveries });

  it('are each delivery once, as it is now, in the order of the last change', () => {
    const changes = createTailChanges(0);
    const other = makeDelivery({ id: 'dlv_0_9' });
    const first = of(makeDelivery());
    noteChange(changes, undefined, first);
    noteChange(changes, undefined, of(other));
    noteChange(changes, first, of(dead));
    expect(takeChanges(changes).items.map(({ id, status }) => [id, status])).toEqual([
      ['dlv_0_9', 'pending'],
      ['dlv_0_1', 'dead_lettered'],
    ]);
    expect(takeChanges(changes)).toEqual({ items: [], missedCount: 0 });
  });

  it('are none where nothing that is told is different', () => {
    const changes = createTailChanges(0);
    noteChange(changes, of(makeDelivery()), of(makeDelivery({ epoch: 7, updatedAt: 99 })));
    expect(takeChanges(changes).items).toEqual([]);
  });

  it('are counted where they are too many to be kept', () => {
    const changes = createTailChanges(3);
    for (let number = 0; number < limits.maxTailChanges + 2; number += 1)
      noteChange(changes, undefined, of(makeDelivery({ id: `dlv_0_${number}` })));
    const { items, missedCount } = takeChanges(changes);
    expect([items.length, missedCount]).toEqual([limits.maxTailChanges, 5]);
  });
});
