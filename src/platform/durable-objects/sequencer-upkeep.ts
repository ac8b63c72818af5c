// What keeps one partition going besides its calls: the bell after a change, the alarm, the knock of the watchdog, pruning.
// Decides nothing about deliveries: core/sequencer does.
// An alarm that died comes again by the platform, and that one's first line sets the next: whatever happens, another comes.

import type { Signal } from '../../core/sequencer/messages.ts';
import type { Sequencer } from '../../pipeline/ports.ts';
import { claimRequest } from '../../pipeline/run-operation.ts';
import { logSignals } from './log-signals.ts';
import { createObjectAlarm } from './object-alarm.ts';
import { releaseUnheld } from './release-unheld.ts';
import type { SequencerParts } from './sequencer-parts.ts';

export type SequencerUpkeep = {
  /** After every change, in the same turn: tells, rings and sets the alarm. */
  readonly changed: () => void;
  /** A partition with work whose alarm was lost gets one again. */
  readonly wake: () => Promise<void>;
  readonly alarm: (info?: AlarmInvocationInfo) => Promise<void>;
};

export function createSequencerUpkeep(
  parts: SequencerParts,
  own: { readonly storage: DurableObjectStorage; readonly sequencer: Sequencer },
): SequencerUpkeep {
  const { core, bell, fanOut, feed, alerts, tail, telemetry, partition } = parts;
  const alarm = createObjectAlarm(own.storage);
  const prune = createPruning(parts);

  const tell = (signals: readonly Signal[]): void => {
    logSignals(telemetry, signals);
    alerts.changed(signals);
  };
  const ringIfReady = (): void => {
    if (hasBellWork(parts, Date.now())) bell.ring();
  };
  const changed = (): void => {
    tell(core.takeSignals());
    ringIfReady();
    // At once, where the alarm would be a little later; the alarm makes up for a fan-out that died.
    if (core.intakes.hasDueFanOut(Date.now())) void fanOut.run();
    tail.changed();
    alarm.ensure(wantedAlarm(parts));
  };
  const wake = async (): Promise<void> => {
    alarm.forget();
    bell.forget();
    changed();
    alerts.lookAgain();
    await alerts.flush();
    const deps = { holds: parts.holds, sequencer: own.sequencer, telemetry };
    await releaseUnheld(deps, core.operationsHeldUntried(Date.now()));
    alarm.ensure(wantedAlarm(parts));
  };
  const work = async (): Promise<void> => {
    core.tick(Date.now());
    const signals = core.takeSignals();
    if (signals.length > 0) tell(signals);
    tail.changed();
    ringIfReady();
    await Promise.all([fanOut.run(), feed.flush(), offerUntaken(parts)]);
    await alerts.flush();
    prune();
    await repeatClaims(parts, own.sequencer);
  };
  const ringAlarm = async (info?: AlarmInvocationInfo): Promise<void> => {
    alarm.rang();
    // The platform tries one that died seven times; in the plain case this row is not worth its price.
    if (info?.isRetry === true) alarm.ensure(Date.now() + watchdogMs);
    try {
      await work();
    } catch (error) {
      telemetry.log('error', 'alarm.failed', { partition, error: String(error) });
      alarm.ensure(Date.now() + watchdogMs);
      return;
    }
    bell.overdue();
    ringIfReady();
    alarm.ensure(wantedAlarm(parts));
  };
  return { changed, wake, alarm: ringAlarm };
}

function hasBellWork({ core }: SequencerParts, now: number): boolean {
  return core.hasReady(now) || core.intakes.hasDueFetch(now);
}

function wantedAlarm(parts: SequencerParts): number | null {
  const { core, bell, feed, alerts, requests } = parts;
  const now = Date.now();
  const times = [
    core.nextTickAt(now),
    hasBellWork(parts, now) ? bell.ringAgainAt() : null,
    core.intakes.nextAt(now),
    feed.wantedAt(),
    alerts.wantedAt(),
    requests.nextDueAt(),
  ].filter((at) => at !== null);
  return times.length === 0 ? null : Math.max(Math.min(...times), now);
}

/** Those it could not be told of are due again a little later. */
async function offerUntaken({ handOver, telemetry, partition }: SequencerParts): Promise<void> {
  try {
    await handOver?.offerUntaken();
  } catch (error) {
    telemetry.log('warn', 'key.not_taken', { partition, error: String(error) });
  }
}

/** Of requests whose caller went away between recording and claiming. */
async function repeatClaims({ requests, sequencers }: SequencerParts, sequencer: Sequencer): Promise<void> {
  for (const request of requests.dueNow(Date.now())) {
    const isClaimed = await claimRequest(sequencers, sequencer, request);
    if (!isClaimed) requests.postpone(request.hash, Date.now());
  }
}

/** A step a time, and a new walk at most once a day. */
function createPruning({ core, requests }: SequencerParts): () => void {
  let prunedAt = 0;
  return () => {
    const now = Date.now();
    if (now - prunedAt < pruneEveryMs) return;
    const more = [core.pruneStep(now), core.intakes.pruneStep(now)];
    if (more.includes(true)) return;
    requests.prune(now);
    prunedAt = now;
  };
}

/** Next alarm where one failed, ms: longer than its bounded work, short enough not to be missed. */
const watchdogMs = 30_000;

/** Between two walks over the settled rows, ms. */
const pruneEveryMs = 24 * 3600 * 1000;
