// The scheduled side of reconciliation: which source is due, how far its last check came, and who is told. One bounded step
// a source a run; a long range goes on in the next. What it has learnt is kept before anybody is told.

import type { Condition } from '../core/alerts/alert.ts';
import type { EnrichFailure } from '../core/enrich.ts';
import { limits } from '../core/limits.ts';
import { type LostSubscription, noCounts, type ReconcileCounts } from '../core/reconcile.ts';
import type { RelayDefinition, SourceDefinition } from '../core/relay-definition.ts';
import type { Result } from '../core/result.ts';
import type { SenderApis } from './intake-ports.ts';
import type { Alerts, Telemetry } from './ports.ts';
import {
  findLostSubscriptions,
  type MissingEvent,
  type Reconcilable,
  type ReconcileDependencies,
  reconcilePage,
} from './reconcile.ts';

/** A check under way or done. Times: epoch ms at the sender. */
export type ReconcileRun = {
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
  readonly cursor: string | null;
  readonly counts: ReconcileCounts;
  /** The first of them: for people. */
  readonly missing: readonly MissingEvent[];
};

export type ReconcileStanding = {
  /** Everything before was compared; epoch ms at the sender. */
  readonly throughAt: number;
  /** Epoch ms. */
  readonly checkedAt: number | null;
  readonly underWay: ReconcileRun | null;
  readonly last: ReconcileRun | null;
  /** Null: the sender does not tell, or was not asked yet. */
  readonly lost: readonly LostSubscription[] | null;
  readonly failure: { readonly at: number; readonly since: number; readonly message: string } | null;
};

/** Where each source stands. Throws a PortError. */
export interface ReconcileStandings {
  read(source: string): Promise<ReconcileStanding | null>;
  write(source: string, standing: ReconcileStanding): Promise<void>;
}

export type ReconcileSourcesDependencies = ReconcileDependencies & {
  readonly definition: RelayDefinition;
  readonly apis: SenderApis;
  readonly standings: ReconcileStandings;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly telemetry: Telemetry;
};

/** Null: the source names no listing. */
export function toReconcilable(
  apis: SenderApis,
  source: SourceDefinition,
  deadlineAt: number,
): Reconcilable | null {
  const { reconcile: step } = source;
  return step === undefined ? null : { source, step, api: apis.openListing(source, deadlineAt) };
}

/** One step for each source that is due. Never rejects. */
export async function reconcileSources(deps: ReconcileSourcesDependencies): Promise<void> {
  for (const source of deps.definition.sources.values()) {
    try {
      const now = deps.clock.now();
      const of = toReconcilable(deps.apis, source, now + limits.reconcileStepMs);
      if (of !== null) await reconcileDue(deps, of, now);
    } catch (error) {
      deps.telemetry.log('error', 'reconciliation.failed', { source: source.id, message: String(error) });
    }
  }
}

async function reconcileDue(
  deps: ReconcileSourcesDependencies,
  of: Reconcilable,
  now: number,
): Promise<void> {
  const { id } = of.source;
  const standing = (await deps.standings.read(id)) ?? firstStanding(now);
  const isDue = standing.checkedAt === null || now - standing.checkedAt >= of.step.everyMs;
  if (standing.underWay === null && !isDue) return;
  const stepped = await takeStep(deps, of, { standing, now });
  await deps.standings.write(id, stepped);
  await deps.alerts.report({ reporter: `reconcile/${id}`, conditions: conditionsOf(id, stepped) });
}

function firstStanding(now: number): ReconcileStanding {
  const throughAt = now - limits.reconcileFirstMs;
  return { throughAt, checkedAt: null, underWay: null, last: null, lost: null, failure: null };
}

/** From a little before where the last one ended: senders list late what they wrote at the same time. */
function startRun(standing: ReconcileStanding, reachMs: number | null, now: number): ReconcileRun {
  const wanted = standing.throughAt - limits.reconcileOverlapMs;
  const from = reachMs === null ? wanted : Math.max(wanted, now - reachMs);
  const to = now - limits.reconcileLagMs;
  return { from, to, startedAt: now, cursor: null, counts: noCounts, missing: [] };
}

type At = { readonly standing: ReconcileStanding; readonly now: number };

