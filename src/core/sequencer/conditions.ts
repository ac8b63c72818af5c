// What a partition has to complain about right now: dead letters, what is held, blocked lines, an old backlog. Derived from
// what is open, so that no alert can be lost: whoever asks again hears it again. Reads memory only.

import type { Condition } from '../alerts/alert.ts';
import type { Delivery } from '../delivery.ts';
import { wholeView } from '../identity/access-view.ts';
import { deadLetterCause } from '../issues/issue.ts';
import { limits } from '../limits.ts';
import { liveRecords } from './key-state.ts';
import { openLines, summarize } from './lines.ts';
import type { EventRecord } from './record.ts';
import type { SequencerState } from './state.ts';

export type ConditionThresholds = {
  /** A line that stands still for so long is told, ms. */
  readonly blockedLineMs: number;
  /** A ready delivery that waits for so long is told, ms. */
  readonly backlogMs: number;
};

export type PartitionConditions = {
  readonly conditions: readonly Condition[];
  /** When time alone adds one, epoch ms; null: it does not. */
  readonly nextAt: number | null;
};

export function partitionConditions(
  state: SequencerState,
  thresholds: ConditionThresholds,
): PartitionConditions {
  const found = new Map<string, Condition>();
  let nextAt: number | null = null;
  /** Added now, or once it is old enough. */
  const addFrom = (at: number, condition: Condition): void => {
    if (at <= state.now) merge(found, condition);
    else nextAt = Math.min(nextAt ?? at, at);
  };
  for (const { record, delivery } of openDeliveries(state)) {
    const condition = ofDelivery(record, delivery);
    if (condition !== null) merge(found, condition);
  }
  for (const { key, line } of openLines(state)) {
    const summary = summarize(state, { key, line, view: wholeView });
    if (summary === null) continue;
    const { target, since, orderingKey, cause, behindCount, head } = summary;
    // Not `cause`: that is the alert's own.
    const details = { orderingKey, waitsFor: cause, head: head.id, operation: head.operation, behindCount };
    const base = { cause: target, count: 1, since, details };
    if (summary.isBlocked) {
      const text = `Line ${orderingKey} at ${target} stands still: ${cause}`;
      addFrom(since + thresholds.blockedLineMs, { ...base, rule: 'line_blocked', summary: text });
    } else if (cause === 'ready') {
      const text = `Deliveries to ${target} are ready and nobody takes them`;
      addFrom(since + thresholds.backlogMs, { ...base, rule: 'backlog_old', summary: text });
    }
  }
  return { conditions: bounded([...found.values()]), nextAt };
}

function* openDeliveries(
  state: SequencerState,
): Generator<{ readonly record: EventRecord; readonly delivery: Delivery }> {
  for (const key of state.keys.values()) {
    if (key.openCount === 0) continue;
    for (const record of liveRecords(key)) {
      for (const delivery of record.deliveries) yield { record, delivery };
    }
  }
}

/** What a dead letter or a held delivery is told as; null: it is neither. */
function ofDelivery(record: EventRecord, delivery: Delivery): Condition | null {
  const { state, target, operation } = delivery;
  const details = {
    target,
    operation,
    delivery: delivery.id,
    orderingKey: record.event.orderingKey,
    eventId: record.event.eventId,
  };
  const base = { count: 1, details } as const;
  if (state.status === 'dead_lettered') {
    const { reason, code, message, at } = state;
    return {
      ...base,
      rule: 'dead_letters',
      cause: deadLetterCause({ target, operation, reason, code }),
      since: at,
      summary: `${operation} at ${target}: ${message}`.slice(0, limits.maxNoteCharacters),
      details: { ...details, reason, code },
    };
  }
  // Who holds one by hand knows of it.
  if (state.status !== 'held' || state.cause === 'by_operator') return null;
  const { cause, message, at: since } = state;
  const held = { count: 1, details: { ...details, reason: cause } } as const;
  const summary = `${operation} at ${target}: ${message}`.slice(0, limits.maxNoteCharacters);
  if (cause === 'unauthorized') return { ...held, rule: 'unauthorized', cause: target, since, summary };
  if (cause === 'state_mismatch')
    return { ...held, rule: 'state_mismatch', cause: `${target}/${operation}`, since, summary };
  const [issue] = state.issues ?? [];
  const { path = null, expected = null, actual = null } = issue ?? {};
  return {
    ...held,
    rule: 'drift',
    cause: `${target}/${operation}`,
    since,
    summary,
    details: { ...held.details, adapter: state.adapter ?? null, path, expected, actual },
  };
}

/** The older one is shown: it is the first that found it. */
function merge(found: Map<string, Condition>, condition: Condition): void {
  const name = `${condition.rule}\n${condition.cause}`;
  const known = found.get(name);
  if (known === undefined) {
    found.set(name, condition);
    return;
  }
  const shown = condition.since < known.since ? condition : known;
  found.set(name, { ...shown, count: known.count + condition.count });
}

/** Beyond the bound only their number is told. */
function bounded(conditions: readonly Condition[]): readonly Condition[] {
  if (conditions.length <= limits.maxReportedConditions) return conditions;
  const shown = conditions.slice(0, limits.maxReportedConditions - 1);
  const rest = conditions.slice(shown.length);
  const [first] = rest;
  if (first === undefined) return shown;
  const count = rest.reduce((sum, condition) => sum + condition.count, 0);
  return [...shown, { ...first, cause: 'further', count }];
}
