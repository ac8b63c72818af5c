// The targets as ratios within one run. Nothing absolute: the same relay on a slower machine has the same ratios. Pure.

import type { FloorResult, SystemResult } from '../measure/rounds.ts';
import { bullmqName, graphileName, relayName, spikeName, wranglerName } from '../systems/catalogue.ts';
import { quantile, type Spread, spreadOf } from './statistics.ts';

export type Target = {
  readonly what: string;
  readonly bound: string;
  /** The value of the medians, with the bounds that the rounds give. Null: one side was not measured. */
  readonly spread: Spread | null;
  readonly met: boolean | null;
  /** False: a time of the relay alone. */
  readonly isRatio: boolean;
};

type Bound = { readonly least: number } | { readonly most: number };

function ratio(what: string, bound: Bound, spread: Spread | null): Target {
  return { ...time(what, bound, spread), isRatio: true };
}

function time(what: string, bound: Bound, spread: Spread | null): Target {
  const text = 'least' in bound ? `≥ ${bound.least}` : `≤ ${bound.most}`;
  if (spread === null || !Number.isFinite(spread.median))
    return { what, bound: text, spread: null, met: null, isRatio: false };
  const met = 'least' in bound ? spread.median >= bound.least : spread.median <= bound.most;
  return { what, bound: text, spread, met, isRatio: false };
}

/** Median over median; the least is the worst round over the best of the other, the most the other way. */
export function ratioOf(part: Spread | null, whole: Spread | null): Spread | null {
  if (part === null || whole === null) return null;
  return {
    median: part.median / whole.median,
    least: part.least / whole.most,
    most: part.most / whole.least,
  };
}

export type MeasuredRun = {
  readonly results: readonly SystemResult[];
  readonly floors: readonly FloorResult[];
  readonly moduleStartMs: readonly number[];
};

type Figures = {
  readonly delivered: Spread | null;
  readonly cpu: Spread | null;
  readonly memory: Spread | null;
  readonly p99: Spread | null;
};

function figuresOf(result: SystemResult | undefined): Figures {
  const of = (pick: (burst: SystemResult['bursts'][number]) => number) =>
    spreadOf(result?.bursts.map(pick) ?? []);
  return {
    delivered: of(({ deliveredPerSecond }) => deliveredPerSecond),
    cpu: of(({ cpuMsPerEvent }) => cpuMsPerEvent),
    memory: of(({ memoryMb }) => memoryMb),
    p99: spreadOf(result?.paces.map(({ endToEndMs }) => quantile(endToEndMs, 0.99)) ?? []),
  };
}

export function targetsOf({ results, floors, moduleStartMs }: MeasuredRun): Target[] {
  const relay = results.find(({ name }) => name === relayName);
  if (relay === undefined) return [];
  const own = figuresOf(relay);
  const of = (name: string) => figuresOf(results.find((result) => result.name === name));
  const floor = spreadOf(floors.find(({ name }) => name.includes('insert'))?.acceptedPerSecond ?? []);
  const accepted = spreadOf(relay.backlogs.map(({ acceptedPerSecond }) => acceptedPerSecond));
  const gaps = spreadOf(relay.hotOrders.map(({ gapsMs }) => quantile(gapsMs, 0.5)));
  const [spike, bullmq] = [of(spikeName), of(bullmqName)];
  const delivered = (name: string) => ratioOf(own.delivered, of(name).delivered);
  return [
    ratio(
      'accepted/s to the floor "verify + group-committed insert"',
      { least: 0.7 },
      ratioOf(accepted, floor),
    ),
    ratio('delivered/s to the batch spike', { least: 0.8 }, delivered(spikeName)),
    ratio('delivered/s to graphile-worker', { least: 2 }, delivered(graphileName)),
    ratio('delivered/s to BullMQ with fsync always (stretch)', { least: 1 }, delivered(bullmqName)),
    ratio('CPU an event to the batch spike', { most: 1.2 }, ratioOf(own.cpu, spike.cpu)),
    ratio('CPU an event to BullMQ (stretch)', { most: 1 }, ratioOf(own.cpu, bullmq.cpu)),
    ratio('end-to-end p99 at 100/s to BullMQ', { most: 1.5 }, ratioOf(own.p99, bullmq.p99)),
    ratio('loaded memory to BullMQ', { most: 0.6 }, ratioOf(own.memory, bullmq.memory)),
    ratio('delivered/s to the same under wrangler dev', { least: 3 }, delivered(wranglerName)),
    time('gap between two deliveries of one order, ms, median', { most: 5 }, gaps),
    time('start of the module, ms of CPU', { most: 30 }, spreadOf(moduleStartMs)),
  ];
}
