// The course of the benchmark: every system is started once and warmed; then rounds, in each of which every system is measured in
// turn, in another order each time, so that a slow minute of the machine is nobody's alone.

import { seededRandom } from '../../scripts/lib/order-run.ts';
import { memoryMb } from '../load/processes.ts';
import type { Sink } from '../load/sink.ts';
import { floors, relayName } from '../systems/catalogue.ts';
import type { RunningSystem } from '../systems/system.ts';
import {
  type Backlog,
  type Burst,
  type HotOrder,
  type Measured,
  measureAccepting,
  measureBacklog,
  measureBurst,
  measureHotOrder,
  measurePace,
  type Pace,
} from './bursts.ts';

export type SystemResult = {
  readonly name: string;
  readonly what: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly idleMemoryMb: number;
  readonly bursts: Burst[];
  readonly slowBursts: Burst[];
  readonly backlogs: Backlog[];
  /** Of the open loop, and of the one hot order: a list a round. */
  readonly paces: Pace[];
  readonly hotOrders: HotOrder[];
  /** Events that came out of their order's order: allowed where the system promises none. */
  outOfOrder: number;
  /** Runs that do not count, with their reasons. */
  readonly voids: string[];
};

export type Course = {
  readonly rounds: number;
  /** No round begins that would end after this, performance.now(): a busy machine gets fewer. */
  readonly endBy: number;
  /** Events of the open loop in a round. */
  readonly pacedEvents: number;
  readonly say: (line: string) => void;
};

const warmUpEvents = 500;
const backlogEvents = 2_000;
const hotOrderEvents = 60;
const slowSinkMs = 50;

export function emptyResult(system: RunningSystem): SystemResult {
  const { name, what, versions, startMs } = system;
  return {
    ...{ name, what, versions, startMs, idleMemoryMb: memoryMb(system.pid) },
    ...{ bursts: [], slowBursts: [], backlogs: [], paces: [], hotOrders: [] },
    ...{ outOfOrder: 0, voids: [] },
  };
}

function keep<Figures>(
  result: SystemResult,
  what: string,
  { measured, into }: { readonly measured: Measured<Figures>; readonly into: (figures: Figures) => void },
): void {
  if (measured.kind === 'void') {
    result.voids.push(`${what}: ${measured.reason}`);
    return;
  }
  result.outOfOrder += measured.outOfOrder;
  into(measured.figures);
}

/** What is wrong with the warm-up does not come out right later: such a system is not measured at all. */
async function warmUp(sink: Sink, system: RunningSystem, kept: SystemResult): Promise<boolean> {
  const count = Math.min(system.burst, warmUpEvents);
  const warm = await measureBurst(sink, system, { count, sinkMs: 0 });
  if (warm.kind === 'void') kept.voids.push(`warm-up: ${warm.reason}`);
  return warm.kind === 'measured';
}

async function measureOnce(
  { sink, pacedEvents }: { readonly sink: Sink; readonly pacedEvents: number },
  system: RunningSystem,
  kept: SystemResult,
): Promise<void> {
  const { burst, slowBurst, paced } = system;
  // First: the system has had nothing to do while others were measured. After a burst its p99 would be that of the burst's afterwork.
  if (paced) {
    const pace = await measurePace(sink, system, pacedEvents);
    keep(kept, 'pace', { measured: pace, into: (figures) => kept.paces.push(figures) });
  }
  const fast = await measureBurst(sink, system, { count: burst, sinkMs: 0 });
  keep(kept, 'burst', { measured: fast, into: (figures) => kept.bursts.push(figures) });
  if (slowBurst > 0) {
    const slow = await measureBurst(sink, system, { count: slowBurst, sinkMs: slowSinkMs });
    keep(kept, 'slow burst', { measured: slow, into: (figures) => kept.slowBursts.push(figures) });
  }
  if (system.name !== relayName) return;
  const backlog = await measureBacklog(sink, system, backlogEvents);
  keep(kept, 'backlog', { measured: backlog, into: (figures) => kept.backlogs.push(figures) });
  const hot = await measureHotOrder(sink, system, hotOrderEvents);
  keep(kept, 'hot order', { measured: hot, into: (figures) => kept.hotOrders.push(figures) });
}

export type Rounds = {
  readonly systems: SystemResult[];
  readonly floors: readonly FloorResult[];
  /** Those that were run: fewer than asked for where the time was over. */
  readonly rounds: number;
};

/** The floors of the runtime are measured in the same rounds as the systems: a slow minute is theirs too. */
export async function runRounds(
  sink: Sink,
  {
    systems,
    floorWorker,
  }: { readonly systems: readonly RunningSystem[]; readonly floorWorker: RunningSystem },
  course: Course,
): Promise<Rounds> {
  const results = new Map(systems.map((system) => [system.name, emptyResult(system)]));
  const resultOf = (system: RunningSystem) => results.get(system.name) ?? emptyResult(system);
  const warm: RunningSystem[] = [];
  for (const system of systems) if (await warmUp(sink, system, resultOf(system))) warm.push(system);
  const floorResults = floors.map(({ name, path }) => ({ name, path, acceptedPerSecond: [] as number[] }));
  for (const { path } of floorResults) await measureAccepting(floorWorker, path, warmUpEvents);
  const random = seededRandom(1);
  let round = 0;
  for (let lastMs = 0; round < course.rounds && performance.now() + lastMs < course.endBy; round += 1) {
    const startedAt = performance.now();
    for (const system of shuffled(warm, random)) {
      const result = resultOf(system);
      await measureOnce({ sink, pacedEvents: course.pacedEvents }, system, result);
      const last = result.bursts.at(-1);
      course.say(
        `round ${round + 1}  ${system.name}: ${Math.round(last?.deliveredPerSecond ?? 0)} delivered/s`,
      );
    }
    await measureFloors(floorWorker, floorResults);
    lastMs = performance.now() - startedAt;
  }
  const kept = floorResults.map(({ name, acceptedPerSecond }) => ({ name, acceptedPerSecond }));
  return { systems: [...results.values()], floors: kept, rounds: round };
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, at: random() }));
  return keyed.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

export type FloorResult = { readonly name: string; readonly acceptedPerSecond: number[] };

async function measureFloors(
  system: RunningSystem,
  results: readonly (FloorResult & { readonly path: string })[],
): Promise<void> {
  for (const { path, acceptedPerSecond } of results) {
    const measured = await measureAccepting(system, path, system.burst);
    if (measured.kind === 'measured') acceptedPerSecond.push(measured.figures.acceptedPerSecond);
  }
}
