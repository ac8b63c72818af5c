// An overview as Prometheus text (version 0.0.4). All gauges: what is counted is a window of time, not since a start, for no isolate has
// seen everything. Labels are sources and targets of the code and closed words, so that nobody outside can make up series.

import type { Flow } from '../core/overview.ts';
import type { TargetView } from '../core/target-view.ts';
import type { Overview } from './admin/read-overview.ts';

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

type MetricFamily = {
  /** Without `holdfast_`. */
  readonly name: string;
  readonly help: string;
  /** The labels of its samples, with their values where those are closed words. */
  readonly labels: Readonly<Record<string, readonly string[] | null>>;
  readonly samplesOf: (overview: Overview) => readonly Sample[];
};

const flowStatuses = ['delivered', 'waiting', 'held', 'dead_lettered', 'closed'] as const;
const quantiles = { p50: '0.5', p95: '0.95', p99: '0.99' } as const;
const circuitStates = ['closed', 'open', 'half_open'] as const;
const issueStates = ['open', 'acknowledged', 'ignored'] as const;
const severities = ['critical', 'warning'] as const;

/** Every series there is: docs/reference/metrics.md is made of it. */
export const metricFamilies: readonly MetricFamily[] = [
  {
    ...{ name: 'window_seconds', help: 'Length of the window the deliveries are counted in.', labels: {} },
    samplesOf: ({ windowMs }) => [[{}, windowMs / 1_000]],
  },
  {
    ...{ name: 'window_whole', help: '1: every delivery of the window was counted.', labels: {} },
    samplesOf: ({ isWhole }) => [[{}, isWhole ? 1 : 0]],
  },
  {
    ...{ name: 'counted_seconds', help: 'What of the window was counted, back from now.', labels: {} },
    samplesOf: ({ at, countedFrom }) => [[{}, (at - countedFrom) / 1_000]],
  },
  {
    ...{ name: 'source_deliveries', help: 'Deliveries of events received in the window.' },
    ...{ labels: { source: null, status: flowStatuses }, samplesOf: bySource },
  },
  {
    ...{ name: 'target_deliveries', help: 'Deliveries to the target received in the window.' },
    ...{ labels: { target: null, status: flowStatuses }, samplesOf: byTarget },
  },
  {
    ...{
      name: 'target_latency_seconds',
      help: 'From receipt to success; absent where nothing was delivered.',
    },
    ...{ labels: { target: null, quantile: Object.values(quantiles) }, samplesOf: latencies },
  },
  {
    ...{
      name: 'source_last_event_timestamp_seconds',
      help: 'When an event came last; absent where none did.',
    },
    ...{ labels: { source: null }, samplesOf: lastEvents },
  },
  {
    ...{ name: 'source_open_failures', help: 'Dead or held now, of any age.', labels: { source: null } },
    samplesOf: ({ sources }) => openOf(sources, 'source'),
  },
  {
    ...{ name: 'target_open_failures', help: 'Dead or held now, of any age.', labels: { target: null } },
    samplesOf: ({ targets }) => openOf(targets, 'target'),
  },
  {
    ...{ name: 'target_circuit', help: 'The state the circuit is in is 1.' },
    ...{ labels: { target: null, state: circuitStates }, samplesOf: circuits },
  },
  {
    ...{ name: 'target_paused', help: '1: a person paused it.', labels: { target: null } },
    samplesOf: (overview) => flags(overview, ({ pause }) => pause !== null),
  },
  {
    ...{ name: 'target_unauthorized', help: '1: it refuses its credential.', labels: { target: null } },
    samplesOf: (overview) => flags(overview, ({ unauthorized }) => unauthorized !== null),
  },
  {
    ...{ name: 'backlog_age_seconds', help: 'How long the oldest line that could go on waits.', labels: {} },
    samplesOf: ({ at, oldestReadyAt }) => [
      [{}, oldestReadyAt === null ? 0 : Math.max(0, at - oldestReadyAt) / 1_000],
    ],
  },
  {
    ...{ name: 'issues', help: 'Issues that are not resolved.', labels: { state: issueStates } },
    samplesOf: ({ issues }) =>
      issueStates.map((state) => [{ state }, issues.filter((issue) => issue.state === state).length]),
  },
  {
    ...{ name: 'alerts', help: 'Open alerts.', labels: { severity: severities } },
    samplesOf: ({ alerts }) =>
      severities.map((severity) => [
        { severity },
        (alerts ?? []).filter((alert) => alert.severity === severity).length,
      ]),
  },
  {
    ...{
      name: 'overview_missing_parts',
      help: 'Parts that did not answer: their numbers are too low.',
      labels: {},
    },
    samplesOf: ({ missing }) => [[{}, missing.length]],
  },
];

export function toMetrics(overview: Overview): string {
  return metricFamilies
    .map(({ name, help, samplesOf }) => family(`holdfast_${name}`, help, samplesOf(overview)))
    .join('');
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
      : circuitStates.map((state): Sample => [{ target, state }, view.circuit.state === state ? 1 : 0]),
  );
}

function flags({ targets }: Overview, is: (view: TargetView) => boolean): Sample[] {
  return [...targets].flatMap(([target, { view }]) =>
    view === null ? [] : [[{ target }, is(view) ? 1 : 0] as const],
  );
}
