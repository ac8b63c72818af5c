// One simulated relay and everything around it: senders that come again, consumers that die, an operator, evictions.
// The stages are the real ones: planDeliveries, the sequencer, deliver and perform, over the ports of this folder.

import { planDeliveries } from '../../src/core/plan-deliveries.ts';
import type { ClaimRequest } from '../../src/core/sequencer/messages.ts';
import type { OperationHolds, Sequencer, TargetGates } from '../../src/pipeline/ports.ts';
import { replayOf, resolveOf } from '../support/builders.ts';
import { createMemoryHolds } from '../support/memory-holds.ts';
import { createMemoryJournal } from '../support/memory-journal.ts';
import { makePayload, testTime } from '../support/records.ts';
import { type Checks, createChecks, type SimulatedEvent } from './checks.ts';
import { consume } from './consumer.ts';
import { calm, type Faults, storm, times } from './faults.ts';
import { createSequencerHost, type HostPlants, type SequencerHost } from './sequencer-host.ts';
import { type SimulatedDefinition, simulatedDefinition } from './simulated-definition.ts';
import { createSimulatedErp, type SimulatedErp } from './simulated-erp.ts';
import { createSimulatedTargets, type SimulatedTargets } from './simulated-targets.ts';
import { createWorld, type World } from './world.ts';

export type Plants = HostPlants & {
  /** Around the port its callers see. */
  readonly sequencer?: (port: Sequencer) => Sequencer;
  readonly quietMs?: number;
  readonly gates?: (gates: TargetGates) => TargetGates;
  readonly holds?: (holds: OperationHolds) => OperationHolds;
};

export type RunOptions = {
  readonly seed: number;
  readonly eventCount?: number;
  readonly faults?: Partial<Faults>;
  /** Made anew for the run. */
  readonly plants?: () => Plants;
};

type Run = {
  readonly world: World;
  readonly erp: SimulatedErp;
  readonly host: SequencerHost;
  readonly definition: SimulatedDefinition;
  readonly port: Sequencer;
  readonly checks: Checks;
  readonly targets: SimulatedTargets;
};

export type Report = { readonly problems: readonly string[]; readonly trace: readonly string[] };

/** Plays one story to its end. No problem where every promise was kept. */
export async function simulate(options: RunOptions): Promise<Report> {
  const { seed, eventCount = 10 } = options;
  const plants = options.plants?.() ?? {};
  const world = createWorld({ seed, startAt: testTime });
  const stormy: Faults = { ...storm, ...options.faults };
  const faults = (): Faults => (world.now() < testTime + times.storyMs ? stormy : calm);
  const erp = createSimulatedErp(world, faults);
  const journal = createMemoryJournal();
  const definition = simulatedDefinition(plants.quietMs);
  const events = drawEvents(world, eventCount);
  const checks = createChecks(world, erp, events);
  let invocations = 0;
  const onDoorbell = (): void => {
    invocations += 1;
    void consume({ world, erp, port, definition, faults, gates, holds }, `consumer-${invocations}`);
  };
  const host = createSequencerHost({ world, faults, journal, plants, onDoorbell, checks });
  const port = plants.sequencer?.(host.port) ?? host.port;
  const knock = (target: string): void => host.resumeTarget(target);
  const targets = createSimulatedTargets({ world, faults, definition, knock });
  const gates = plants.gates?.(targets.gates) ?? targets.gates;
  const keptHolds = createMemoryHolds();
  const holds = plants.holds?.(keptHolds) ?? keptHolds;
  const run: Run = { world, erp, host, definition, port, checks, targets };
  tellStory(run, events, faults);
  await world.run(testTime + times.storyMs);
  await bringToAnEnd(run);
  await checks.atTheEnd({ host, journal });
  return { problems: checks.problems(), trace: world.trace() };
}

/** Every order that is paid was created, sooner or later. */
function drawEvents(world: World, eventCount: number): readonly SimulatedEvent[] {
  const drawn = Array.from({ length: eventCount }, (_, n) => ({
    eventId: `e${n}`,
    type: world.pick(['order.created', 'order.created', 'order.paid', 'order.paid', 'stock.level']),
    orderingKey: world.pick(['order/1', 'order/1', 'order/2']),
    sequence: world.between(1, 20),
  }));
  const created = new Set(
    drawn.filter(({ type }) => type === 'order.created').map(({ orderingKey }) => orderingKey),
  );
  return drawn.map((event) => {
    if (event.type !== 'order.paid' || created.has(event.orderingKey)) return event;
    created.add(event.orderingKey);
    return { ...event, type: 'order.created' };
  });
}

