// The Durable Object of a simulation: the real sequencer over memory rows, reached by calls that get lost, come twice or die
// at any write; with a doorbell that may not arrive, an alarm that rings again, and a journal that is often away.
// It decides nothing: what it does beside calling the core is what the platform's object does.

import type { ClaimAnswer, LeaseAnswer, Signal } from '../../src/core/sequencer/messages.ts';
import { createSequencer, type SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { SequencerConfig } from '../../src/core/sequencer/state.ts';
import { type Journal, PortError, type Sequencer } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { createIntakeFanOut, type IntakeFanOut } from '../../src/platform/durable-objects/intake-fan-out.ts';
import type { HandedPage } from '../../src/platform/durable-objects/key-hand-over.ts';
import {
  createKeyHandOver,
  cutHanded,
  type KeyHandOver,
} from '../../src/platform/durable-objects/key-hand-over.ts';
import { createMemoryRows, type MemoryRows, SimulatedCrash } from '../support/memory-rows.ts';
import type { Checks } from './checks.ts';
import { type Faults, times } from './faults.ts';
import type { RejectedItems } from './simulated-intakes.ts';
import type { World } from './world.ts';

/** Which partition of which generation it is. */
export type Place = { readonly generation: number; readonly partition: number };

/** What the next generation asks of it besides what everybody may. */
export type HandingPort = Sequencer & {
  readonly handOver: (orderingKey: string, page: number) => Promise<HandedPage>;
  readonly handedOver: (orderingKey: string) => Promise<void>;
  readonly takeKey: (orderingKey: string) => Promise<void>;
};

/** What a planted bug may put around the parts of a host. */
export type HostPlants = {
  readonly rows?: (rows: MemoryRows) => MemoryRows;
  readonly core?: (core: SequencerCore) => SequencerCore;
  readonly journal?: (journal: Journal) => Journal;
  readonly ringsAgain?: boolean;
  readonly handOver?: (handOver: KeyHandOver) => KeyHandOver;
  /** Around what one generation asks of the one before. */
  readonly handing?: (port: HandingPort) => HandingPort;
};

export type SequencerHost = ReturnType<typeof createSequencerHost>;

export function createSequencerHost(deps: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly journal: Journal;
  readonly onDoorbell: () => void;
  readonly checks: Pick<Checks, 'leased' | 'settled' | 'problem'>;
  readonly plants: HostPlants;
  readonly place: Place;
  /** Partitions of each generation as of now, the first first. */
  readonly counts: () => readonly number[];
  readonly portAt: (name: string) => HandingPort;
  /** The partition of the newest generation: where items of intakes are claimed. */
  readonly newest: (partition: number) => Sequencer;
  readonly rejected: RejectedItems;
}) {
  const { world, faults, plants, place } = deps;
  const kept = createMemoryRows();
  const rows = plants.rows?.(kept) ?? kept;
  const journal = plants.journal?.(deps.journal) ?? deps.journal;
  const signals: Signal[] = [];
  let life = 0;
  let handOver: KeyHandOver | null = null;
  let fanOut: IntakeFanOut | null = null;
  /** What was going on in the memory before ends with it. */
  const start = (): SequencerCore => {
    life += 1;
    const own = createSequencer(rows, configOf(place, deps.counts()));
    const started = plants.core?.(own) ?? own;
    fanOut = startFanOut(started);
    handOver = deps.counts().length > 1 ? startHandOver(started) : null;
    return started;
  };
  const startFanOut = (started: SequencerCore): IntakeFanOut => {
    const bornIn = life;
    const acknowledge: SequencerCore['intakes']['acknowledge'] = (results, timed) => {
      if (life !== bornIn) throw lost('the object died while it fanned out');
      if (guarded(() => started.intakes.acknowledge(results, timed)) === 'crashed')
        throw lost('the object died as it took down what it had fanned out');
    };
    return createIntakeFanOut({
      core: { intakes: { ...started.intakes, acknowledge } },
      of: deps.newest,
      rejected: deps.rejected,
      clock: world,
      randomness: { next: world.random },
      telemetry: { log: (_level, event) => world.note(`${nameOf(place)} ${event}`) },
      partition: place.partition,
      changed: () => settle(),
    });
  };
  const startHandOver = (started: SequencerCore): KeyHandOver => {
    const bornIn = life;
    const takeOver: SequencerCore['takeOver'] = (orderingKey, handed, now) => {
      if (life !== bornIn) throw lost('the object died while it fetched a key');
      if (guarded(() => started.takeOver(orderingKey, handed, now)) === 'crashed')
        throw lost('the object died while it took a key over');
      world.note(`${nameOf(place)} has ${orderingKey} with ${handed.length} records`);
      settle();
    };
    const dropHandedOver: SequencerCore['dropHandedOver'] = (orderingKey, now) => {
      if (life === bornIn) guarded(() => started.dropHandedOver(orderingKey, now));
    };
    const namespace = { idFromName: (name: string) => name, get: deps.portAt } as unknown;
    const made = createKeyHandOver({
      core: { ...started, takeOver, dropHandedOver },
      namespace: namespace as Env['SEQUENCER'],
      counts: deps.counts(),
      generation: place.generation,
      clock: world,
    });
    return plants.handOver?.(made) ?? made;
  };
  let core = start();
  let rungAt: number | null = null;
  let alarmAt: number | null = null;
  let flushing = false;

  const hasBellWork = (now: number): boolean => core.hasReady(now) || core.intakes.hasDueFetch(now);
  const settle = (): void => {
    signals.push(...core.takeSignals());
    if (hasBellWork(world.now())) ring();
    // At once; the alarm makes up for one that died.
    if (core.intakes.hasDueFanOut(world.now())) void fanOut?.run();
    setAlarm();
  };
  const ring = (): void => {
    if (rungAt !== null) return;
    rungAt = world.now();
    if (world.chance(faults().bellLost)) return;
    const ringCount = world.chance(faults().bellDoubled) ? 2 : 1;
    for (let n = 0; n < ringCount; n += 1) world.after(world.between(1, 500), deps.onDoorbell);
  };
  const setAlarm = (): void => {
    const now = world.now();
    const ringAgainAt = plants.ringsAgain === false ? null : (rungAt ?? now) + times.bellTimeoutMs;
    const wanted = [
      core.nextTickAt(now),
      hasBellWork(now) ? ringAgainAt : null,
      core.intakes.nextAt(now),
      core.cutJournal({ maxEntries: 1, maxBytes: 1 }, now) === null ? null : now + 1_000,
    ].filter((at) => at !== null);
    if (wanted.length === 0) return;
    const at = Math.max(Math.min(...wanted), now + 1);
    if (alarmAt !== null && alarmAt <= at) return;
    alarmAt = at;
    world.after(at - now, () => {
      if (alarmAt === at) alarm();
    });
  };
  const alarm = (): void => {
    alarmAt = null;
    guarded(() => core.tick(world.now()));
    if (rungAt !== null && world.now() - rungAt >= times.bellTimeoutMs && plants.ringsAgain !== false)
      rungAt = null;
    void flush();
    void fanOut?.run();
    handOver?.offerUntaken().catch(() => world.note(`${nameOf(place)} could not offer a key`));
    settle();
  };
  /** A crash is the end of the memory, and of what was going on in it. */
  const guarded = <T>(work: () => T): T | 'crashed' => {
    if (world.chance(faults().crash)) {
      const write = world.between(1, 4);
      rows.crashNext(
        world.chance(0.3)
          ? { at: 'after_commit' }
          : { at: world.pick(['before_write', 'after_write']), write },
      );
    }
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SimulatedCrash)) throw error;
      world.note(`sequencer ${error.message}`);
      core = start();
      return 'crashed';
    } finally {
      rows.crashNext(null);
    }
  };
  const flush = async (): Promise<void> => {
    if (flushing) return;
    flushing = true;
    try {
      for (;;) {
        const cut = core.cutJournal({ maxEntries: 3, maxBytes: 1e9 }, world.now());
        if (cut === null || world.chance(faults().journalAway)) break;
        await world.wait(world.between(1, times.latencyMs));
        const { appliedThrough } = await journal.append({ ...place, ...cut });
        if (world.chance(faults().journalAnswerLost)) break;
        while (guarded(() => core.acknowledgeJournal(appliedThrough, world.now())) === true) {}
      }
    } finally {
      flushing = false;
    }
    settle();
  };

  /** One call from afar. `before`: what the object waits for first. */
  const call = async <T>(
    name: string,
    work: (core: SequencerCore, now: number) => T,
    before?: (handing: KeyHandOver) => Promise<unknown>,
  ): Promise<T> => {
    await world.wait(world.between(1, times.latencyMs));
    if (world.chance(faults().callLost)) throw lost(`${name} was lost`);
    if (handOver !== null && before !== undefined) {
      const calledIn = life;
      await before(handOver);
      if (life !== calledIn) throw lost(`${name} ended with the object's memory`);
    }
    const answer = guarded(() => work(core, world.now()));
    if (answer !== 'crashed' && world.chance(faults().callDoubled)) {
      world.note(`${name} comes twice`);
      guarded(() => work(core, world.now()));
    }
    settle();
    await world.wait(world.between(1, times.latencyMs));
    if (answer === 'crashed' || world.chance(faults().answerLost)) throw lost(`${name} was not answered`);
    return answer;
  };
  const leased = (answer: LeaseAnswer): LeaseAnswer => {
    deps.checks.leased(core, kept, answer);
    return answer;
  };
  const port: HandingPort = {
    claim: (request) =>
      call(
        'claim',
        (to, now) => to.claimMany([request], now)[0] as ClaimAnswer,
        (handing) => handing.fetchKey(request.event.orderingKey),
      ),
    handOver: (orderingKey, page) =>
      call(
        'handOver',
        (to, now) => cutHanded(to.giveAway(orderingKey, now), page),
        (handing) => handing.fetchKey(orderingKey),
      ),
    takeKey: (orderingKey) =>
      call(
        'takeKey',
        () => undefined,
        (handing) => handing.fetchKey(orderingKey),
      ),
    handedOver: (orderingKey) => call('handedOver', (to, now) => to.dropHandedOver(orderingKey, now)),
    lease: (request) => {
      rungAt = null;
      return call('lease', (to, now) => leased(to.lease(request, now)));
    },
    confirm: (deliveryId, epoch) => call('confirm', (to, now) => to.confirm(deliveryId, epoch, now)),
    settle: (request) => {
      let { settlements } = request;
      return call(
        'settle',
        (to, now) => {
          const own = { ...request, settlements };
          const answer = to.settle(own, { now, random: world.random });
          deps.checks.settled(to, kept, own);
          return leased(answer);
        },
        async (handing) => {
          settlements = await handing.forwardMoved(request.settlements);
        },
      );
    },
    replay: (request) =>
      call(
        'replay',
        (to, now) => to.replay(request, now),
        async (handing) => {
          if (request.orderingKey !== undefined) await handing.fetchKey(request.orderingKey);
        },
      ),
    planReplays: (request) => call('planReplays', (to, now) => to.planReplays(request, now)),
    bulkStep: (request) => call('bulkStep', (to, now) => to.bulkStep(request, now)),
    resolve: (request) => call('resolve', (to, now) => to.resolve(request, now)),
    stop: (request) => call('stop', (to, now) => to.stop(request, now)),
    releaseMany: (request) => call('releaseMany', (to, now) => to.releaseMany(request, now)),
    listLines: (request) => call('listLines', (to, now) => to.listLines(request, now)),
    pollNow: (deliveryId) => call('pollNow', (to, now) => to.pollNow(deliveryId, now)),
    recordRequest: () => Promise.reject(new Error('nobody asks directly in a simulation')),
    findRequest: () => Promise.reject(new Error('nobody asks directly in a simulation')),
    acknowledgeRequest: () => Promise.reject(new Error('nobody asks directly in a simulation')),
    find: (deliveryId) => call('find', (to, now) => to.find(deliveryId, now)),
    holdsEvents: (queries) => call('holdsEvents', (to, now) => to.holdsEvents(queries, now)),
    listOpen: (request) => call('listOpen', (to, now) => to.listOpen(request, now)),
    flushJournal: async () => ({ behind: 0 }),
    stats: () => call('stats', (to, now) => to.stats(now)),
    claimMany: (requests) =>
      call(
        'claimMany',
        (to, now) => to.claimMany(requests, now),
        (handing) => Promise.all(requests.map(({ event }) => handing.fetchKey(event.orderingKey))),
      ),
    claimIntake: (request) => call('claimIntake', (to, now) => to.intakes.claim(request, now)),
    leaseItems: (request) => call('leaseItems', (to, now) => to.intakes.lease(request, now)),
    settleItems: (settlements) =>
      call('settleItems', (to, now) => to.intakes.settle(settlements, { now, random: world.random })),
    findIntake: (id) => call('findIntake', (to, now) => to.intakes.find(id, now)),
    listIntakes: () => call('listIntakes', (to, now) => to.intakes.list(now)),
    reviveIntake: (request) => call('reviveIntake', (to, now) => to.intakes.revive(request, now)),
  };

  return {
    place,
    name: nameOf(place),
    rows,
    signals,
    port: plants.handing?.(port) ?? port,
    core: () => core,
    /** A deploy: another memory, and perhaps another place among the generations. */
    restart: (): void => {
      core = start();
      settle();
    },
    /** The memory is dropped. What anybody could see of it must come back from the rows. */
    evict: (): void => {
      const before = shown(core, world.now());
      core = start();
      const after = shown(core, world.now());
      if (before !== after) deps.checks.problem(`memory was not what the rows say:\n${before}\n${after}`);
      settle();
    },
    settle,
    /** Nothing is open, and nothing was handed over by halves. */
    isDone: (): boolean =>
      core.listOpen({ filter: {}, cursor: null, limit: 1_000 }, world.now()).length === 0 &&
      [...rows.readOpen()].length === 0 &&
      core.intakes.list(world.now()).length === 0,
    /** A target's object says that deliveries go on. */
    resumeTarget: (target: string, release: boolean): void => {
      guarded(() => core.resumeTarget({ target, release }, world.now()));
      settle();
    },
  };
}

function configOf({ generation, partition }: Place, counts: readonly number[]): SequencerConfig {
  const partitions = counts[generation - 1] ?? 1;
  const newest = { generation: counts.length, partitions: counts.at(-1) ?? 1 };
  return { partition, partitions, generation, newest, ledgerHorizonMs: 400 * 24 * 3_600_000 };
}

function nameOf({ generation, partition }: Place): string {
  return sequencerName(generation, partition);
}

function shown(core: SequencerCore, now: number): string {
  const views = core.listOpen({ filter: {}, cursor: null, limit: 1_000 }, now);
  return JSON.stringify(views.map(({ waiting, ...view }) => view));
}

function lost(message: string): PortError {
  return new PortError(message, { retryable: false, overloaded: false });
}
