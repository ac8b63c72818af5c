// The memory of a partition, made again from its rows after a start, an eviction or a crash. A lease row whose
// deliveries are not settled counts until its deadline; what its consumer was told of the ledger is unknown, so it is
// stopped at its confirm. Pure but for the rows port.

import type { Delivery } from '../delivery.ts';
import { firstNumber } from '../ids.ts';
import { replaceInMemory } from './hand-out.ts';
import { restoreIntakes } from './intake-state.ts';
import { createKeyState, lineOf } from './key-state.ts';
import { createReadyHeap } from './ready-heap.ts';
import type { EventRecord, SequencerRows } from './record.ts';
import { reviewKey } from './review.ts';
import {
  type ActiveLease,
  findRecord,
  indexRecord,
  newestPlace,
  type SequencerConfig,
  type SequencerState,
  targetsOf,
  track,
} from './state.ts';

/** The rows keep the PARTITIONS and GENERATION they were made under: a claim that comes with others is refused. */
export function restoreSequencer(rows: SequencerRows, config: SequencerConfig, now: number): SequencerState {
  const meta = rows.readMeta();
  const state: SequencerState = {
    config: meta === null ? config : { ...config, partitions: meta.partitions, generation: meta.generation },
    rows,
    keys: new Map(),
    idleKeys: new Set(),
    idleRecordCount: 0,
    byDelivery: new Map(),
    leases: new Map(),
    leaseOf: new Map(),
    ready: new Map(),
    readyGroup: new Map(),
    timers: createReadyHeap(),
    resting: new Map(),
    unjournaled: new Map(),
    quiet: new Map(),
    restored: new Map(),
    journaledPayloads: new Set(),
    intakes: restoreIntakes(rows, newestPlace({ ...config, ...meta }).partitions),
    signals: [],
    now,
    appliedThrough: 0,
    nextNumber: meta?.reservedNumbers ?? firstNumber(config.generation),
    reservedNumbers: meta?.reservedNumbers ?? 0,
    openCount: 0,
    pruneCursor: null,
    subscriptions: rows.readSubscriptions(),
    tail: null,
    hasMovedKeys: rows.hasMovedKeys(),
    untaken: new Map(),
  };
  if (state.hasMovedKeys) for (const key of rows.readUntakenKeys()) state.untaken.set(key, now);
  for (const record of rows.readOpen()) addOpen(state, record);
  trackOpen(state);
  restoreLeases(state);
  for (const key of [...state.keys.values()]) reviewKey(state, key);
  return state;
}

function addOpen(state: SequencerState, row: EventRecord): void {
  const record = withoutGivenBack(row);
  const { orderingKey } = record.event;
  let key = state.keys.get(orderingKey);
  if (key === undefined) {
    key = createKeyState(orderingKey);
    state.keys.set(orderingKey, key);
  }
  indexRecord(state, key, record);
  key.openCount += 1;
  state.openCount += 1;
  for (const target of targetsOf(record)) lineOf(key, target);
}

/** By change number, as they would stand had they come one by one. */
function trackOpen(state: SequencerState): void {
  const open = [...state.keys.values()].flatMap((key) => [...key.records.values()]);
  for (const record of open.sort((a, b) => a.changeNumber - b.changeNumber)) {
    track(state, record);
    if (state.quiet.has(record.id)) state.restored.set(record.id, record);
  }
}

/** A start number newer than any lease that settled or expired: given back, or the lease row says the same again. */
export function withoutGivenBack(record: EventRecord): EventRecord {
  const isGivenBack = ({ startNumber, epoch, replay }: Delivery): boolean => {
    if (startNumber === null || startNumber <= epoch) return false;
    const first = record.deliveries.find((delivery) => delivery.id === replay?.position);
    return first?.startNumber !== startNumber;
  };
  if (!record.deliveries.some(isGivenBack)) return record;
  const deliveries = record.deliveries.map((delivery) =>
    isGivenBack(delivery) ? { ...delivery, startNumber: null } : delivery,
  );
  return { ...record, deliveries };
}

function restoreLeases(state: SequencerState): void {
  for (const row of state.rows.readLeases()) {
    const open = row.deliveryIds.filter((deliveryId) => {
      const found = findRecord(state, deliveryId);
      return (
        found !== null && found.delivery.epoch < row.epoch && state.leaseOf.get(deliveryId) === undefined
      );
    });
    if (open.length === 0) continue;
    const active: ActiveLease = {
      slot: row.slot,
      epoch: row.epoch,
      deadlineAt: row.deadlineAt,
      deliveryIds: new Set(open),
      givenCount: row.givenCount,
      ledgers: new Map(),
    };
    state.leases.set(row.slot, active);
    for (const deliveryId of open) restoreLeased(state, active, deliveryId);
  }
}

function restoreLeased(state: SequencerState, active: ActiveLease, deliveryId: string): void {
  const found = findRecord(state, deliveryId);
  if (found === null) return;
  state.leaseOf.set(deliveryId, active);
  lineOf(found.key, found.delivery.target).leased.add(deliveryId);
  if (found.delivery.startNumber !== null) return;
  replaceInMemory(found.key, found.record.event, { ...found.delivery, startNumber: active.epoch });
}
