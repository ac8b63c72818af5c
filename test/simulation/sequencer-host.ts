// The Durable Object of a simulation: the real sequencer over memory rows, reached by calls that get lost, come twice or die
// at any write; with a doorbell that may not arrive, an alarm that rings again, and a journal that is often away.
// It decides nothing: what it does beside calling the core is what the platform's object does.

import type { ClaimAnswer, LeaseAnswer, Signal } from '../../src/core/sequencer/messages.ts';
import { createSequencer, type SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { SequencerConfig } from '../../src/core/sequencer/state.ts';
import { type Journal, PortError, type Sequencer } from '../../src/pipeline/ports.ts';
import { createMemoryRows, type MemoryRows, SimulatedCrash } from '../support/memory-rows.ts';
import type { Checks } from './checks.ts';
import { type Faults, times } from './faults.ts';
import type { World } from './world.ts';

export const hostConfig: SequencerConfig = {
  partition: 0,
  partitions: 1,
  generation: 1,
  ledgerHorizonMs: 400 * 24 * 3_600_000,
};

/** What a planted bug may put around the parts of a host. */
export type HostPlants = {
  readonly rows?: (rows: MemoryRows) => MemoryRows;
  readonly core?: (core: SequencerCore) => SequencerCore;
  readonly journal?: (journal: Journal) => Journal;
  readonly ringsAgain?: boolean;
};

export type SequencerHost = ReturnType<typeof createSequencerHost>;

export function createSequencerHost(deps: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly journal: Journal;
  readonly onDoorbell: () => void;
  readonly checks: Pick<Checks, 'leased' | 'settled' | 'problem'>;
  readonly plants: HostPlants;
}) {
  const { world, faults, plants } = deps;
  const kept = createMemoryRows();
  const rows = plants.rows?.(kept) ?? kept;
  const journal = plants.journal?.(deps.journal) ?? deps.journal;
  const start = (): SequencerCore => {
    const core = createSequencer(rows, hostConfig);
    return plants.core?.(core) ?? core;
  };
  const signals: Signal[] = [];
  let core = start();
  let rungAt: number | null = null;
  let alarmAt: number | null = null;
  let flushing = false;

  const settle = (): void => {
    signals.push(...core.takeSignals());
    if (core.hasReady(world.now())) ring();
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
      core.hasReady(now) ? ringAgainAt : null,
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
        const { appliedThrough } = await journal.append({ generation: 1, partition: 0, ...cut });
        if (world.chance(faults().journalAnswerLost)) break;
        while (guarded(() => core.acknowledgeJournal(appliedThrough, world.now())) === true) {}
      }
    } finally {
      flushing = false;
    }
    settle();
  };

  /** One call from afar. */
  const call = async <T>(name: string, work: (core: SequencerCore, now: number) => T): Promise<T> => {
    await world.wait(world.between(1, times.latencyMs));
    if (world.chance(faults().callLost)) throw lost(`${name} was lost`);
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
  const port: Sequencer = {
    claim: (request) => call('claim', (to, now) => to.claimMany([request], now)[0] as ClaimAnswer),
    lease: (request) => {
      rungAt = null;
      return call('lease', (to, now) => leased(to.lease(request, now)));
    },
    confirm: (deliveryId, epoch) => call('confirm', (to, now) => to.confirm(deliveryId, epoch, now)),
    settle: (request) =>
      call('settle', (to, now) => {
        const answer = to.settle(request, { now, random: world.random });
        deps.checks.settled(to, kept, request);
        return leased(answer);
      }),
    replay: (request) => call('replay', (to, now) => to.replay(request, now)),
    replayMany: (request) => call('replayMany', (to, now) => to.replayMany(request, now)),
    resolve: (request) => call('resolve', (to, now) => to.resolve(request, now)),
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
    claimMany: (requests) => call('claimMany', (to, now) => to.claimMany(requests, now)),
    claimIntake: (request) => call('claimIntake', (to, now) => to.intakes.claim(request, now)),
    leaseItems: (request) => call('leaseItems', (to, now) => to.intakes.lease(request, now)),
    settleItems: (settlements) =>
      call('settleItems', (to, now) => to.intakes.settle(settlements, { now, random: world.random })),
    findIntake: (id) => call('findIntake', (to, now) => to.intakes.find(id, now)),
    listIntakes: () => call('listIntakes', (to, now) => to.intakes.list(now)),
    reviveIntake: (request) => call('reviveIntake', (to, now) => to.intakes.revive(request, now)),
  };

  return {
    rows,
    signals,
    port,
    core: () => core,
    /** The memory is dropped. What anybody could see of it must come back from the rows. */
    evict: (): void => {
      const before = shown(core, world.now());
      core = start();
      const after = shown(core, world.now());
      if (before !== after) deps.checks.problem(`memory was not what the rows say:\n${before}\n${after}`);
      settle();
    },
    settle,
    /** A target's object says that deliveries go on. */
    resumeTarget: (target: string): void => {
      guarded(() => core.resumeTarget({ target, release: false }, world.now()));
      settle();
    },
  };
}

function shown(core: SequencerCore, now: number): string {
  const views = core.listOpen({ filter: {}, cursor: null, limit: 1_000 }, now);
  return JSON.stringify(views.map(({ waiting, ...view }) => view));
}

function lost(message: string): PortError {
  return new PortError(message, { retryable: false, overloaded: false });
}
