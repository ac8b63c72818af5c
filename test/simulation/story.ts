// What happens in a simulated story beside the relay's own work, all of it drawn by the seed: which events come and when,
// what goes wrong for a while, what an operator does, and the generation that begins in the middle.

import { recordKeyOf } from '../../src/core/keys.ts';
import { partitionOf } from '../../src/core/partition.ts';
import { planDeliveries } from '../../src/core/plan-deliveries.ts';
import type { ClaimRequest, DeliveryView } from '../../src/core/sequencer/messages.ts';
import type { Sequencers } from '../../src/pipeline/ports.ts';
import { replayOf, resolveOf } from '../support/builders.ts';
import { makePayload } from '../support/records.ts';
import type { Checks, SimulatedEvent } from './checks.ts';
import { type Faults, times } from './faults.ts';
import { batchOf, postInvoices } from './simulated-batches.ts';
import type { SimulatedDefinition } from './simulated-definition.ts';
import type { SimulatedErp } from './simulated-erp.ts';
import { type DrawnIntake, postIntake, reviveIntakes } from './simulated-intakes.ts';
import type { SimulatedRelay } from './simulated-relay.ts';
import type { SimulatedTargets } from './simulated-targets.ts';
import type { World } from './world.ts';

export type Story = {
  readonly world: World;
  readonly faults: () => Faults;
  readonly erp: SimulatedErp;
  readonly relay: SimulatedRelay;
  readonly definition: SimulatedDefinition;
  readonly checks: Checks;
  readonly targets: SimulatedTargets;
  readonly intakes: readonly DrawnIntake[];
  /** Those whose sender was told so. */
  readonly received: Set<DrawnIntake>;
};