async function takeStep(
  deps: ReconcileSourcesDependencies,
  of: Reconcilable,
  { standing, now }: At,
): Promise<ReconcileStanding> {
  const { source, step } = of;
  let run = standing.underWay ?? startRun(standing, step.listing.reachMs, now);
  for (let page = 0; page < limits.reconcilePagesPerStep; page += 1) {
    const reconciled = await reconcilePage(deps, of, { ...run, dryRun: false });
    if (!reconciled.ok)
      return failed(deps, source.id, {
        standing: { ...standing, underWay: run },
        now,
        why: reconciled.error,
      });
    run = withPage(run, reconciled.value);
    logMissing(deps.telemetry, source.id, reconciled.value.missing);
    if (run.cursor === null) return finish(deps, of, { standing, now, run });
  }
  return { ...standing, underWay: run, failure: null };
}

export function withPage(
  run: ReconcileRun,
  page: {
    readonly counts: ReconcileCounts;
    readonly missing: readonly MissingEvent[];
    readonly cursor: string | null;
  },
): ReconcileRun {
  const missing = [...run.missing, ...page.missing].slice(0, limits.maxShownMissing);
  return { ...run, counts: addCounts(run.counts, page.counts), missing, cursor: page.cursor };
}

function addCounts(a: ReconcileCounts, b: ReconcileCounts): ReconcileCounts {
  return {
    listedCount: a.listedCount + b.listedCount,
    heldCount: a.heldCount + b.heldCount,
    missingCount: a.missingCount + b.missingCount,
    unreadableCount: a.unreadableCount + b.unreadableCount,
  };
}

async function finish(
  deps: ReconcileSourcesDependencies,
  of: Reconcilable,
  { standing, now, run }: At & { readonly run: ReconcileRun },
): Promise<ReconcileStanding> {
  const { counts, from, to } = run;
  deps.telemetry.log('info', 'source.reconciled', { source: of.source.id, from, to, ...counts });
  const lost: Result<readonly LostSubscription[] | null, EnrichFailure> = await findLostSubscriptions(
    deps,
    of,
  );
  const ended = { ...standing, throughAt: to, checkedAt: now, underWay: null, last: run, failure: null };
  // The events are what counts: a sender that does not tell of its webhooks is no failed check of them.
  if (!lost.ok) return failed(deps, of.source.id, { standing: ended, now, why: lost.error });
  return { ...ended, lost: lost.value };
}

/** Tried again with the next check, from where it stood. */
function failed(
  deps: ReconcileSourcesDependencies,
  source: string,
  { standing, now, why }: At & { readonly why: { readonly reason: string; readonly message: string } },
): ReconcileStanding {
  deps.telemetry.log('error', 'reconciliation.failed', { source, reason: why.reason, message: why.message });
  const since = standing.failure?.since ?? now;
  return { ...standing, failure: { at: now, since, message: why.message } };
}

function logMissing(telemetry: Telemetry, source: string, missing: readonly MissingEvent[]): void {
  for (const { id, eventId, type, orderingKey } of missing)
    telemetry.log('warn', 'event.reconciled', { source, eventRecord: id, eventId, type, orderingKey });
}

/** What somebody has to know of a source, as of its last check. */
export function conditionsOf(source: string, standing: ReconcileStanding): readonly Condition[] {
  const { failure, last, lost, underWay } = standing;
  const conditions: Condition[] = [];
  const run = underWay !== null && underWay.counts.missingCount > 0 ? underWay : last;
  if (run !== null && run.counts.missingCount > 0) {
    conditions.push({
      ...{ rule: 'events_missing', cause: source, count: run.counts.missingCount, since: run.startedAt },
      summary: `${source} had not sent ${run.counts.missingCount} of ${run.counts.listedCount} events: they were brought in`,
      details: { source, first: run.missing[0]?.eventId ?? null },
    });
  }
  if (lost !== null && lost.length > 0) {
    conditions.push({
      ...{ rule: 'subscription_lost', cause: source, count: lost.length, since: standing.checkedAt ?? 0 },
      summary: `${source} has no active webhook for ${lost
        .map(({ type, state }) => `${type} (${state})`)
        .join(', ')
        .slice(0, 300)}`,
      details: { source, first: lost[0]?.type ?? null },
    });
  }
  if (failure !== null) {
    conditions.push({
      ...{ rule: 'reconciliation_failed', cause: source, count: 1, since: failure.since },
      summary: `${source} could not be compared with what its sender lists: ${failure.message}`,
      details: { source },
    });
  }
  return conditions;
}
