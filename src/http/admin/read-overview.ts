// How the relay does, as one caller sees it: made of the ports that are narrowed to its view, so that no count holds more. What does
// not answer is null and named in `missing`; the rest still tells. Bounded: so many deliveries of the window, the newest.

import type { Alert } from '../../core/alerts/alert.ts';
import { isDirectSource } from '../../core/direct-request.ts';
import { type AccessView, wholeView } from '../../core/identity/access-view.ts';
import { type Issue, totalsOf } from '../../core/issues/issue.ts';
import { limits } from '../../core/limits.ts';
import { type Flow, flowOf, flowsBy } from '../../core/overview.ts';
import { type Buckets, bucketsOf } from '../../core/overview-buckets.ts';
import type { DeliveryView, LineSummary, ListCursor } from '../../core/sequencer/messages.ts';
import type { TargetView } from '../../core/target-view.ts';
import { within } from '../../pipeline/within.ts';
import type { HttpServices } from '../services.ts';
import { listLines } from './lines.ts';
import { type JournalStanding, listDeliveries } from './list-deliveries.ts';

export type Part = 'deliveries' | 'issues' | 'alerts' | 'lines' | 'targets' | 'last_events';

/** All direct requests are one source here, whoever made them. */
export const directName = 'operations';

export type Overview = {
  readonly at: number;
  readonly windowMs: number;
  /** From where on the counts are whole, epoch ms: later than the window's begin where it holds more than is counted. */
  readonly countedFrom: number;
  readonly isWhole: boolean;
  readonly journal: JournalStanding;
  readonly all: Flow;
  readonly series: Buckets;
  readonly sources: ReadonlyMap<string, Flow & { readonly openCount: number }>;
  readonly targets: ReadonlyMap<string, OverviewTarget>;
  /** Since when the oldest line that could go on waits, epoch ms; null: none does, or it cannot be told. */
  readonly oldestReadyAt: number | null;
  readonly issues: readonly Issue[];
  /** Null: the caller may not see alerts, or they cannot be had. */
  readonly alerts: readonly Alert[] | null;
  readonly missing: readonly Part[];
};

export type OverviewTarget = Flow & {
  /** Dead or held now, whenever they came. */
  readonly openCount: number;
  readonly oldestReadyAt: number | null;
  readonly view: TargetView | null;
};

type Asked = { readonly windowMs: number; readonly seesAlerts: boolean };

export async function readOverview(services: HttpServices, asked: Asked): Promise<Overview> {
  const missing = new Set<Part>();
  const { clock, telemetry, definition } = services;
  const now = clock.now();
  const orElse = async <T>(part: Part, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      missing.add(part);
      telemetry.log('error', 'overview.incomplete', { part, error: String(error) });
      return otherwise;
    }
  };
  const from = now - asked.windowMs;
  const nothing: Counted = { views: [], isWhole: false, journal: 'unavailable' };
  const readView = async (id: string) => {
    const read = () => within(clock, limits.operatorWaitMs, services.targets.view(id));
    return [id, await orElse<TargetView | null>('targets', read, null)] as const;
  };
  // One after the other: counting brings the journal up to date, which issues are read from.
  const countThenIssues = async () => {
    const found = await orElse('deliveries', () => countWindow(services, from), nothing);
    return [found, await orElse('issues', () => readIssues(services), [])] as const;
  };
  const [[counted, issues], lines, alerts, ...targetViews] = await Promise.all([
    countThenIssues(),
    orElse('lines', () => listLines(services, anyLine), []),
    asked.seesAlerts ? orElse('alerts', () => readAlerts(services), null) : null,
    ...[...definition.targets.keys()].map(readView),
  ]);
  if (counted.journal === 'unavailable') missing.add('deliveries');
  const views = new Map(targetViews);
  const sources = sourcesOf(services, counted.views, issues);
  const countedFrom = counted.isWhole ? from : Math.max(from, counted.views.at(-1)?.event.receivedAt ?? now);
  return {
    at: now,
    windowMs: asked.windowMs,
    countedFrom,
    series: bucketsOf(counted.views, { from: countedFrom, to: now }),
    isWhole: counted.isWhole,
    journal: counted.journal,
    all: flowOf(counted.views),
    sources: await orElse('last_events', () => withLastEvents(services, sources), sources),
    targets: targetsOf({ views, counted: counted.views, issues, lines }),
    oldestReadyAt: oldestReady(lines),
    issues: issues.filter(({ state }) => state !== 'resolved'),
    alerts,
    missing: [...missing],
  };
}

type Counted = {
  readonly views: readonly DeliveryView[];
  readonly isWhole: boolean;
  readonly journal: JournalStanding;
};

