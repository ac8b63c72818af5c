// Tells the book of alerts what one partition has to complain about: everything at once, whenever it changed. What is open
// says so itself, so a report that was lost is made again; only events that leave no trace there are kept until they were
// reported. Nothing waits for it.

import type { AlertSettings } from '../../config.ts';
import type { AlertReport, Condition } from '../../core/alerts/alert.ts';
import { limits } from '../../core/limits.ts';
import type { Signal } from '../../core/sequencer/messages.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { Alerts, Clock, Telemetry } from '../../pipeline/ports.ts';

export type AlertFeed = {
  /** After every change of the partition, in the same turn. An act of a person gives no signal, and may end an alert. */
  readonly changed: (signals: readonly Signal[]) => void;
  /** Something may have changed that no signal tells of: look again. */
  readonly lookAgain: () => void;
  /** Reports where there is something new. Never rejects. */
  readonly flush: () => Promise<void>;
  /** When the next flush should be, epoch ms; null: nothing is expected. */
  readonly wantedAt: () => number | null;
};

/** What was reported last, and events that were not reported yet. */
type Kept = { readonly reported: readonly Condition[]; readonly events: readonly Condition[] };

const keptName = 'alert_feed';

export function createAlertFeed(deps: {
  readonly core: SequencerCore;
  readonly storage: DurableObjectStorage;
  readonly alerts: Alerts;
  readonly settings: AlertSettings;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly reporter: string;
  /** What the machinery around the partition suffers from. */
  readonly troubles: () => readonly Condition[];
}): AlertFeed {
  const { core, storage, clock, reporter } = deps;
  let kept = storage.kv.get<Kept>(keptName) ?? { reported: [], events: [] };
  let lookAt: number | null = null;
  let failureCount = 0;
  let running: Promise<void> | null = null;

  const keep = (next: Kept): void => {
    kept = next;
    storage.kv.put(keptName, next);
  };
  /** Troubles come and go without a signal. */
  const troublesChanged = (): boolean => {
    const rules = ({ rule }: Condition): boolean => troubleRules.has(rule);
    return !isSame(kept.reported.filter(rules), deps.troubles());
  };
  const look = (at: number): void => {
    lookAt = Math.min(lookAt ?? at, at);
  };
  const run = async (): Promise<void> => {
    const now = clock.now();
    lookAt = null;
    const { conditions, nextAt } = core.conditions(deps.settings, now);
    if (nextAt !== null) look(nextAt);
    const { events } = kept;
    const standing = [...conditions, ...deps.troubles()];
    if (events.length === 0 && isSame(kept.reported, standing)) return;
    const report: AlertReport = { reporter, conditions: [...standing, ...events] };
    await deps.alerts.report(report);
    // Events that came meanwhile stay for the next report.
    keep({ reported: standing, events: kept.events.slice(events.length) });
    if (kept.events.length > 0) look(clock.now());
  };
  const guarded = async (): Promise<void> => {
    try {
      await run();
      failureCount = 0;
    } catch (error) {
      failureCount += 1;
      const waitMs = Math.min(
        limits.alertReportRetryCapMs,
        limits.alertReportDelayMs * 2 ** Math.min(failureCount, 10),
      );
      look(clock.now() + waitMs);
      const fields = { reporter, failureCount, waitMs, error: String(error) };
      deps.telemetry.log('error', 'alert.not_reported', fields);
    }
  };

  return {
    changed: (signals) => {
      const events = signals.flatMap((signal) => toEvent(signal, clock.now()));
      if (events.length > 0) {
        const all = [...kept.events, ...events].slice(-limits.maxReportedConditions);
        keep({ ...kept, events: all });
      }
      const isNews = events.length > 0 || signals.some(({ kind }) => newsKinds.has(kind));
      if (isNews || kept.reported.length > 0) look(clock.now() + limits.alertReportDelayMs);
    },
    lookAgain: () => look(clock.now()),
    flush: () => {
      if (troublesChanged() && failureCount === 0) look(clock.now());
      if (lookAt === null || lookAt > clock.now()) return Promise.resolve();
      running ??= guarded().finally(() => {
        running = null;
      });
      return running;
    },
    wantedAt: () => lookAt,
  };
}

const troubleRules: ReadonlySet<Condition['rule']> = new Set([
  'journal_behind',
  'doorbell_not_sent',
  'doorbell_unanswered',
]);

const newsKinds: ReadonlySet<Signal['kind']> = new Set(['delivery.dead_lettered', 'delivery.held']);

/** What leaves no trace in what is open. */
function toEvent(signal: Signal, now: number): Condition[] {
  if (signal.kind !== 'effect.doubled') return [];
  const { deliveryId, operationKey, documents } = signal;
  return [
    {
      rule: 'effect_doubled',
      cause: operationKey,
      count: 1,
      since: now,
      summary: `${operationKey} is in the ERP twice: ${documents.join(' and ')}`,
      details: { delivery: deliveryId, operationKey, documents: documents.join(', ') },
    },
  ];
}

/** Counts matter as well: an alert says how many it is about. */
function isSame(a: readonly Condition[], b: readonly Condition[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}
