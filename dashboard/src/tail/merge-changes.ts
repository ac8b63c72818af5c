// A list of deliveries with what the live tail told since it was read: changed where it stands, put in where it belongs, left out where
// it no longer matches. Pure.

import type { Delivery, TailItem } from '../wire.ts';

export type ListFilter = Readonly<Record<string, string>>;

/** What the tail is not narrowed by: a delivery that stops matching it has to be heard of, to be left out. */
const localNames = ['status', 'reason'];

/** The filter as the tail is asked for it. */
export function tailQuery(filter: ListFilter): string {
  const asked = Object.entries(filter).filter(([name]) => !localNames.includes(name));
  return new URLSearchParams(asked).toString();
}

/** @param isWhole the list ends where the deliveries end; else what is older than its last is on a page that was not read. */
export function mergeChanges(
  deliveries: readonly Delivery[],
  changes: ReadonlyMap<string, TailItem>,
  { filter, isWhole }: { readonly filter: ListFilter; readonly isWhole: boolean },
): readonly Delivery[] {
  if (changes.size === 0) return deliveries;
  const known = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const last = deliveries.at(-1);
  for (const item of changes.values()) {
    const delivery = known.get(item.id);
    // What was read later than it was told is newer.
    if (delivery !== undefined && delivery.updatedAt > item.updatedAt) continue;
    const next = delivery === undefined ? toDelivery(item) : changed(delivery, item);
    const isInReach = delivery !== undefined || isWhole || last === undefined || compare(next, last) < 0;
    if (matches(filter, item)) {
      if (isInReach) known.set(item.id, next);
    } else known.delete(item.id);
  }
  return [...known.values()].sort(compare);
}

function matches({ status, reason }: ListFilter, item: TailItem): boolean {
  return (
    (status === undefined || status.split(',').includes(item.status)) &&
    (reason === undefined || reason === item.reason || reason === item.code)
  );
}

/** As the relay orders its lists: the newest received first, then by id, by code unit. */
function compare(a: Delivery, b: Delivery): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

function changed(delivery: Delivery, { status, reason, code, document, updatedAt }: TailItem): Delivery {
  // What it said of its former state is no longer true, and the tail does not tell the new one.
  const isSame = delivery.status === status && delivery.reason === reason;
  return {
    ...delivery,
    status,
    reason,
    code,
    document,
    updatedAt,
    message: isSame ? delivery.message : null,
  };
}

function toDelivery(item: TailItem): Delivery {
  const { eventType: type, source, eventId, entity, orderingKey, receivedAt } = item;
  return {
    ...{ id: item.id, status: item.status, reason: item.reason, code: item.code, message: null },
    ...{ route: item.route, target: item.target, operation: item.operation, operationKey: '' },
    ...{ attemptCount: 0, document: item.document, waiting: null, replay: null, resolvedBy: null },
    event: {
      ...{ id: '', source, eventId, type, entity, orderingKey, receivedAt },
      ...{ sequence: null, occurredAt: null, requestId: '' },
    },
    ...{ receivedAt, createdAt: receivedAt, updatedAt: item.updatedAt },
  };
}