function tellStory(run: Run, events: readonly SimulatedEvent[], faults: () => Faults): void {
  const { world, erp, host } = run;
  for (const event of events) {
    const within = times.storyMs * 0.6;
    world.after(world.between(0, within), () => void post(run, event));
    if (world.chance(0.3)) world.after(world.between(0, times.storyMs), () => void post(run, event));
    const claim = toClaim(run.definition, event, world.now());
    for (const { operationKey } of claim.deliveries) {
      if (world.chance(0.1))
        erp.closePeriod(operationKey ?? '', world.now() + world.between(1, times.storyMs));
    }
  }
  drawTroubles(run);
  for (let second = 1; second * 1_000 < times.storyMs; second += 1) {
    world.after(second * 1_000, () => {
      if (world.chance(faults().eviction)) host.evict();
    });
    if (second % 7 === 0) world.after(second * 1_000, () => void operate(run, world.chance(0.5) ? 1 : 3));
  }
}

/** In some stories the ERP is away for a while, answers in another form, or is paused by a person. */
function drawTroubles({ world, erp, targets }: Run): void {
  const stretch = () => {
    const from = world.now() + world.between(0, times.storyMs / 2);
    return { from, until: from + world.between(2_000, times.maxTroubleMs) };
  };
  if (world.chance(0.4)) erp.beAway(stretch());
  if (world.chance(0.3)) erp.changeAnswers(stretch());
  if (!world.chance(0.3)) return;
  const target = world.pick(['erp', 'crm']);
  const { from, until } = stretch();
  world.after(from - world.now(), () => void targets.pause(target));
  world.after(until - world.now(), () => void targets.resume(target));
}

/** A sender posts until somebody says that it was taken. */
async function post(run: Run, event: SimulatedEvent): Promise<void> {
  const { world, checks, port } = run;
  for (;;) {
    try {
      const answer = await port.claim(toClaim(run.definition, event, world.now()));
      if (answer.kind !== 'claimed') throw new Error(answer.message);
      world.note(
        `claimed ${event.eventId} ${event.type} ${event.orderingKey} #${event.sequence}: ${answer.status}`,
      );
      checks.accepted(event);
      return;
    } catch {
      await world.wait(times.senderRetryMs);
    }
  }
}

function toClaim(definition: SimulatedDefinition, event: SimulatedEvent, now: number): ClaimRequest {
  const data = { amount: 1, sequence: event.sequence };
  const kept = {
    source: 'shop',
    eventId: event.eventId,
    type: event.type,
    entity: null,
    orderingKey: event.orderingKey,
    sequence: event.sequence,
    occurredAt: null,
    receivedAt: now,
    requestId: 'request',
  };
  const payload = makePayload(JSON.stringify({ type: event.type, data }));
  const mapped = { ...kept, id: event.eventId, headers: payload.headers, payload: { data } };
  const deliveries = planDeliveries(mapped, definition.routesFor('shop', event.type));
  return { event: kept, payload, deliveries, partitions: 1, generation: 1 };
}

/** An operator releases what is held and replays dead letters. Refusals are answers too. */
async function operate(run: Run, limit: number): Promise<void> {
  try {
    const open = await run.port.listOpen({ filter: { status: ['held'] }, cursor: null, limit: 100 });
    for (const { delivery } of open) await run.port.resolve(resolveOf(delivery.id, 'released'));
    const dead = await run.port.listOpen({ filter: { status: ['dead_lettered'] }, cursor: null, limit });
    for (const { delivery } of dead) await run.port.replay(replayOf(delivery.id));
  } catch {
    run.world.note('the operator got no answer');
  }
}

/** The storm is over: what is ready is worked off, what is dead is replayed, until nothing is open or nothing helps. */
async function bringToAnEnd(run: Run): Promise<void> {
  const { world, host } = run;
  for (let round = 0; round < 12; round += 1) {
    host.settle();
    await world.run(world.now() + 120_000);
    const open = host.core().listOpen({ filter: {}, cursor: null, limit: 1_000 }, world.now());
    if (open.length === 0 && host.rows.openRecords().length === 0) return;
    const done = operate(run, 100);
    await world.run(world.now() + 10_000);
    await done;
  }
}