/** Every order that is paid was created, sooner or later. */
export function drawEvents(world: World, eventCount: number): readonly SimulatedEvent[] {
  const drawn = Array.from({ length: eventCount }, (_, n) => ({
    eventId: `e${n}`,
    type: world.pick([
      'order.created',
      'order.created',
      'order.paid',
      'order.paid',
      'stock.level',
      'invoices.partial',
      'invoices.whole',
    ]),
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

export function tellStory(story: Story, events: readonly SimulatedEvent[]): void {
  const { world, erp, relay, faults } = story;
  for (const event of events) {
    const within = times.storyMs * 0.6;
    world.after(world.between(0, within), () => void post(story, event));
    if (world.chance(0.3)) world.after(world.between(0, times.storyMs), () => void post(story, event));
    const claim = toClaim(story.definition, event, { now: world.now(), ...relay.sequencers() });
    const keys = claim.deliveries.map(({ operationKey }) => operationKey ?? '');
    for (const key of event.type.startsWith('invoices.') ? keys.flatMap(recordKeysOf) : keys) {
      if (world.chance(0.1)) erp.closePeriod(key, world.now() + world.between(1, times.storyMs));
    }
  }
  for (const intake of story.intakes) {
    world.after(world.between(0, times.storyMs * 0.6), () => void postIntake(story, intake));
    if (world.chance(0.3)) world.after(world.between(0, times.storyMs), () => void postIntake(story, intake));
  }
  drawTroubles(story);
  listen(story);
  for (let generations = 1; generations < 3 && world.chance(0.3); generations += 1) {
    const partitions = world.between(1, 3);
    world.after(world.between(5_000, times.storyMs * 0.9), () => relay.repartition(partitions));
  }
  for (let second = 1; second * 1_000 < times.storyMs; second += 1) {
    world.after(second * 1_000, () => {
      if (world.chance(faults().eviction)) for (const host of relay.hosts()) host.evict();
    });
    if (second % 7 === 0) world.after(second * 1_000, () => void operate(story, world.chance(0.5) ? 1 : 3));
    if (second % 11 === 0) world.after(second * 1_000, () => void stopOne(story));
  }
}

function recordKeysOf(batchKey: string): readonly string[] {
  return batchOf('').records.map(({ recordId }) => recordKeyOf(batchKey, recordId));
}

/** In some stories the ERP is away for a while, answers in another form, or is paused by a person. */
function drawTroubles(story: Story): void {
  const { world, erp, targets } = story;
  const stretch = () => {
    const from = world.now() + world.between(0, times.storyMs / 2);
    return { from, until: from + world.between(2_000, times.maxTroubleMs) };
  };
  if (world.chance(0.4)) erp.beAway(stretch());
  if (world.chance(0.3)) erp.changeAnswers(stretch());
  if (world.chance(0.25)) drawLockOut(story, stretch());
  if (!world.chance(0.3)) return;
  const target = world.pick(['erp', 'crm']);
  const { from, until } = stretch();
  world.after(from - world.now(), () => void targets.pause(target));
  world.after(until - world.now(), () => void targets.resume(target));
}

/** The ERP takes no login of a target: its token keeper holds it, until a login is taken again. */
function drawLockOut({ world, erp, targets }: Story, stretch: { from: number; until: number }): void {
  const target = world.pick(['erp', 'crm']);
  erp.lockOut({ ...stretch, target });
  world.after(stretch.until - world.now(), () => targets.releaseAuthorized(target));
}

/** Whoever knows of a job's end says so: believed or not, it has to be asked after. */
function listen({ world, erp, relay, targets }: Story): void {
  erp.listen({
    tokenRefused: targets.holdUnauthorized,
    jobEnded: (jobRef) => {
      for (const host of relay.hosts()) {
        const running = host.core().listOpen({ ...everything, filter: { status: ['running'] } }, world.now());
        const isOfJob = ({ delivery: { state } }: DeliveryView) =>
          state.status === 'running' && state.jobRef === jobRef;
        for (const { delivery } of running.filter(isOfJob)) {
          world.note(`the ERP calls back for ${jobRef}`);
          relay
            .portOf(host)
            .pollNow(delivery.id)
            .catch(() => world.note('nobody heard of it'));
        }
      }
    },
  });
}

const everything = { cursor: null, limit: 1_000 };

/** A sender posts until somebody says that it was taken. Code of the generation before serves some of them. */
async function post({ world, checks, relay, definition }: Story, event: SimulatedEvent): Promise<void> {
  for (;;) {
    try {
      const isOld = world.chance(0.2);
      const sequencers: Sequencers = isOld ? relay.earlierSequencers() : relay.sequencers();
      const claim = toClaim(definition, event, { now: world.now(), ...sequencers });
      const partition = partitionOf(event.orderingKey, sequencers.partitions);
      const answer = await sequencers.of(partition).claim(claim);
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

function toClaim(
  definition: SimulatedDefinition,
  event: SimulatedEvent,
  at: { readonly now: number; readonly partitions: number; readonly generation: number },
): ClaimRequest {
  const data = { amount: 1, sequence: event.sequence };
  const kept = {
    source: 'shop',
    eventId: event.eventId,
    type: event.type,
    entity: null,
    orderingKey: event.orderingKey,
    sequence: event.sequence,
    occurredAt: null,
    receivedAt: at.now,
    requestId: 'request',
  };
  const payload = makePayload(JSON.stringify({ type: event.type, data }));
  const mapped = { ...kept, id: event.eventId, headers: payload.headers, payload: { data } };
  const deliveries = planDeliveries(mapped, definition.routesFor('shop', event.type));
  return { event: kept, payload, deliveries, partitions: at.partitions, generation: at.generation };
}

/** An operator holds something that waits, which operate() releases, or now and then cancels it. Refusals are answers too. */
async function stopOne({ world, relay }: Story): Promise<void> {
  const host = world.pick(relay.hosts());
  const as = world.chance(0.2) ? 'cancelled' : 'held';
  try {
    const port = relay.portOf(host);
    const filter = { status: ['pending', 'scheduled'] } as const;
    const open = await port.listOpen({ filter, cursor: null, limit: 10 });
    // Each record of a batch is to be done, which the checks hold it to.
    const isOfBatch = ({ delivery }: DeliveryView) =>
      delivery.operation === postInvoices.name || delivery.own !== undefined;
    const waiting = open.filter((view) => !isOfBatch(view));
    if (waiting.length === 0) return;
    const deliveryId = world.pick(waiting).delivery.id;
    const { kind } = await port.stop({ deliveryId, as, actor: 'olga', note: 'wait' });
    world.note(`the operator: ${deliveryId} ${as}: ${kind}`);
  } catch {
    world.note('the operator got no answer');
  }
}

/** An operator releases what is held and replays dead letters. Refusals are answers too. */
export async function operate({ world, relay }: Story, limit: number): Promise<void> {
  const { partitions, of } = relay.sequencers();
  for (const host of relay.hosts()) {
    const port = relay.portOf(host);
    try {
      const open = await port.listOpen({ filter: { status: ['held'] }, cursor: null, limit: 100 });
      for (const { delivery } of open) await port.resolve(resolveOf(delivery.id, 'released'));
      const dead = await port.listOpen({ filter: { status: ['dead_lettered'] }, cursor: null, limit });
      for (const { delivery, event } of dead) {
        const { orderingKey } = event;
        await of(partitionOf(orderingKey, partitions)).replay({ ...replayOf(delivery.id), orderingKey });
      }
    } catch {
      world.note('the operator got no answer');
    }
  }
}

/** The storm is over: what is ready is worked off, what is dead is replayed, until nothing is open or nothing helps. */
export async function bringToAnEnd(story: Story): Promise<void> {
  const { world, relay } = story;
  for (let round = 0; round < 12; round += 1) {
    for (const host of relay.hosts()) host.settle();
    await world.run(world.now() + 120_000);
    if (relay.hosts().every((host) => host.isDone())) return;
    const done = Promise.all([operate(story, 100), reviveIntakes(story)]);
    await world.run(world.now() + 10_000);
    await done;
  }
}
