// The results as Markdown: one table of systems, the floors, the targets. Pure: what was measured comes in as data.

import type { FloorResult, SystemResult } from '../measure/rounds.ts';
import { type Agreement, spreadText } from './agreement.ts';
import { quantile, type Spread, spreadOf } from './statistics.ts';
import type { Target } from './targets.ts';

export type Results = {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly seconds: number;
  readonly generator: { readonly cpuMsPerEvent: number };
  readonly systems: readonly SystemResult[];
  readonly floors: readonly FloorResult[];
  readonly moduleStartMs: readonly number[];
  readonly targets: readonly Target[];
  /** Beside the run that was kept before, on a machine like this; null where there is none. */
  readonly agreement: Agreement | null;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
};

const digits = (value: number): string => (value >= 100 ? String(Math.round(value)) : value.toPrecision(2));

function spread(value: Spread | null): string {
  if (value === null) return '–';
  return `**${digits(value.median)}** (${digits(value.least)}–${digits(value.most)})`;
}

function pair(values: readonly number[]): string {
  if (values.length === 0) return '–';
  return `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.99).toFixed(1)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function systemRow(result: SystemResult): string[] {
  const of = (pick: (burst: SystemResult['bursts'][number]) => number) =>
    spread(spreadOf(result.bursts.map(pick)));
  const loaded = spreadOf(result.bursts.map(({ memoryMb }) => memoryMb));
  return [
    result.name,
    of(({ acceptedPerSecond }) => acceptedPerSecond),
    of(({ deliveredPerSecond }) => deliveredPerSecond),
    spread(spreadOf(result.slowBursts.map(({ deliveredPerSecond }) => deliveredPerSecond))),
    of(({ cpuMsPerEvent }) => cpuMsPerEvent),
    pair(result.paces.flatMap(({ acceptMs }) => acceptMs)),
    pair(result.paces.flatMap(({ endToEndMs }) => endToEndMs)),
    `${digits(result.idleMemoryMb)} / ${loaded === null ? '–' : digits(loaded.median)}`,
    (result.startMs / 1_000).toFixed(1),
    String(result.outOfOrder),
  ];
}

const systemHead = [
  ...['system', 'accepted/s', 'delivered/s', 'delivered/s, sink 50 ms', 'CPU ms an event'],
  ...['accept p50 / p99 ms', 'end to end p50 / p99 ms', 'memory idle / loaded MB', 'start s', 'out of order'],
];

const percent = (met: boolean | null): string => (met === null ? 'not measured' : met ? 'met' : '**missed**');

function relayLines(result: SystemResult | undefined): string[] {
  if (result === undefined) return [];
  const accepted = spreadOf(result.backlogs.map(({ acceptedPerSecond }) => acceptedPerSecond));
  const drained = spreadOf(result.backlogs.map(({ drainedPerSecond }) => drainedPerSecond));
  return [
    '',
    `The relay alone: accepted/s while its target is paused ${spread(accepted)}; drained/s once it is resumed`,
    `${spread(drained)}; gap between two deliveries of one order ${pair(result.hotOrders.flatMap(({ gapsMs }) => gapsMs))} ms (p50 / p99).`,
  ];
}

function agreementLines(agreement: Agreement | null): string[] {
  if (agreement === null || agreement.rows.length === 0) return [];
  const agreeing = agreement.rows.filter(({ agrees }) => agrees).length;
  return [
    '',
    '## Beside the run before',
    '',
    `Made ${agreement.date}, revision ${agreement.revision}: ${agreeing} of ${agreement.rows.length} agree, the value of one lying within the spread of the other.`,
    '',
    table(
      ['', 'before', 'now', 'agree'],
      agreement.rows.map(({ what, before, now, agrees }) => [
        what,
        spreadText(before),
        spreadText(now),
        agrees ? 'yes' : '**no**',
      ]),
    ),
  ];
}

export function renderResults(results: Results): string {
  const { systems, floors, targets, skipped } = results;
  const voids = systems.flatMap(({ name, voids: reasons }) =>
    reasons.map((reason) => `- ${name}: ${reason}`),
  );
  const versions = systems.map(
    ({ name, what, versions: of }) =>
      `- **${name}**: ${what} (${Object.entries(of)
        .map(([part, version]) => `${part} ${version}`)
        .join(', ')})`,
  );
  return `${[
    '# Benchmark results',
    '',
    'Made by `npm run bench`; [docs/scale.md](../docs/scale.md) says how it measures and what it leaves out. Medians of the',
    'rounds with their least and most. Compare within this table only: other machines have other numbers.',
    '',
    ...Object.entries({ date: results.date, ...results.machine }).map(
      ([name, value]) => `- ${name}: ${value}`,
    ),
    `- ${results.rounds} rounds in ${Math.round(results.seconds)} s; load generator and sink in one process, ${results.generator.cpuMsPerEvent.toFixed(2)} ms of CPU an event`,
    '',
    table(systemHead, systems.map(systemRow)),
    ...relayLines(systems[0]),
    '',
    ...versions,
    '',
    '## Floors of the runtime',
    '',
    table(
      ['path', 'answered/s'],
      floors.map(({ name, acceptedPerSecond }) => [name, spread(spreadOf(acceptedPerSecond))]),
    ),
    '',
    '## Targets',
    '',
    table(
      ['holdfast', 'target', 'measured', ''],
      targets.map(({ what, bound, spread: measured, met }) => [
        what,
        bound,
        spreadText(measured),
        percent(met),
      ]),
    ),
    '',
    'The value of the medians, and in brackets what the rounds furthest apart would give.',
    ...agreementLines(results.agreement),
    '',
    '## Left out',
    '',
    ...(skipped.length === 0 ? ['Nothing.'] : skipped.map(({ name, reason }) => `- ${name}: ${reason}`)),
    '',
    '## Void runs',
    '',
    ...(voids.length === 0 ? ['None.'] : voids),
  ].join('\n')}\n`;
}
