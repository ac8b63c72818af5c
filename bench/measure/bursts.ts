// One measurement each: a burst, a burst into a paused relay and its drain, a pace of 100 events a second, one hot order. Each is
// judged at the sink: a run in which an event is missing, doubled, refused or out of its order is void.

import { setTimeout as wait } from 'node:timers/promises';
import { makeEvents, type OrderEvent } from '../load/orders.ts';
import { cpuMs, memoryMb } from '../load/processes.ts';
import { sendAtPace, sendBurst } from '../load/send.ts';
import type { Sink } from '../load/sink.ts';
import type { RunningSystem } from '../systems/system.ts';

export type Measured<Figures> =
  | { readonly kind: 'measured'; readonly figures: Figures; readonly outOfOrder: number }
  | { readonly kind: 'void'; readonly reason: string };

/** How long a burst may take in all, ms. */
const burstTimeoutMs = 30_000;

/** What a system still does after the last delivery (journals, acknowledgements) is its CPU time too, ms. */
const afterworkMs = 1_200;

/** A doubled delivery would come a little after the first one, ms. */
const doubleCheckMs = 200;

const connections = 32;

let runNumber = 0;

export function nextEvents(system: RunningSystem, count: number, perOrder?: number): OrderEvent[] {
  runNumber += 1;
  const name = `r${runNumber}-${Date.now().toString(36)}`;
  return makeEvents({ name, count, ...(perOrder === undefined ? {} : { perOrder }) }, system);
}

export function judge<Figures>(
  run: { readonly sink: Sink; readonly system: RunningSystem },
  events: readonly OrderEvent[],
  outcome: { readonly refused: number; readonly figures: Figures },
): Measured<Figures> {
  const { missing, doubled, outOfOrder } = run.sink.verdict(events.map(({ id }) => id));
  const complaints = [
    [missing, 'missing'],
    [doubled, 'delivered twice'],
    [outcome.refused, 'refused'],
    [run.system.ordered ? outOfOrder : 0, 'out of order'],
  ] as const;
  const reason = complaints.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
  if (reason !== '') return { kind: 'void', reason };
  return { kind: 'measured', figures: outcome.figures, outOfOrder };
}

function tooSlow(
  sink: Sink,
  events: readonly OrderEvent[],
): { readonly kind: 'void'; readonly reason: string } {
  const { missing } = sink.verdict(events.map(({ id }) => id));
  return {
    kind: 'void',
    reason: `not all delivered within ${burstTimeoutMs / 1_000} s (${missing} missing)`,
  };
}

const perSecond = (count: number, ms: number): number => (count * 1000) / ms;

export type Burst = {
  readonly acceptedPerSecond: number;
  readonly deliveredPerSecond: number;
  readonly cpuMsPerEvent: number;
  readonly memoryMb: number;
};

export async function measureBurst(
  sink: Sink,
  system: RunningSystem,
  options: { readonly count: number; readonly sinkMs: number },
): Promise<Measured<Burst>> {
  const { count, sinkMs } = options;
  const events = nextEvents(system, count);
  sink.delayMs = sinkMs;
  sink.expect(count);
  const cpuBefore = cpuMs(system.pid);
  const sent = await sendBurst(system.url, events, { connections });
  const deliveredAt = await sink.complete(burstTimeoutMs);
  if (deliveredAt === null) return tooSlow(sink, events);
  const memory = memoryMb(system.pid);
  await wait(sinkMs === 0 ? afterworkMs : doubleCheckMs);
  const figures = {
    acceptedPerSecond: perSecond(sent.posted, sent.answeredAt - sent.startedAt),
    deliveredPerSecond: perSecond(count, deliveredAt - sent.startedAt),
    cpuMsPerEvent: (cpuMs(system.pid) - cpuBefore) / count,
    memoryMb: memory,
  };
  return judge({ sink, system }, events, { refused: sent.refused, figures });
}

/** Posts that end in a 2xx, without a delivery: what the floors are asked. */
export async function measureAccepting(
  system: RunningSystem,
  path: string,
  count: number,
): Promise<Measured<{ readonly acceptedPerSecond: number }>> {
  const events = nextEvents({ ...system, path }, count);
  const sent = await sendBurst(system.url, events, { connections });
  if (sent.refused > 0) return { kind: 'void', reason: `${sent.refused} refused` };
  const acceptedPerSecond = perSecond(sent.posted, sent.answeredAt - sent.startedAt);
  return { kind: 'measured', figures: { acceptedPerSecond }, outOfOrder: 0 };
}

async function steer(system: RunningSystem, act: 'pause' | 'resume'): Promise<void> {
  const answer = await fetch(`${system.url}/admin/targets/sink/${act}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ note: 'benchmark' }),
  });
  if (!answer.ok) throw new Error(`${act}: ${answer.status} ${await answer.text()}`);
}

export type Backlog = { readonly acceptedPerSecond: number; readonly drainedPerSecond: number };

/** Accepting and delivering apart: a burst while the target is paused, then the drain of what it left. */
export async function measureBacklog(
  sink: Sink,
  system: RunningSystem,
  count: number,
): Promise<Measured<Backlog>> {
  const events = nextEvents(system, count);
  sink.delayMs = 0;
  sink.expect(count);
  await steer(system, 'pause');
  const sent = await sendBurst(system.url, events, { connections });
  const resumedAt = performance.now();
  await steer(system, 'resume');
  const deliveredAt = await sink.complete(burstTimeoutMs);
  if (deliveredAt === null) return tooSlow(sink, events);
  await wait(doubleCheckMs);
  const figures = {
    acceptedPerSecond: perSecond(sent.posted, sent.answeredAt - sent.startedAt),
    drainedPerSecond: perSecond(count, deliveredAt - resumedAt),
  };
  return judge({ sink, system }, events, { refused: sent.refused, figures });
}

export type HotOrder = { readonly gapsMs: readonly number[] };

/** Many events of one order: how long after the answer to one the next one arrives. */
export async function measureHotOrder(
  sink: Sink,
  system: RunningSystem,
  count: number,
): Promise<Measured<HotOrder>> {
  const events = nextEvents(system, count, count);
  sink.delayMs = 0;
  sink.expect(count);
  await steer(system, 'pause');
  const sent = await sendBurst(system.url, events, { connections: 1, duplicates: false });
  await steer(system, 'resume');
  await sink.complete(burstTimeoutMs);
  const arrivals = events.flatMap(({ id }) => sink.arrivals.get(id) ?? []);
  const gapsMs = arrivals.slice(1).map(({ at }, index) => at - (arrivals[index]?.answeredAt ?? Number.NaN));
  return judge({ sink, system }, events, { refused: sent.refused, figures: { gapsMs } });
}

export type Pace = { readonly acceptMs: readonly number[]; readonly endToEndMs: readonly number[] };

/** An open loop of 100 events a second. */
export async function measurePace(sink: Sink, system: RunningSystem, count: number): Promise<Measured<Pace>> {
  const events = nextEvents(system, count);
  sink.delayMs = 0;
  sink.expect(count);
  const { acceptMs, dueAt, refused } = await sendAtPace(system.url, events, 10);
  await sink.complete(burstTimeoutMs);
  await wait(doubleCheckMs);
  const endToEndMs = [...sink.arrivals].map(([id, { at }]) => at - (dueAt.get(id) ?? Number.NaN));
  // Nobody waits for an answer here, so two events of an order may be taken in either order: that is no fault of the system.
  const run = { sink, system: { ...system, ordered: false } };
  return judge(run, events, { refused, figures: { acceptMs, endToEndMs } });
}
