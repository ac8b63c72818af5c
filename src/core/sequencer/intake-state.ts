// The intakes of one partition in memory: open ones whole, and which of their items wait for what. Every change of an
// item goes through putItems(), so that rows, parts and waiting lists stay together. No clock, no randomness.

import { partitionOf } from '../partition.ts';
import type { IntakeHead, IntakeItem, IntakePart, IntakeRows, SettledIntake } from './intake-record.ts';

export type OpenIntake = { readonly head: IntakeHead; readonly parts: Map<number, readonly IntakeItem[]> };

export type Rest = { readonly failureCount: number; readonly notBeforeAt: number };

export type IntakeState = {
  readonly open: Map<string, OpenIntake>;
  /** Items to be claimed → the partition of their ordering key, in the order they are to be claimed in. */
  readonly claims: Map<string, number>;
  /** Partitions that did not take a claim, until when: what waits for one of them may not overtake. */
  readonly resting: Map<number, Rest>;
  /** Items to be kept as rejected requests. */
  readonly reports: Set<string>;
  reportsRest: Rest | null;
  /** Items to be fetched → not before, epoch ms. */
  readonly fetches: Map<string, number>;
  /** Items a consumer is fetching. In memory only: after a restart they are fetched again. */
  readonly leased: Map<string, { readonly epoch: number; readonly deadlineAt: number }>;
  openItemCount: number;
  pruneCursor: string | null;
};

export function restoreIntakes(rows: IntakeRows, partitions: number): IntakeState {
  const state: IntakeState = {
    open: new Map(),
    claims: new Map(),
    resting: new Map(),
    reports: new Set(),
    reportsRest: null,
    fetches: new Map(),
    leased: new Map(),
    openItemCount: 0,
    pruneCursor: null,
  };
  const parts = [...rows.readOpenIntakes()].sort(
    (a, b) => a.head.receivedAt - b.head.receivedAt || a.part - b.part,
  );
  for (const part of parts) rememberPart(state, part, partitions);
  return state;
}

/** Takes a new part into memory. */
export function rememberPart(state: IntakeState, part: IntakePart, partitions: number): void {
  const { head, items } = part;
  let intake = state.open.get(head.id);
  if (intake === undefined) {
    intake = { head, parts: new Map() };
    state.open.set(head.id, intake);
  }
  intake.parts.set(part.part, items);
  state.openItemCount += items.length;
  for (const item of items) noteWork(state, itemIdOf(head.id, item.index), { item, partitions });
}

function noteWork(
  state: IntakeState,
  itemId: string,
  noted: { readonly item: IntakeItem; readonly partitions: number },
): void {
  const { work, state: itemState } = noted.item;
  if (work?.kind === 'claim') {
    state.claims.set(itemId, partitionOf(work.claim.event.orderingKey, noted.partitions));
  } else {
    state.claims.delete(itemId);
  }
  if (work?.kind === 'report') state.reports.add(itemId);
  else state.reports.delete(itemId);
  if (itemState.status === 'enriching') state.fetches.set(itemId, itemState.notBeforeAt);
  else state.fetches.delete(itemId);
}

export function itemIdOf(intakeId: string, index: number): string {
  return `${intakeId}.${index}`;
}

export type FoundItem = { readonly intake: OpenIntake; readonly part: number; readonly item: IntakeItem };

export function findItem(state: IntakeState, itemId: string): FoundItem | null {
  const dot = itemId.lastIndexOf('.');
  const intake = state.open.get(itemId.slice(0, dot));
  const index = Number(itemId.slice(dot + 1));
  for (const [part, items] of intake?.parts ?? []) {
    const first = items[0]?.index ?? 0;
    const item = items[index - first];
    if (intake !== undefined && item?.index === index) return { intake, part, item };
  }
  return null;
}

export type ItemChange = { readonly itemId: string; readonly to: Pick<IntakeItem, 'state' | 'work'> };

/** Writes changed items, each part once, and settles intakes that have nothing left. Gives back those it settled. */
export function putItems(
  state: IntakeState,
  changes: readonly ItemChange[],
  context: {
    readonly rows: IntakeRows;
    readonly now: number;
    readonly partitions: number;
    readonly keptMs: number;
  },
): readonly SettledIntake[] {
  const touched = new Map<OpenIntake, Set<number>>();
  for (const { itemId, to } of changes) {
    const found = findItem(state, itemId);
    if (found === null) continue;
    const { intake, part, item } = found;
    const changed: IntakeItem = { ...item, ...to };
    const items = (intake.parts.get(part) ?? []).map((other) =>
      other.index === item.index ? changed : other,
    );
    intake.parts.set(part, items);
    noteWork(state, itemId, { item: changed, partitions: context.partitions });
    state.leased.delete(itemId);
    touched.set(intake, (touched.get(intake) ?? new Set()).add(part));
  }
  const settled: SettledIntake[] = [];
  for (const [intake, parts] of touched) {
    if (isFinished(intake)) {
      const finished = toSettled(intake, context.now);
      context.rows.settleIntake(finished, context.now + context.keptMs);
      state.open.delete(intake.head.id);
      state.openItemCount -= finished.items.length;
      settled.push(finished);
      continue;
    }
    for (const part of parts) {
      const items = intake.parts.get(part) ?? [];
      context.rows.writeIntakePart({ head: intake.head, part, items });
    }
  }
  return settled;
}

function isFinished(intake: OpenIntake): boolean {
  for (const items of intake.parts.values()) {
    if (items.some((item) => item.work !== null)) return false;
  }
  return true;
}

export function itemsOf(intake: OpenIntake): readonly IntakeItem[] {
  return [...intake.parts].sort(([a], [b]) => a - b).flatMap(([, items]) => items);
}

function toSettled(intake: OpenIntake, now: number): SettledIntake {
  const { id, source, requestId, receivedAt } = intake.head;
  const items = itemsOf(intake).map(({ index, eventId, type, state }) => ({ index, eventId, type, state }));
  return { id, source, requestId, receivedAt, finishedAt: now, items };
}