async function countWindow(services: HttpServices, receivedFrom: number): Promise<Counted> {
  const views: DeliveryView[] = [];
  let cursor: ListCursor | null = null;
  let journal: JournalStanding = 'current';
  for (let page = 0; page < limits.overviewPages; page += 1) {
    const read = await listDeliveries(services, {
      filter: { receivedFrom },
      cursor,
      limit: limits.maxListPage,
    });
    views.push(...read.views);
    if (read.journal !== 'current') journal = read.journal;
    if (read.next === null) return { views, isWhole: journal !== 'unavailable', journal };
    cursor = read.next;
  }
  return { views, isWhole: false, journal };
}

const anyLine = {
  blockedOnly: false,
  target: null,
  orderingKey: null,
  after: null,
  limit: limits.maxListPage,
} as const;

function readIssues({ clock, issues }: HttpServices): Promise<readonly Issue[]> {
  const query = { states: null, cause: {}, view: wholeView, before: null, limit: limits.overviewIssues };
  return within(clock, limits.operatorWaitMs, issues.list(query));
}

function readAlerts({ alerts, clock }: HttpServices): Promise<readonly Alert[]> {
  const open = alerts.list({ status: 'open', before: null, limit: limits.maxSearchedAlerts });
  return within(clock, limits.operatorWaitMs, open);
}

function nameOfSource(source: string): string {
  return isDirectSource(source) ? directName : source;
}

function sourcesOf({ definition }: HttpServices, views: readonly DeliveryView[], issues: readonly Issue[]) {
  const flows = flowsBy(views, ({ event }) => nameOfSource(event.source));
  const open = new Map<string, number>();
  for (const { source, openCount } of issues.flatMap((issue) => issue.sources)) {
    const name = nameOfSource(source);
    open.set(name, (open.get(name) ?? 0) + openCount);
  }
  // A source that was taken out of the code and still has something in the window is shown with the others.
  const names = new Set([...definition.sources.keys(), ...flows.keys(), ...open.keys()]);
  return new Map(
    [...names].map((name) => [name, { ...(flows.get(name) ?? noFlow), openCount: open.get(name) ?? 0 }]),
  );
}

const noFlow: Flow = flowOf([]);

/** A source that sent nothing in the window: when it last did, as the journal has it. */
async function withLastEvents(
  { clock, journal }: HttpServices,
  sources: ReturnType<typeof sourcesOf>,
): Promise<ReturnType<typeof sourcesOf>> {
  const known = await Promise.all(
    [...sources].map(async ([name, flow]) => {
      if (flow.lastReceivedAt !== null || name === directName) return [name, flow] as const;
      const asked = journal.list({ filter: { source: name }, cursor: null, limit: 1 });
      const { views } = await within(clock, limits.operatorWaitMs, asked);
      return [name, { ...flow, lastReceivedAt: views[0]?.event.receivedAt ?? null }] as const;
    }),
  );
  return new Map(known);
}

function targetsOf(parts: {
  readonly views: ReadonlyMap<string, TargetView | null>;
  readonly counted: readonly DeliveryView[];
  readonly issues: readonly Issue[];
  readonly lines: readonly LineSummary[];
}): ReadonlyMap<string, OverviewTarget> {
  const flows = flowsBy(parts.counted, ({ delivery }) => delivery.target);
  const all = [...parts.views].map(([id, view]) => {
    const own = parts.issues.filter(({ target }) => target === id);
    const openCount = own.reduce((sum, { sources }) => sum + totalsOf(sources).openCount, 0);
    const oldestReadyAt = oldestReady(parts.lines.filter(({ target }) => target === id));
    return [id, { ...(flows.get(id) ?? noFlow), openCount, oldestReadyAt, view }] as const;
  });
  return new Map(all);
}

function oldestReady(lines: readonly LineSummary[]): number | null {
  const ready = lines.filter(({ cause }) => cause === 'ready').map(({ since }) => since);
  return ready.length === 0 ? null : Math.min(...ready);
}

/** Overviews by view and window, each good for a while: a dashboard asks again and again, and each look asks every partition. */
export function createOverviewCache(clock: HttpServices['clock']) {
  const kept = new Map<string, { readonly at: number; readonly overview: Overview }>();
  return async (view: AccessView, asked: Asked, read: () => Promise<Overview>): Promise<Overview> => {
    const key = JSON.stringify([view, asked]);
    const known = kept.get(key);
    if (known !== undefined && clock.now() - known.at < limits.overviewFreshMs) return known.overview;
    const overview = await read();
    kept.delete(key);
    kept.set(key, { at: clock.now(), overview });
    const [oldest] = kept.keys();
    if (kept.size > limits.maxKeptOverviews && oldest !== undefined) kept.delete(oldest);
    return overview;
  };
}
