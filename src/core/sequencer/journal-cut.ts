// What the journal gets: the records that changed since it last acknowledged, in the order of their change numbers, in
// bounded pieces. Nothing leaves the open rows before the journal has it. Runs inside the caller's transaction.

import { isClosed } from '../delivery.ts';
import type { EventPayload } from '../event.ts';
import { limits } from '../limits.ts';
import { asListed, journalKindOf } from './journal-kind.ts';
import { dropRecord, type KeyState, keepRecord, recordKey } from './key-state.ts';
import type { EventRecord } from './record.ts';
import { countOpen, putRecord, type SequencerState, track } from './state.ts';

export type JournalCut = {
  /** Exclusive. */
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
  /** Up to it no change is left out because its record is quiet: how far a build goes that knows nothing of those. */
  readonly completeThrough: number;
  readonly entries: readonly JournalCutEntry[];
};

export type JournalCutEntry = {
  readonly record: EventRecord;
  readonly payload: EventPayload | null;
  /** It simply succeeded, and is in the journal for the first and only time: its payload always comes along. */
  readonly simple: boolean;
};

/** The next piece, or null where the journal has everything. A payload goes along with the first entry of its record. */
export function cutJournal(
  state: SequencerState,
  bounds: { maxEntries: number; maxBytes: number },
): JournalCut | null {
  const changed = changedInOrder(state);
  if (changed.length === 0) return null;
  const entries: JournalCutEntry[] = [];
  let bytes = 0;
  for (const record of changed.slice(0, bounds.maxEntries)) {
    const simple = isForBlock(record);
    const isKnown = !simple && state.journaledPayloads.has(record.id);
    const payload = isKnown ? null : state.rows.readPayload(record.event);
    const size = (payload?.body.byteLength ?? 0) * 2 + JSON.stringify(record).length;
    if (entries.length > 0 && bytes + size > bounds.maxBytes) break;
    bytes += size;
    entries.push({ record, payload, simple: simple && payload !== null });
  }
  const to = entries.at(-1)?.record.changeNumber ?? state.appliedThrough;
  const [firstQuiet = to + 1] = state.quiet.values();
  return { from: state.appliedThrough, to, completeThrough: Math.min(to, firstQuiet - 1), entries };
}

/** They mostly stand in it already: a backlog is not sorted anew for each of its pieces. */
function changedInOrder(state: SequencerState): EventRecord[] {
  const changed: EventRecord[] = [];
  let last = state.appliedThrough;
  let isRising = true;
  for (const record of state.unjournaled.values()) {
    if (record.changeNumber <= state.appliedThrough) continue;
    isRising &&= record.changeNumber > last;
    last = record.changeNumber;
    changed.push(record);
  }
  return isRising ? changed : changed.sort((a, b) => a.changeNumber - b.changeNumber);
}

/** Found again by its number, so one that took too long has rows of its own. */
function isForBlock(record: EventRecord): boolean {
  const span = record.changeNumber - record.arrival;
  return journalKindOf(record) === 'simple' && span >= 0 && span <= limits.maxSimpleNumberSpan;
}

/**
 * Once after a start: a build that knows nothing of quiet records has journaled everything up to `completeThrough`, in rows.
 * What was quiet then, by whatever name it goes now, keeps its rows.
 */
export function adoptJournal(state: SequencerState, completeThrough: number): void {
  for (const [id, restored] of state.restored) {
    if (restored.changeNumber > completeThrough) continue;
    const key = state.keys.get(restored.event.orderingKey);
    const record = key?.records.get(recordKey(restored.event));
    if (key === undefined || record === undefined || record.id !== id) continue;
    const listed = asListed(record);
    keepRecord(key, listed);
    for (const line of key.lines.values()) line.order = null;
    state.quiet.delete(id);
    if (record.changeNumber > completeThrough) state.unjournaled.set(id, listed);
  }
  state.restored.clear();
}

/**
 * The journal stands at `appliedThrough`. What it has and is closed moves to the settled rows; at most `limits.ackStepRows`
 * in one transaction. Returns true where more is left to move.
 */
export function acknowledgeJournal(state: SequencerState, appliedThrough: number): boolean {
  if (appliedThrough < state.appliedThrough) sendAgain(state, appliedThrough);
  if (appliedThrough >= state.nextNumber) renumber(state, appliedThrough);
  state.appliedThrough = appliedThrough;
  let moved = 0;
  for (const record of [...state.unjournaled.values()]) {
    if (record.changeNumber > appliedThrough) continue;
    if (moved >= limits.ackStepRows) return true;
    moved += 1;
    state.unjournaled.delete(record.id);
    state.journaledPayloads.add(record.id);
    archive(state, record);
  }
  return false;
}

/** The journal fell behind what it had acknowledged: it was put back to an earlier state, and bodies went with it. */
function sendAgain(state: SequencerState, appliedThrough: number): void {
  state.journaledPayloads.clear();
  for (const { record } of openRecords(state)) {
    if (record.changeNumber > appliedThrough) track(state, record);
  }
}

/** The journal holds numbers that were never given here: another life of the partition. Nothing open is in it. */
function renumber(state: SequencerState, appliedThrough: number): void {
  state.journaledPayloads.clear();
  state.nextNumber = appliedThrough + 1;
  for (const { key, record } of openRecords(state)) putRecord(state, key, record);
}

/** As memory holds them. Reads every open row: for what should never happen only. */
function openRecords(state: SequencerState): readonly { key: KeyState; record: EventRecord }[] {
  return [...state.rows.readOpen()].flatMap(({ event }) => {
    const key = state.keys.get(event.orderingKey);
    const record = key?.records.get(recordKey(event));
    return key === undefined || record === undefined ? [] : [{ key, record }];
  });
}

function archive(state: SequencerState, record: EventRecord): void {
  const key = state.keys.get(record.event.orderingKey);
  const known = key?.records.get(recordKey(record.event));
  if (key === undefined || known === undefined) return;
  const stripped: EventRecord = { ...known, attempts: [], acts: [] };
  keepRecord(key, stripped);
  if (!stripped.deliveries.every((delivery) => isClosed(delivery.state))) return;
  if (stripped.deliveries.some((delivery) => state.leaseOf.has(delivery.id))) return;
  state.rows.settle(stripped, state.now + horizonMs(state, stripped));
  state.journaledPayloads.delete(record.id);
  countOpen(state, key, -1);
}

/** How long a settled record is kept, ms. */
export function horizonMs(state: SequencerState, record: EventRecord): number {
  const onlyReplaced =
    record.deliveries.length > 0 && record.deliveries.every((delivery) => delivery.staleKey !== null);
  return onlyReplaced
    ? Math.min(limits.replacedStateHorizonMs, state.config.ledgerHorizonMs)
    : state.config.ledgerHorizonMs;
}

/** One bounded step of forgetting settled rows past their horizon. Returns true where the walk has not come to its end. */
export function pruneSettled(state: SequencerState): boolean {
  const step = state.rows.pruneSettled(state.now, state.pruneCursor, limits.pruneStepRows);
  state.pruneCursor = step.next;
  for (const removed of step.removed) {
    const key = state.keys.get(removed.orderingKey);
    const record = key?.records.get(recordKey(removed));
    if (key === undefined || record === undefined) continue;
    dropRecord(key, record);
    for (const delivery of record.deliveries) state.byDelivery.delete(delivery.id);
    for (const line of key.lines.values()) line.order = null;
    key.satisfied.clear();
  }
  return step.next !== null;
}
