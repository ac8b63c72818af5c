// What a sequencer shows of its deliveries: lists, one delivery, why it waits, and counts. Reads memory and rows only.

import { type Delivery, type DeliveryStatus, isClosed } from '../delivery.ts';
import { compareInList, isAfterCursor, matchesFilter } from '../delivery-filter.ts';
import type { WebhookEvent } from '../event.ts';
import { findNewer } from './coalesce.ts';
import { type KeyState, ledgerOf, lineOf, liveRecords, orderOf, prerequisiteState } from './key-state.ts';
import { positionsOf } from './line.ts';
import type {
  DeliveryFilter,
  DeliveryView,
  FindAnswer,
  ListRequest,
  PartitionStats,
  Waiting,
} from './messages.ts';
import type { EventRecord } from './record.ts';
import { findRecord, loadKey, type SequencerState } from './state.ts';

type Item = { readonly record: EventRecord; readonly delivery: Delivery };

export function statusOf(state: SequencerState, delivery: Delivery): DeliveryStatus {
  return state.leaseOf.has(delivery.id) && !isClosed(delivery.state) ? 'leased' : delivery.state.status;
}

export function matches(state: SequencerState, item: Item, filter: DeliveryFilter): boolean {
  const { delivery, record } = item;
  return matchesFilter(filter, { delivery, status: statusOf(state, delivery), event: record.event });
}

/**
 * Open deliveries that match, newest event first; closed ones too, where they are asked for by status and under one ordering
 * key: only its sequencer finds those without a search.
 */
export function listOpen(state: SequencerState, request: ListRequest): DeliveryView[] {
  const { filter, cursor } = request;
  const found: (Item & { readonly key: KeyState; readonly event: WebhookEvent })[] = [];
  for (const { key, record } of recordsToList(state, filter)) {
    const { event } = record;
    for (const delivery of record.deliveries) {
      if (isClosed(delivery.state) && !wantsClosed(filter)) continue;
      if (!matches(state, { record, delivery }, filter)) continue;
      if (isAfterCursor(cursor, { event, delivery })) found.push({ key, record, event, delivery });
    }
  }
  found.sort(compareInList);
  return found
    .slice(0, request.limit)
    .map(({ key, record, delivery }) => toView(state, { key, record, delivery }));
}

function wantsClosed({ orderingKey, status }: DeliveryFilter): boolean {
  return orderingKey !== undefined && status !== undefined;
}

function* recordsToList(state: SequencerState, filter: DeliveryFilter) {
  if (wantsClosed(filter)) {
    const key = loadKey(state, filter.orderingKey ?? '');
    for (const record of key.records.values()) yield { key, record };
    return;
  }
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) yield { key, record };
  }
}

export function find(state: SequencerState, deliveryId: string): FindAnswer | null {
  const found = findRecord(state, deliveryId);
  if (found === null) return null;
  const { record, delivery } = found;
  const { operationKey } = delivery;
  const key = loadKey(state, record.event.orderingKey);
  return {
    ...toView(state, found),
    record,
    payload: state.rows.readPayload(record.event),
    ledger: operationKey === null ? null : ledgerOf(key, operationKey),
    newerInput: findNewer(key, record, delivery),
  };
}

export function toView(state: SequencerState, item: Item & { readonly key: KeyState }): DeliveryView {
  const { record, delivery } = item;
  return {
    delivery,
    status: statusOf(state, delivery),
    eventRecordId: record.id,
    event: record.event,
    waiting: isClosed(delivery.state) ? null : explain(state, item),
  };
}

/** Why it does not run right now: the nearest cause. */
export function explain(state: SequencerState, item: Item & { readonly key: KeyState }): Waiting {
  const { key, delivery, record } = item;
  const { now } = state;
  if (state.leaseOf.has(delivery.id)) {
    return { cause: 'leased', on: null, until: state.leaseOf.get(delivery.id)?.deadlineAt ?? null };
  }
  if (delivery.state.status === 'held') return { cause: 'held', on: null, until: null };
  if (delivery.state.status === 'dead_lettered') return { cause: 'dead_letter', on: null, until: null };
  const line = lineOf(key, delivery.target);
  const place = positionsOf(record, delivery.target).find((position) => position.occupant.id === delivery.id);
  const ahead =
    place?.passed === true
      ? undefined
      : orderOf(key, line).find((position) => !line.leased.has(position.occupant.id));
  if (ahead !== undefined && ahead.occupant.id !== delivery.id) {
    return { cause: 'behind_position', on: ahead.occupant.id, until: null };
  }
  if (delivery.state.status === 'scheduled' && delivery.state.dueAt > now) {
    return { cause: 'backoff', on: delivery.state.reason, until: delivery.state.dueAt };
  }
  if (delivery.state.status === 'running' && delivery.state.pollAt > now) {
    return { cause: 'erp_job', on: delivery.state.jobRef, until: delivery.state.pollAt };
  }
  for (const prerequisite of delivery.policy.after) {
    const stands = prerequisiteState(key, prerequisite);
    if (stands === 'satisfied') continue;
    const on = prerequisite.kind === 'type' ? prerequisite.type : prerequisite.route;
    const until = stands === 'missing' ? delivery.createdAt + delivery.policy.waitMs : null;
    return { cause: stands === 'dead' ? 'prerequisite_dead' : 'prerequisite', on, until };
  }
  const [busyWith] = line.leased;
  if (busyWith !== undefined) return { cause: 'line_busy', on: busyWith, until: null };
  const resting = state.resting.get(delivery.target);
  if (resting !== undefined && resting.until > now) {
    const { until, reason } = resting;
    const why = { cause: 'target_resting', on: delivery.target, until } as const;
    return reason === null ? why : { ...why, reason };
  }
  return { cause: 'ready', on: null, until: null };
}

export function stats(state: SequencerState): PartitionStats {
  let ready = 0;
  let oldestReadyAt: number | null = null;
  for (const heap of state.ready.values()) ready += heap.size();
  let running = 0;
  let held = 0;
  let deadLettered = 0;
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) {
      for (const { state: now } of record.deliveries) {
        if (now.status === 'running') running += 1;
        if (now.status === 'held') held += 1;
        if (now.status === 'dead_lettered') deadLettered += 1;
        if (now.status === 'pending')
          oldestReadyAt = Math.min(oldestReadyAt ?? record.event.receivedAt, record.event.receivedAt);
      }
    }
  }
  const unjournaled = [...state.unjournaled.values()].filter(
    (record) => record.changeNumber > state.appliedThrough,
  ).length;
  return {
    generation: state.config.generation,
    partition: state.config.partition,
    open: state.openCount,
    ready,
    leased: state.leaseOf.size,
    running,
    held,
    deadLettered,
    oldestReadyAt,
    unjournaled,
  };
}
