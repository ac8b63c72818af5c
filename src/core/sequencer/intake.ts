// Intakes: claimed whole, fanned out afterwards. Every item is claimed in the partition of its ordering key by an ordinary
// claim, which is idempotent: so a fan-out that broke at any point is simply done again. Runs inside the caller's
// transaction. It calls nobody: it says what is due and is told what became of it.

import { backoffMs } from '../backoff.ts';
import { limits } from '../limits.ts';
import type {
  ClaimGroup,
  DueClaim,
  DueReport,
  FanOutResult,
  IntakeAnswer,
  IntakeRequest,
} from './intake-messages.ts';
import type { IntakeHead, IntakeItem, IntakePart, SettledIntake } from './intake-record.ts';
import { findItem, type ItemChange, putItems, type Rest, rememberPart } from './intake-state.ts';
import { countStatuses } from './intake-views.ts';
import { newestPlace, type SequencerState } from './state.ts';

const encoder = new TextEncoder();

/** Idempotent by its id: the same request sent again is answered by the intake it became. */
export function claimIntake(state: SequencerState, request: IntakeRequest): IntakeAnswer {
  const { config, intakes, rows } = state;
  const { items, partitions, generation, ...head } = request;
  const { id } = head;
  if (partitions !== config.partitions || generation !== config.generation) {
    const message = `this relay's partition was made for PARTITIONS=${config.partitions}, GENERATION=${config.generation}; the request came with ${partitions}, ${generation}`;
    return { kind: 'refused', reason: 'generation_mismatch', message };
  }
  if (intakes.open.has(id) || rows.readSettledIntake(id) !== null)
    return { kind: 'received', id, status: 'duplicate' };
  if (intakes.openItemCount > 0 && intakes.openItemCount + items.length > limits.maxOpenIntakeItems) {
    const message = `${intakes.openItemCount} items of intakes are open in this partition`;
    return { kind: 'refused', reason: 'backlog_full', message };
  }
  for (const part of toParts(head, items)) {
    rows.writeIntakePart(part);
    rememberPart(intakes, part, newestPlace(config).partitions);
  }
  return { kind: 'received', id, status: 'received' };
}

function toParts(head: IntakeHead, newItems: IntakeRequest['items']): readonly IntakePart[] {
  const parts: IntakePart[] = [];
  let items: IntakeItem[] = [];
  let bytes = 0;
  const close = () => {
    if (items.length > 0) parts.push({ head, part: parts.length, items });
    items = [];
    bytes = 0;
  };
  for (const [index, { eventId, type, work }] of newItems.entries()) {
    const item: IntakeItem = { index, eventId, type, state: firstState(work), work };
    const size = JSON.stringify(item).length;
    if (items.length >= limits.maxIntakePartItems || bytes + size > limits.maxIntakePartBytes) close();
    items.push(item);
    bytes += size;
  }
  close();
  return parts;
}

function firstState(work: IntakeRequest['items'][number]['work']): IntakeItem['state'] {
  switch (work.kind) {
    case 'claim':
      return { status: 'received' };
    case 'enrich':
      return { status: 'enriching', failureCount: 0, notBeforeAt: 0, message: null };
    case 'report':
      return { status: 'rejected', problem: work.problem };
  }
}

/** What is to be claimed now, at most `limits.fanOutStepItems`, by partition and in order. */
export function dueClaims(state: SequencerState): readonly ClaimGroup[] {
  const { intakes, now } = state;
  const groups = new Map<number, { claims: DueClaim[]; bytes: number }>();
  let count = 0;
  for (const [itemId, partition] of intakes.claims) {
    if (count >= limits.fanOutStepItems) break;
    if (isResting(intakes.resting.get(partition), now)) continue;
    const due = toDueClaim(state, itemId);
    if (due === null) continue;
    const group = groups.get(partition) ?? { claims: [], bytes: 0 };
    const size = due.request.payload.body.byteLength + JSON.stringify(due.request.deliveries).length;
    // What does not fit waits for the next step, and so does all behind it: order is kept by stopping here.
    if (group.claims.length > 0 && group.bytes + size > limits.maxClaimGroupBytes) break;
    group.claims.push(due);
    group.bytes += size;
    groups.set(partition, group);
    count += 1;
  }
  return [...groups].map(([partition, { claims }]) => ({ partition, claims }));
}

