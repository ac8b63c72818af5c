// Which lines are ready and which wait for a time: looked at again whenever something of their ordering key changed.
// Pure: reads records and lines, and writes only the indexes over them.

import { isClosed } from '../delivery.ts';
import type { Prerequisite } from '../route.ts';
import {
  behindPrerequisite,
  type KeyState,
  type Line,
  liveRecords,
  orderOf,
  prerequisiteState,
} from './key-state.ts';
import { chooseHead, type Head, type Position, positionsOf } from './line.ts';
import { createReadyHeap } from './ready-heap.ts';
import { lineName, loadKey, type SequencerState } from './state.ts';

/** Looks at every line of the key again: ready, waiting for a time, or waiting for something to happen. */
export function reviewKey(state: SequencerState, key: KeyState): void {
  loadKey(state, key.orderingKey);
  for (const line of key.lines.values()) reviewLine(state, key, line);
}

export function reviewLine(state: SequencerState, key: KeyState, line: Line): void {
  const name = lineName(key.orderingKey, line.target);
  state.timers.remove(name);
  unready(state, name);
  if (line.leased.size > 0) return;
  const head = headOf(key, line, state.now);
  if (head.kind === 'ready') {
    const { record } = head.position;
    const group = groupOf(line, head.position);
    let heap = state.ready.get(group);
    if (heap === undefined) {
      heap = createReadyHeap();
      state.ready.set(group, heap);
    }
    heap.put(name, record.arrival);
    state.readyGroup.set(name, group);
  }
  const wakeAt = head.kind === 'prerequisite_missing' ? state.now : head.until;
  if (wakeAt !== null) state.timers.put(name, wakeAt);
}

/** Takes every line of the key out of the indexes. */
export function withdrawLines(state: SequencerState, key: KeyState): void {
  for (const line of key.lines.values()) {
    const name = lineName(key.orderingKey, line.target);
    state.timers.remove(name);
    unready(state, name);
  }
}

/** Lines of one target whose heads are of one source take turns as one. */
export function groupOf(line: Line, head: Position): string {
  return `${line.target}\n${head.record.event.source}`;
}

function unready(state: SequencerState, name: string): void {
  const group = state.readyGroup.get(name);
  if (group === undefined) return;
  state.readyGroup.delete(name);
  const heap = state.ready.get(group);
  heap?.remove(name);
  if (heap?.size() === 0) state.ready.delete(group);
}

/**
 * The next of a line. Replays at places the line has passed are heads of their own and go first; what they declare to
 * come after holds for them too.
 */
export function headOf(key: KeyState, line: Line, now: number): Head {
  const view = {
    now,
    prerequisite: (p: Prerequisite) => prerequisiteState(key, p),
    behind: (p: Prerequisite) => behindPrerequisite(key, p),
  };
  const heads = [...passedReplays(key, line.target)].map((position) => chooseHead([position], view));
  heads.push(chooseHead(orderOf(key, line), view));
  const missing = heads.find((head) => head.kind === 'prerequisite_missing');
  if (missing !== undefined) return missing;
  const until = heads.reduce<number | null>((earliest, head) => earlier(earliest, untilOf(head)), null);
  const ready = heads.find((head) => head.kind === 'ready');
  return ready === undefined ? { kind: 'waiting', until } : { ...ready, until };
}

function untilOf(head: Head): number | null {
  return head.kind === 'prerequisite_missing' ? null : head.until;
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function* passedReplays(key: KeyState, target: string) {
  if (key.openCount === 0) return;
  for (const record of liveRecords(key)) {
    if (record.deliveries.every((delivery) => delivery.replay === null)) continue;
    for (const position of positionsOf(record, target)) {
      if (position.passed && !isClosed(position.occupant.state)) yield position;
    }
  }
}
