// The targets as ratios within one run. Nothing absolute: the same relay on a slower machine has the same ratios. Pure.

import type { FloorResult, SystemResult } from '../measure/rounds.ts';
import { bullmqName, graphileName, relayName, spikeName, wranglerName } from '../systems/catalogue.ts';
import { quantile, spreadOf } from './statistics.ts';

export type Target = {
  readonly what: string;
  readonly bound: string;
  /** Null: one side was not measured. */
  readonly value: number | null;
  readonly met: boolean | null;
};

type Bound = { readonly least: number } | { readonly most: number };

function target(what: string, bound: Bound, value: number | null): Target {
  const text = 'least' in bound ? `≥ ${bound.least}` : `≤ ${bound.most}`;
  if (value === null || !Number.isFinite(value)) return { what, bound: text, value: null, met: null };
  const met = 'least' in bound ? value >= bound.least : value <= bound.most;
  return { what, bound: text, value, met };
}

const median = (values: readonly number[]): number | null => spreadOf(values)?.median ?? null;

function ratio(part: number | null | undefined, whole: number | null | undefined): number | null {
  return part === null || part === undefined || whole === null || whole === undefined ? null : part / whole;
}

export type MeasuredRun = {
  readonly results: readonly SystemResult[];
  readonly floors: readonly FloorResult[];
  readonly moduleStartMs: readonly number[];
};

export function targetsOf({ results, floors, moduleStartMs }: MeasuredRun): Target[] {
  const named = new Map(results.map((result) => [result.name, result]));
  const relay = named.get(relayName);
  if (relay === undefined) return [];
  const delivered = (name: string) =>
    median(named.get(name)?.bursts.map(({ deliveredPerSecond }) => deliveredPerSecond) ?? []);
  const cpu = (name: string) =>
    median(named.get(name)?.bursts.map(({ cpuMsPerEvent }) => cpuMsPerEvent) ?? []);
  const memory = (name: string) => median(named.get(name)?.bursts.map(({ memoryMb }) => memoryMb) ?? []);
  const p99 = (name: string) => {
    const values = named.get(name)?.endToEndMs ?? [];
    return values.length === 0 ? null : quantile(values, 0.99);
  };
  const floor = median(floors.find(({ name }) => name.includes('insert'))?.acceptedPerSecond ?? []);
  const accepted = median(relay.backlogs.map(({ acceptedPerSecond }) => acceptedPerSecond));
  const own = delivered(relayName);
  const gap = relay.gapsMs.length === 0 ? null : quantile(relay.gapsMs, 0.5);
  return [
    target(
      'accepted/s to the floor "verify + group-committed insert"',
      { least: 0.7 },
      ratio(accepted, floor),
    ),
    target('delivered/s to the batch spike', { least: 0.8 }, ratio(own, delivered(spikeName))),
    target('delivered/s to graphile-worker', { least: 2 }, ratio(own, delivered(graphileName))),
    target(
      'delivered/s to BullMQ with fsync always (stretch)',
      { least: 1 },
      ratio(own, delivered(bullmqName)),
    ),
    target('CPU an event to the batch spike', { most: 1.2 }, ratio(cpu(relayName), cpu(spikeName))),
    target('CPU an event to BullMQ (stretch)', { most: 1 }, ratio(cpu(relayName), cpu(bullmqName))),
    target('end-to-end p99 at 100/s to BullMQ', { most: 1.5 }, ratio(p99(relayName), p99(bullmqName))),
    target('loaded memory to BullMQ', { most: 0.6 }, ratio(memory(relayName), memory(bullmqName))),
    target('delivered/s to the same under wrangler dev', { least: 3 }, ratio(own, delivered(wranglerName))),
    target('gap between two deliveries of one order, ms, median', { most: 5 }, gap),
    target('start of the module, ms of CPU', { most: 30 }, median(moduleStartMs)),
  ];
}
