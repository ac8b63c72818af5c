// One invocation of the consumer: the real deliver() and perform() over ports that end with the invocation. It may die at any
// moment; what it had sent goes on without it, and whoever waits for it waits for ever.

import { type DeliverFrom, deliver } from '../../src/pipeline/deliver.ts';
import { enrich } from '../../src/pipeline/enrich.ts';
import { releaseOperation } from '../../src/pipeline/hold-operation.ts';
import type { OperationHolds, Sequencer, TargetGates } from '../../src/pipeline/ports.ts';
import { createRecordCache } from '../../src/pipeline/record-cache.ts';
import { type Faults, times } from './faults.ts';
import type { SimulatedDefinition } from './simulated-definition.ts';
import type { SimulatedErp } from './simulated-erp.ts';
import { createSimulatedApis } from './simulated-intakes.ts';
import { hang, type World } from './world.ts';

export async function consume(
  on: {
    readonly world: World;
    readonly erp: SimulatedErp;
    readonly from: DeliverFrom;
    /** All there are, for what an operation's hold ends for. */
    readonly all: () => readonly Sequencer[];
    readonly definition: SimulatedDefinition;
    readonly faults: () => Faults;
    readonly gates: TargetGates;
    readonly holds: OperationHolds;
    /** Something may have to be fetched. */
    readonly enriches: boolean;
    /** How far its clock may be wrong. */
    readonly maxSkewMs: number;
  },
  name: string,
): Promise<void> {
  const { world, erp, from, all, definition, faults, gates, holds } = on;
  let alive = true;
  if (world.chance(faults().consumerDeath)) {
    world.after(world.between(1, 2 * times.leaseMs), () => {
      world.note(`${name} dies`);
      alive = false;
    });
  }
  const now = createClock(world, faults, on.maxSkewMs);
  const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work.then(
      (value) => ({ ok: true as const, value }),
      (error: unknown) => ({ ok: false as const, error }),
    );
    if (!alive) return hang();
    if (!result.ok) throw result.error;
    return result.value;
  };
  const ownOf = (port: Sequencer): Sequencer => ({
    ...port,
    lease: (request) => whileAlive(port.lease(request)),
    confirm: (deliveryId, epoch) => whileAlive(port.confirm(deliveryId, epoch)),
    settle: (request) => whileAlive(port.settle(request)),
    leaseItems: (request) => whileAlive(port.leaseItems(request)),
    settleItems: (settlements) => whileAlive(port.settleItems(settlements)),
    releaseMany: (request) => whileAlive(port.releaseMany(request)),
  });
  const ownFrom = ownOf(from.sequencer);
  if (on.enriches) {
    const telemetry = { log: () => {} };
    const apis = createSimulatedApis(world, faults, whileAlive);
    const clock = { now, wait: (ms: number) => whileAlive(world.wait(ms)) };
    const limits = { concurrency: 3, leaseMs: times.leaseMs, budgetMs: times.budgetMs };
    void enrich({ definition, apis, cache: createRecordCache(), clock, telemetry }, ownFrom, limits);
  }
  await deliver(
    {
      rules: definition,
      connections: erp.connectionsOf({ name, isAlive: () => alive, now }),
      holds,
      releaseOperation: async (release) => {
        await releaseOperation({ holds, sequencers: { all: () => all().map(ownOf) } }, release).catch(() => {
          world.note(`${name} could not release all that ${release.operation} held`);
        });
      },
      clock: { now, wait: (ms) => whileAlive(world.wait(ms)) },
      gates: { admit: (request) => whileAlive(gates.admit(request)) },
      randomness: { next: world.random, uuid: () => name },
      telemetry: { log: (_, event, fields) => world.note(`${name} ${event} ${brief(fields)}`) },
    },
    { name: from.name, sequencer: ownFrom },
    { concurrency: 3, leaseMs: times.leaseMs, budgetMs: times.budgetMs },
  );
}

/** Where it is wrong it jumps now and then, and stays within its bounds. */
function createClock(world: World, faults: () => Faults, maxSkewMs: number): () => number {
  if (!world.chance(faults().clockSkew)) return world.now;
  const draw = () =>
    (world.chance(0.5) ? 1 : -1) * (world.chance(0.5) ? maxSkewMs : world.between(0, maxSkewMs));
  let skewMs = draw();
  let jumpsAt = world.now() + world.between(0, times.leaseMs);
  return () => {
    if (world.now() >= jumpsAt) {
      skewMs = draw();
      jumpsAt = world.now() + world.between(500, times.leaseMs);
    }
    return world.now() + skewMs;
  };
}

function brief(fields: Readonly<Record<string, unknown>>): string {
  const { delivery, epoch, mode, outcome, reason, document, error } = fields;
  return [delivery, epoch, mode, outcome, reason, document, error]
    .filter((part) => part !== undefined && part !== null)
    .join(' ');
}
