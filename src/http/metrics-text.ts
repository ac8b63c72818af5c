// An overview as Prometheus text (version 0.0.4). All gauges: what is counted is a window of time, not since a start, for no isolate has
// seen everything. Labels are sources and targets of the code and closed words, so that nobody outside can make up series.

import type { Flow } from '../core/overview.ts';
import type { TargetView } from '../core/target-view.ts';
import type { Overview } from './admin/read-overview.ts';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export function toMetrics(overview: Overview): string {
  const { at, windowMs, isWhole, countedFrom, issues, alerts, oldestReadyAt, missing } = overview;
  const countBy = (state: string) => issues.filter((issue) => issue.state === state).length;
  const ready = oldestReadyAt === null ? 0 : Math.max(0, at - oldestReadyAt) / 1_000;
  const families: readonly (readonly [name: string, help: string, samples: readonly Sample[]])[] = [
    ['window_seconds', 'Length of the window the deliveries are counted in.', [[{}, windowMs / 1_000]]],
    ['window_whole', '1: every delivery of the window was counted.', [[{}, isWhole ? 1 : 0]]],
    ['counted_seconds', 'What of the window was counted, back from now.', [[{}, (at - countedFrom) / 1_000]]],
    ['source_deliveries', 'Deliveries of events received in the window.', bySource(overview)],
    ['target_deliveries', 'Deliveries to the target received in the window.', byTarget(overview)],
    ['target_latency_seconds', 'From receipt to success.', latencies(overview)],
    ['source_last_event_timestamp_seconds', 'When an event came last.', lastEvents(overview)],
    ['source_open_failures', 'Dead or held now, of any age.', openOf(overview.sources, 'source')],
    ['target_open_failures', 'Dead or held now, of any age.', openOf(overview.targets, 'target')],
    ['target_circuit', 'The state the circuit is in is 1.', circuits(overview)],
    ['target_paused', '1: a person paused it.', flags(overview, ({ pause }) => pause !== null)],
    [
      'target_unauthorized',
      '1: it refuses its credential.',
      flags(overview, ({ unauthorized }) => unauthorized !== null),
    ],
    ['backlog_age_seconds', 'How long the oldest line that could go on waits.', [[{}, ready]]],
    [
      'issues',
      'Issues that are not resolved.',
      ['open', 'acknowledged', 'ignored'].map((state): Sample => [{ state }, countBy(state)]),
    ],
    [
      'alerts',
      'Open alerts.',
      ['critical', 'warning'].map(
        (severity): Sample => [
          { severity },
          (alerts ?? []).filter((alert) => alert.severity === severity).length,
        ],
      ),
    ],
    [
      'overview_missing_parts',
      'Parts that did not answer: their numbers are too low.',
      [[{}, missing.length]],
    ],
  ];
  return families.map(([name, help, samples]) => family(`holdfast_${name}`, help, samples)).join('');
}

function family(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function labelText(labels: Sample[0]): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function byStatus(labels: Readonly<Record<string, string>>, flow: Flow): Sample[] {
  return [
    [{ ...labels, status: 'delivered' }, flow.deliveredCount],
    [{ ...labels, status: 'waiting' }, flow.waitingCount],
    [{ ...labels, status: 'held' }, flow.heldCount],
    [{ ...labels, status: 'dead_lettered' }, flow.deadCount],
    [{ ...labels, status: 'closed' }, flow.closedCount],
  ];
}

function bySource({ sources }: Overview): Sample[] {
  return [...sources].flatMap(([source, flow]) => byStatus({ source }, flow));
}

function byTarget({ targets }: Overview): Sample[] {
  return [...targets].flatMap(([target, flow]) => byStatus({ target }, flow));
}

const quantiles = { p50: '0.5', p95: '0.95', p99: '0.99' } as const;

function latencies({ targets }: Overview): Sample[] {
  return [...targets].flatMap(([target, { latencyMs }]) =>
    latencyMs === null
      ? []
      : (Object.keys(quantiles) as (keyof typeof quantiles)[]).map(
          (name): Sample => [{ target, quantile: quantiles[name] }, latencyMs[name] / 1_000],
        ),
  );
}

function lastEvents({ sources }: Overview): Sample[] {
  return [...sources].flatMap(([source, { lastReceivedAt }]) =>
    lastReceivedAt === null ? [] : [[{ source }, lastReceivedAt / 1_000] as const],
  );
}

function openOf(of: ReadonlyMap<string, { readonly openCount: number }>, label: string): Sample[] {
  return [...of].map(([name, { openCount }]) => [{ [label]: name }, openCount]);
}

/** One that does not answer has no sample. */
function circuits({ targets }: Overview): Sample[] {
  return [...targets].flatMap(([target, { view }]) =>
    view === null
      ? []
      : ['closed', 'open', 'half_open'].map(
          (state): Sample => [{ target, state }, view.circuit.state === state ? 1 : 0],
        ),
  );
}

function flags({ targets }: Overview, is: (view: TargetView) => boolean): Sample[] {
  return [...targets].flatMap(([target, { view }]) =>
    view === null ? [] : [[{ target }, is(view) ? 1 : 0] as const],
  );
}
