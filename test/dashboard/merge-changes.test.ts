// A list with what the live tail told since: nothing twice, in the relay's order, and nothing of a page that was not read.
import { describe, expect, it } from 'vitest';
import { mergeChanges, tailQuery } from '../../dashboard/src/tail/merge-changes.ts';
import type { Delivery, TailItem } from '../../dashboard/src/wire.ts';

const second = (n: number) => `2026-03-01T12:00:${String(n).padStart(2, '0')}.000Z`;

function listed(id: string, at: number, changes: Partial<Delivery> = {}): Delivery {
  return {
    ...{ id, status: 'pending', reason: null, code: null, message: null, receivedAt: second(at) },
    ...{ updatedAt: second(at), ...changes },
  } as Delivery;
}

function told(id: string, at: number, changes: Partial<TailItem> = {}): readonly [string, TailItem] {
  const item = {
    id,
    status: 'pending',
    reason: null,
    code: null,
    receivedAt: second(at),
    updatedAt: second(at),
  };
  return [id, { ...item, ...changes } as TailItem];
}

function merge(
  list: readonly Delivery[],
  items: readonly (readonly [string, TailItem])[],
  { filter = {}, isWhole = true }: { filter?: Record<string, string>; isWhole?: boolean } = {},
) {
  return mergeChanges(list, new Map(items), { filter, isWhole }).map(({ id, status }) => `${id} ${status}`);
}

describe('a list that the live tail tells of', () => {
  it('gets what is new at the top, by receipt and then by id', () => {
    const list = [listed('dlv_0_2', 5), listed('dlv_0_1', 4)];
    expect(merge(list, [told('dlv_0_9', 7), told('dlv_0_a', 7)])).toEqual([
      ...['dlv_0_a pending', 'dlv_0_9 pending', 'dlv_0_2 pending', 'dlv_0_1 pending'],
    ]);
  });

  it('has what changed in its place, and what was read later than told as it was read', () => {
    const list = [
      listed('b', 5, { message: 'no' }),
      listed('a', 4, { status: 'held', updatedAt: second(9) }),
    ];
    const items = [
      told('b', 5, { status: 'succeeded', updatedAt: second(8) }),
      told('a', 4, { status: 'pending', updatedAt: second(8) }),
    ];
    expect(merge(list, items)).toEqual(['b succeeded', 'a held']);
    expect(mergeChanges(list, new Map(items), { filter: {}, isWhole: true })[0]?.message).toBeNull();
  });

  it('loses what no longer matches, and gets nothing that does not', () => {
    const list = [listed('b', 5, { status: 'dead_lettered' })];
    const filter = { status: 'dead_lettered,held', reason: 'period_closed' };
    const items = [
      told('b', 5, { status: 'resolved', updatedAt: second(8) }),
      told('c', 6, { status: 'held', reason: 'unauthorized' }),
      told('d', 7, { status: 'dead_lettered', reason: 'rejected', code: 'period_closed' }),
    ];
    expect(merge(list, items, { filter })).toEqual(['d dead_lettered']);
  });

  it('leaves to their pages those that are older than what was read', () => {
    const list = [listed('b', 5)];
    expect(merge(list, [told('a', 3)], { isWhole: false })).toEqual(['b pending']);
    expect(merge(list, [told('a', 3)], { isWhole: true })).toEqual(['b pending', 'a pending']);
  });

  it('asks the tail for all but status and reason, to hear of what stops matching', () => {
    expect(tailQuery({ status: 'held', reason: 'x', source: 'shopify', type: 'orders/create' })).toBe(
      'source=shopify&type=orders%2Fcreate',
    );
  });
});
