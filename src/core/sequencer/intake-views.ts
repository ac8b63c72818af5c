// What a sequencer shows of its intakes: one with the status of each item, and those under way. Reads memory and rows only.

import type { IntakeSummary, IntakeView } from './intake-messages.ts';
import type { IntakeItem, SettledIntake } from './intake-record.ts';
import { itemIdOf, itemsOf, type OpenIntake } from './intake-state.ts';
import type { SequencerState } from './state.ts';

type ShownItem = Pick<IntakeItem, 'index' | 'eventId' | 'type' | 'state'>;

/** Under way or finished, until the end of the dedupe window. */
export function findIntake(state: SequencerState, id: string): IntakeView | null {
  const open = state.intakes.open.get(id);
  if (open !== undefined) return toView({ ...open.head, finishedAt: null }, itemsOf(open));
  const settled = state.rows.readSettledIntake(id);
  return settled === null ? null : toView(settled, settled.items);
}

function toView(
  head: Omit<SettledIntake, 'items' | 'finishedAt'> & Pick<IntakeView, 'finishedAt'>,
  items: readonly ShownItem[],
): IntakeView {
  const { id, source, requestId, receivedAt, finishedAt } = head;
  const shown = items.map(({ index, eventId, type, state }) => ({
    id: itemIdOf(id, index),
    ...{ index, eventId, type, state },
  }));
  return { id, source, requestId, receivedAt, finishedAt, items: shown };
}

/** Those with work left, the oldest first. */
export function listIntakes(state: SequencerState, limit: number): readonly IntakeSummary[] {
  return [...state.intakes.open.values()]
    .sort((a, b) => a.head.receivedAt - b.head.receivedAt)
    .slice(0, limit)
    .map(toSummary);
}

function toSummary(intake: OpenIntake): IntakeSummary {
  const { id, source, requestId, receivedAt } = intake.head;
  return { id, source, requestId, receivedAt, finishedAt: null, counts: countStatuses(itemsOf(intake)) };
}

export function countStatuses(items: readonly Pick<IntakeItem, 'state'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of items) counts[state.status] = (counts[state.status] ?? 0) + 1;
  return counts;
}
