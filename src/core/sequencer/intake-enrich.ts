// The step of an intake that fetches: items whose body does not hold the entity are leased to a consumer, which comes back
// with the record or with why there is none. A fetch only reads, so one made twice does no harm: leases are memory.
// Runs inside the caller's transaction.

import { backoffMs } from '../backoff.ts';
import { limits } from '../limits.ts';
import { changeItems } from './intake.ts';
import type {
  ItemLeaseRequest,
  ItemSettlement,
  LeasedItem,
  ReviveAnswer,
  ReviveRequest,
} from './intake-messages.ts';
import type { IntakeItem } from './intake-record.ts';
import { findItem, type ItemChange, itemIdOf, itemsOf } from './intake-state.ts';
import type { Random } from './settle.ts';
import { type SequencerState, takeNumber } from './state.ts';

export function leaseItems(state: SequencerState, request: ItemLeaseRequest): readonly LeasedItem[] {
  const { intakes, now } = state;
  const due = [...intakes.fetches]
    .filter(([itemId, notBeforeAt]) => notBeforeAt <= now && !intakes.leased.has(itemId))
    .slice(0, request.max);
  if (due.length === 0) return [];
  const epoch = takeNumber(state);
  const leased: LeasedItem[] = [];
  for (const [itemId] of due) {
    const found = findItem(intakes, itemId);
    if (found?.item.work?.kind !== 'enrich') continue;
    intakes.leased.set(itemId, { epoch, deadlineAt: now + request.leaseMs });
    const { source, requestId, receivedAt, headers, trace } = found.intake.head;
    const { identity } = found.item.work;
    leased.push({
      ...{ itemId, epoch, source, requestId, receivedAt, headers, identity },
      ...(trace === undefined ? {} : { trace }),
      failureCount: failuresOf(found.item),
    });
  }
  return leased;
}

function failuresOf(item: IntakeItem): number {
  return item.state.status === 'enriching' ? item.state.failureCount : 0;
}

/** What comes from a lease that ran out counts no more: its item is somebody else's, or will be. */
export function settleItems(
  state: SequencerState,
  settlements: readonly ItemSettlement[],
  random: Random,
): void {
  const { intakes } = state;
  const changes: ItemChange[] = [];
  for (const { itemId, epoch, result } of settlements) {
    const found = findItem(intakes, itemId);
    if (found?.item.work?.kind !== 'enrich' || intakes.leased.get(itemId)?.epoch !== epoch) continue;
    if (result.kind === 'enriched') {
      changes.push({
        itemId,
        to: { state: { status: 'received' }, work: { kind: 'claim', claim: result.claim } },
      });
    } else if (result.kind === 'rejected') {
      const { problem } = result;
      const item = found.item.work.identity.payload;
      changes.push({
        itemId,
        to: { state: { status: 'rejected', problem }, work: { kind: 'report', problem, item } },
      });
    } else {
      changes.push(decideFailure(state, found.item, { itemId, failure: result, random: random() }));
    }
  }
  changeItems(state, changes);
}

type Failure = { readonly reason: string; readonly message: string; readonly retryAfterMs?: number };

const enrichRetry = {
  attempts: limits.maxEnrichFailures,
  baseMs: limits.enrichBaseMs,
  capMs: limits.enrichCapMs,
};

function decideFailure(
  state: SequencerState,
  item: IntakeItem,
  failed: { readonly itemId: string; readonly failure: Failure; readonly random: number },
): ItemChange {
  const { itemId, failure, random } = failed;
  const { reason, message, retryAfterMs } = failure;
  const failureCount = failuresOf(item) + 1;
  const { now } = state;
  const { work } = item;
  if (failureCount < limits.maxEnrichFailures) {
    const notBeforeAt = now + backoffMs(enrichRetry, failureCount, { random, retryAfterMs });
    return { itemId, to: { state: { status: 'enriching', failureCount, notBeforeAt, message }, work } };
  }
  const source = findItem(state.intakes, itemId)?.intake.head.source ?? '';
  const { eventId } = item;
  state.signals.push({
    ...{ kind: 'intake_item.dead', item: itemId, source, eventId },
    ...{ failureCount, reason, message },
  });
  return { itemId, to: { state: { status: 'dead', reason, message, failureCount, at: now }, work } };
}

/** Ends fetches that nobody settled in time: a record that ends its consumer must not be fetched for ever. */
export function expireItems(state: SequencerState): void {
  const { intakes, now } = state;
  const changes: ItemChange[] = [];
  for (const [itemId, { deadlineAt }] of intakes.leased) {
    if (deadlineAt > now) continue;
    const item = findItem(intakes, itemId)?.item;
    if (item === undefined) {
      intakes.leased.delete(itemId);
      continue;
    }
    const failure = { reason: 'lease_expired', message: 'the consumer that fetched it never came back' };
    changes.push(decideFailure(state, item, { itemId, failure, random: 0 }));
  }
  changeItems(state, changes);
}

/** When an item may be fetched or its lease runs out, epoch ms; null: nothing waits for a time. */
export function nextFetchAt(state: SequencerState): number | null {
  const { intakes } = state;
  let next: number | null = null;
  for (const [itemId, notBeforeAt] of intakes.fetches) {
    const at = intakes.leased.get(itemId)?.deadlineAt ?? notBeforeAt;
    next = next === null ? at : Math.min(next, at);
  }
  return next;
}

/** Something may be fetched now: worth a doorbell. */
export function hasDueFetch(state: SequencerState): boolean {
  const { intakes, now } = state;
  for (const [itemId, notBeforeAt] of intakes.fetches) {
    if (notBeforeAt <= now && !intakes.leased.has(itemId)) return true;
  }
  return false;
}

/** An operator's word about the dead items of an intake. */
export function revive(state: SequencerState, request: ReviveRequest): ReviveAnswer {
  const { id, as, actor, note } = request;
  const intake = state.intakes.open.get(id);
  if (intake === undefined) {
    const known = state.rows.readSettledIntake(id) !== null;
    return known
      ? { kind: 'refused', reason: 'wrong_state', message: 'the intake is finished' }
      : { kind: 'refused', reason: 'not_found', message: `${id} is not here` };
  }
  const dead = itemsOf(intake).filter((item) => item.state.status === 'dead');
  if (dead.length === 0)
    return { kind: 'refused', reason: 'wrong_state', message: 'no item of the intake is dead' };
  const changes = dead.map(({ index, work }): ItemChange => {
    const itemId = itemIdOf(id, index);
    return as === 'retry'
      ? {
          itemId,
          to: {
            state: { status: 'enriching', failureCount: 0, notBeforeAt: state.now, message: null },
            work,
          },
        }
      : { itemId, to: { state: { status: 'dropped', actor, note, at: state.now }, work: null } };
  });
  changeItems(state, changes);
  return { kind: 'revived', itemIds: changes.map(({ itemId }) => itemId) };
}