function toDueClaim(state: SequencerState, itemId: string): DueClaim | null {
  const found = findItem(state.intakes, itemId);
  if (found === null || found.item.work?.kind !== 'claim') return null;
  const { event, deliveries, earlier, payload } = found.item.work.claim;
  const { partitions, generation } = newestPlace(state.config);
  return {
    itemId,
    request: {
      event: { ...event, intakeItem: itemId },
      payload: { headers: found.intake.head.headers, body: toBody(payload) },
      deliveries,
      ...(earlier === undefined ? {} : { earlier }),
      partitions,
      generation,
    },
  };
}

function toBody(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(JSON.stringify(value)));
}

/** What is to be kept as a rejected request now. */
export function dueReports(state: SequencerState): readonly DueReport[] {
  const { intakes, now } = state;
  if (isResting(intakes.reportsRest, now)) return [];
  const due: DueReport[] = [];
  for (const itemId of intakes.reports) {
    if (due.length >= limits.fanOutStepItems) break;
    const found = findItem(intakes, itemId);
    if (found?.item.work?.kind !== 'report') continue;
    const { source, receivedAt, headers } = found.intake.head;
    const { problem, item } = found.item.work;
    due.push({ itemId, source, receivedAt, headers, problem, body: toBody(item) });
  }
  return due;
}

/** Takes down what became of what was due. Repeated or late, it changes nothing. */
export function acknowledge(
  state: SequencerState,
  results: readonly FanOutResult[],
  random: () => number,
): void {
  const { intakes } = state;
  const changes: ItemChange[] = [];
  for (const result of results) {
    switch (result.kind) {
      case 'claimed': {
        const item = findItem(intakes, result.itemId)?.item;
        if (item?.work?.kind !== 'claim') break;
        const { status, eventRecordId } = result;
        intakes.resting.delete(intakes.claims.get(result.itemId) ?? -1);
        changes.push({ itemId: result.itemId, to: { state: { status, eventRecordId }, work: null } });
        break;
      }
      case 'reported': {
        const item = findItem(intakes, result.itemId)?.item;
        if (item?.work?.kind !== 'report') break;
        intakes.reportsRest = null;
        changes.push({ itemId: result.itemId, to: { state: item.state, work: null } });
        break;
      }
      case 'claims_failed': {
        const rest = intakes.resting.get(result.partition);
        intakes.resting.set(result.partition, longerRest(rest, state.now, random));
        break;
      }
      case 'reports_failed':
        intakes.reportsRest = longerRest(intakes.reportsRest, state.now, random);
        break;
    }
  }
  changeItems(state, changes);
}

function isResting(rest: Rest | null | undefined, now: number): boolean {
  return rest != null && rest.notBeforeAt > now;
}

const fanOutRetry = { attempts: 1, baseMs: 500, capMs: limits.fanOutRetryCapMs };

/** At least a little: what failed just now fails again at once. */
const leastRestMs = 100;

function longerRest(rest: Rest | null | undefined, now: number, random: () => number): Rest {
  const failureCount = (rest?.failureCount ?? 0) + 1;
  const waitMs = Math.max(leastRestMs, backoffMs(fanOutRetry, failureCount, { random: random() }));
  return { failureCount, notBeforeAt: now + waitMs };
}

/** Writes changed items and says which intakes they finished. */
export function changeItems(state: SequencerState, changes: readonly ItemChange[]): void {
  const settled = putItems(state.intakes, changes, {
    rows: state.rows,
    now: state.now,
    partitions: newestPlace(state.config).partitions,
    keptMs: limits.intakeKeptMs,
  });
  for (const intake of settled) state.signals.push(toFinished(intake));
}

function toFinished(intake: SettledIntake) {
  const { id, source, receivedAt, finishedAt, items } = intake;
  const counts = countStatuses(items);
  return {
    kind: 'intake.finished',
    intake: id,
    source,
    counts,
    durationMs: finishedAt - receivedAt,
  } as const;
}

/** When something is due that nobody asks for: the fan-out, epoch ms; null: nothing is left to fan out. */
export function nextFanOutAt(state: SequencerState): number | null {
  const { intakes, now } = state;
  let next: number | null = null;
  const earlier = (rest: Rest | null | undefined): void => {
    const at = rest?.notBeforeAt ?? now;
    next = next === null ? at : Math.min(next, at);
  };
  if (intakes.reports.size > 0) earlier(intakes.reportsRest);
  for (const partition of intakes.claims.values()) {
    if (next !== null && next <= now) break;
    earlier(intakes.resting.get(partition));
  }
  return next;
}

/** Whether there is nothing to wait for first. */
export function hasDueFanOut(state: SequencerState): boolean {
  const at = nextFanOutAt(state);
  return at !== null && at <= state.now;
}
