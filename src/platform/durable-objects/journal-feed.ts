// Feeds the journal from one partition: cuts change sets, appends them, and lets the sequencer archive what was
// acknowledged. The journal being away stops nothing: the feed tries again, less and less often.

import type { Condition } from '../../core/alerts/alert.ts';
import { limits } from '../../core/limits.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { Clock, Journal, Telemetry } from '../../pipeline/ports.ts';

export type JournalFeed = {
  /** False until the journal was asked after a start: until then nobody knows what it has. */
  readonly isStandingKnown: () => boolean;
  /** Appends until nothing is left, the time is up, or the journal fails. One at a time; never rejects. */
  readonly flush: () => Promise<void>;
  /** When the next flush should be, epoch ms; null: the journal has everything. */
  readonly wantedAt: () => number | null;
  /** The journal has failed for too long. */
  readonly troubles: () => readonly Condition[];
};

export function createJournalFeed(deps: {
  readonly core: SequencerCore;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly generation: number;
  readonly partition: number;
  /** Told how many records the journal took. */
  readonly appended?: (count: number) => void;
}): JournalFeed {
  const { core, journal, clock, generation, partition } = deps;
  const bounds = { maxEntries: limits.maxJournalBatchRecords, maxBytes: limits.maxJournalBatchBytes };
  let running: Promise<void> | null = null;
  /** Where the journal stands is asked once after a start: memory has forgotten. */
  let asked = false;
  let failureCount = 0;
  let failingSince: number | null = null;
  let wantedAt: number | null = null;

  const acknowledge = async (appliedThrough: number): Promise<void> => {
    while (core.acknowledgeJournal(appliedThrough, clock.now())) await clock.wait(0);
  };
  const append = async (cut: Parameters<Journal['append']>[0]): Promise<void> => {
    const { appliedThrough, completeThrough } = await journal.append(cut);
    deps.appended?.(appliedThrough === cut.to ? cut.entries.length : 0);
    if (!asked && completeThrough !== undefined) core.adoptJournal(completeThrough, clock.now());
    await acknowledge(appliedThrough);
  };
  const run = async (): Promise<void> => {
    const until = clock.now() + limits.journalFlushMs;
    if (!asked) {
      await append({ generation, partition, from: -1, to: -1, entries: [] });
      asked = true;
    }
    for (
      let cut = core.cutJournal(bounds, clock.now());
      cut !== null;
      cut = core.cutJournal(bounds, clock.now())
    ) {
      await append({ generation, partition, ...cut });
      if (clock.now() >= until) return;
    }
  };
  const guarded = async (): Promise<void> => {
    try {
      await run();
      failureCount = 0;
      failingSince = null;
      wantedAt = null;
    } catch (error) {
      failureCount += 1;
      failingSince ??= clock.now();
      const waitMs = Math.min(limits.journalRetryCapMs, limits.journalRetryMs * 2 ** failureCount);
      wantedAt = clock.now() + waitMs;
      deps.telemetry.log('error', 'journal.append_failed', {
        partition,
        failureCount,
        waitMs,
        error: String(error),
      });
    }
  };

  return {
    isStandingKnown: () => asked,
    flush: () => {
      running ??= guarded().finally(() => {
        running = null;
      });
      return running;
    },
    troubles: () => {
      if (failingSince === null || failingSince + limits.journalTroubleMs > clock.now()) return [];
      const summary = 'D1 does not take what was done: ingest and delivery go on, the archive falls behind';
      return [{ rule: 'journal_behind', cause: 'd1', count: 1, since: failingSince, summary, details: {} }];
    },
    wantedAt: () => {
      if (!core.hasUnjournaled(clock.now())) return null;
      wantedAt ??= clock.now() + limits.journalDelayMs;
      return wantedAt;
    },
  };
}
