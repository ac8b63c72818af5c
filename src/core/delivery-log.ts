// The log of one delivery, put together again from what is kept of it: under the names of docs/logs.md, oldest first. Log lines
// themselves are gone after some days and stand elsewhere; what happened to a delivery stands with it. Pure.

import type { Attempt, Delivery, DeliveryState } from './delivery.ts';
import type { WebhookEvent } from './event.ts';
import type { OperatorAct } from './operator-act.ts';

export type LogEntry = {
  /** Epoch ms. */
  readonly at: number;
  readonly event: string;
  /** Ids, counts and facts, as in a log line: no body and no secret. */
  readonly fields: Readonly<Record<string, unknown>>;
};

export type Logged = {
  readonly event: WebhookEvent;
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  /** Those on this delivery. */
  readonly acts: readonly OperatorAct[];
};

export function logOf({ event, delivery, attempts, acts }: Logged): readonly LogEntry[] {
  const ofActs = acts.map(toEntryOfAct);
  const isTold = (end: LogEntry): boolean => ofActs.some(({ event: name }) => name === end.event);
  const end = toEntryOfState(delivery);
  const ofAttempts = attempts.map(toEntryOfAttempt);
  const before = [toEntryOfEvent(event), toEntryOfPlan(delivery), ...ofAttempts];
  // An attempt ends by the consumer's clock, and is settled by the sequencer's: what it came to is told after it all the same.
  const lastAt = Math.max(0, ...ofAttempts.map(({ at }) => at));
  const after = [...ofActs, ...(end === null || isTold(end) ? [] : [end])];
  const placed = [
    ...before.map((entry) => ({ entry, at: entry.at })),
    ...after.map((entry) => ({ entry, at: entry === end ? Math.max(entry.at, lastAt) : entry.at })),
  ];
  // Of one instant in this order: sort keeps it.
  return placed.sort((a, b) => a.at - b.at).map(({ entry }) => entry);
}

function toEntryOfEvent({
  receivedAt,
  requestId,
  source,
  eventId,
  type,
  orderingKey,
  reconciled,
}: WebhookEvent) {
  const fields = { requestId, source, eventId, type, orderingKey };
  const isReconciled = reconciled === true ? { reconciled } : {};
  return { at: receivedAt, event: 'event.received', fields: { ...fields, ...isReconciled } };
}

function toEntryOfPlan({ createdAt, routeId, target, operation, operationKey, replay }: Delivery): LogEntry {
  const fields = { route: routeId, target, operation, operationKey };
  if (replay === null) return { at: createdAt, event: 'delivery.planned', fields };
  const { of, actor, reason, forced, edited } = replay;
  const replayed = {
    replayOf: of,
    actor,
    reason,
    forced,
    edited: edited !== null && edited.from === undefined,
  };
  return { at: createdAt, event: 'delivery.planned', fields: { ...fields, ...replayed } };
}

function toEntryOfAttempt({
  endedAt,
  startedAt,
  number,
  mode,
  epoch,
  outcome,
  exchanges,
}: Attempt): LogEntry {
  const { kind, effect, reason, message } = outcome;
  const counts = { callCount: exchanges.length, durationMs: endedAt - startedAt };
  const fields = { attemptNumber: number, mode, epoch, outcome: kind, effect, reason, message, ...counts };
  return { at: endedAt, event: 'delivery.attempted', fields };
}

function toEntryOfAct({ at, action, actor, before, after, reason }: OperatorAct): LogEntry {
  return { at, event: `delivery.${action}`, fields: { actor, before, after, reason } };
}

/** Where it stands; null: it waits for its turn, and nothing has happened to it. */
function toEntryOfState({ state, updatedAt, attemptCount }: Delivery): LogEntry | null {
  if (state.status === 'pending') return null;
  const { status, ...facts } = state;
  const { at = updatedAt, ...fields } = facts as { readonly at?: number };
  return { at, event: `delivery.${status}`, fields: { ...toTold(state, fields), attemptCount } };
}

/** What an answer of the ERP held is shown with its attempt. */
function toTold(state: DeliveryState, fields: Readonly<Record<string, unknown>>) {
  if (state.status !== 'held') return fields;
  const { issues: _issues, ...told } = fields as { readonly issues?: unknown };
  return told;
}
