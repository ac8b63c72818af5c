// The scheduled side of watched ERPs: reads what changed since the cursor, claims each change as an event, and only then moves the
// cursor. A crash in between reads again, and the same change is the same event. One bounded step a source a run. Never rejects.

import type { Condition } from '../core/alerts/alert.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition, SourceDefinition } from '../core/relay-definition.ts';
import type { ClaimRequest } from '../core/sequencer/messages.ts';
import type { Change, ChangeFeed, WatchStep } from '../core/watch.ts';
import { repeatCall } from './claim.ts';
import { describe } from './classify-failure.ts';
import type { Alerts, ErpConnections, Telemetry } from './ports.ts';
import { groupByPartition, type ReconcileDependencies, readListed } from './reconcile.ts';

export type WatchStanding = {
  /** By kind; a kind that is not there begins now. */
  readonly cursors: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly lookedAt: number | null;
  /** Epoch ms of the first failure since it last worked. */
  readonly failingSince: number | null;
};

/** Where each watched source stands. Throws a PortError. */
export interface WatchStandings {
  read(source: string): Promise<WatchStanding | null>;
  write(source: string, standing: WatchStanding): Promise<void>;
}

export type WatchDependencies = Omit<ReconcileDependencies, 'definition'> & {
  readonly definition: Pick<RelayDefinition, 'routes' | 'routesFor' | 'sources'>;
  readonly connections: ErpConnections;
  readonly watches: WatchStandings;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly telemetry: Telemetry;
};

type Watched = {
  readonly source: SourceDefinition;
  readonly step: WatchStep;
  readonly feed: ChangeFeed;
};

export async function watchTargets(deps: WatchDependencies): Promise<void> {
  for (const source of deps.definition.sources.values()) {
    const { watch: step } = source;
    const feed = step?.target.adapter.changes;
    if (step === undefined || feed === undefined) continue;
    try {
      await watchDue(deps, { source, step, feed });
    } catch (error) {
      deps.telemetry.log('error', 'watch.failed', { source: source.id, message: String(error) });
    }
  }
}

async function watchDue(deps: WatchDependencies, watched: Watched): Promise<void> {
  const { source, step } = watched;
  const now = deps.clock.now();
  const first: WatchStanding = { cursors: {}, lookedAt: null, failingSince: null };
  const standing = (await deps.watches.read(source.id)) ?? first;
  if (standing.lookedAt !== null && now - standing.lookedAt < step.everyMs) return;
  let cursors = standing.cursors;
  let message: string | null = null;
  for (const kind of step.kinds) {
    const looked = await look(deps, watched, { kind, cursor: cursors[kind] ?? null, now });
    if (looked.cursor !== null) cursors = { ...cursors, [kind]: looked.cursor };
    message ??= looked.message;
  }
  const failingSince = message === null ? null : (standing.failingSince ?? now);
  await deps.watches.write(source.id, { cursors, lookedAt: now, failingSince });
  if (message !== null) deps.telemetry.log('error', 'watch.failed', { source: source.id, message });
  const conditions = message === null ? [] : [toCondition(watched, { message, since: failingSince ?? now })];
  await deps.alerts.report({ reporter: `watch/${source.id}`, conditions });
}

type Looked = { readonly cursor: string | null; readonly message: string | null };

/** Some pages of one kind. The cursor that comes back is that of what was claimed. */
async function look(
  deps: WatchDependencies,
  { source, step: { target }, feed }: Watched,
  at: { readonly kind: string; readonly cursor: string | null; readonly now: number },
): Promise<Looked> {
  const { timeoutMs } = target;
  const deadlineAt = at.now + limits.watchStepMs;
  const beforeFirstWrite = async () => 'stop' as const;
  const { erp } = deps.connections.open({ target, timeoutMs, deadlineAt, beforeFirstWrite });
  const until = at.now - limits.watchLagMs;
  let { cursor } = at;
  for (let page = 0; page < limits.watchPagesPerStep; page += 1) {
    const listed = await feed.list(erp, { kind: at.kind, cursor, until, limit: limits.watchPageSize });
    if (listed.kind !== 'changes') return { cursor, message: describe(listed) };
    const failure = await claimChanges(deps, source, listed.changes);
    if (failure !== null) return { cursor, message: failure };
    ({ cursor } = listed);
    if (listed.isLast) break;
  }
  return { cursor, message: null };
}

/** Null: each is claimed, now or before. */
async function claimChanges(
  deps: WatchDependencies,
  source: SourceDefinition,
  changes: readonly Change[],
): Promise<string | null> {
  const { partitions, generation } = deps.sequencers;
  const own = changes.filter(({ isOwn }) => isOwn).length;
  const foreign = changes.filter(({ isOwn }) => !isOwn);
  const read = await Promise.all(
    foreign.map(({ isOwn: _isOwn, ...payload }) =>
      readListed(deps, source, { headers: {}, payload, isState: false }),
    ),
  );
  const events = read.filter((each) => each !== null);
  let acceptedCount = 0;
  for (const [partition, group] of groupByPartition(events)) {
    const requests = group.map(
      ({ event, deliveries, earlier, payload }): ClaimRequest => ({
        ...{ event, payload, deliveries, partitions, generation },
        ...(earlier === undefined ? {} : { earlier }),
      }),
    );
    const answers = await repeatCall(() => deps.sequencers.of(partition).claimMany(requests));
    if ('kind' in answers) return answers.message;
    for (const answer of answers) {
      if (answer.kind !== 'claimed') return answer.message;
      if (answer.status === 'accepted') acceptedCount += 1;
    }
  }
  const unreadableCount = foreign.length - events.length;
  if (acceptedCount + unreadableCount > 0) {
    const counts = { changeCount: changes.length, ownCount: own, acceptedCount, unreadableCount };
    deps.telemetry.log('info', 'target.changes_read', { source: source.id, ...counts });
  }
  return null;
}

function toCondition(
  { source, step }: Watched,
  { message, since }: { readonly message: string; readonly since: number },
): Condition {
  return {
    ...{ rule: 'reconciliation_failed', cause: source.id, count: 1, since },
    summary: `The changes of ${step.target.id} could not be read for ${source.id}: ${message}`.slice(0, 500),
    details: { source: source.id },
  };
}
