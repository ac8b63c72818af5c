// Bugs that a simulation must find, each put around a port or the rows of a host: nothing of the product knows of them.
// They are the ways in which a relay of this kind usually loses, doubles or reorders; a check that misses one is no check.

import type { Settlement } from '../../src/core/sequencer/messages.ts';
import type { SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { Sequencer, TargetGates } from '../../src/pipeline/ports.ts';
import type { MemoryRows } from '../support/memory-rows.ts';
import { type Faults, times } from './faults.ts';
import { plantedBatches } from './planted-batches.ts';
import { plantedGates } from './planted-gates.ts';
import { plantedHandOvers } from './planted-hand-overs.ts';
import { plantedIntakes } from './planted-intakes.ts';
import { plantedRuns } from './planted-runs.ts';
import { believeJob, chargeGiveBack, chargeLook, forgetBrokenEffect, settleAs } from './planted-settles.ts';
import type { Plants } from './relay-run.ts';

export type PlantedBug = {
  /** As a sentence: what the relay does wrong. */
  readonly name: string;
  /** Made anew for every run: some of them remember. */
  readonly plant: () => Plants;
  readonly faults?: Partial<Faults>;
};

export const plantedBugs: readonly PlantedBug[] = [
  {
    name: 'a lease is not exclusive: what is leased is handed out again',
    plant: () => ({ core: (core) => ({ ...core, lease: leaseTwice(core) }) }),
  },
  {
    name: 'there is no quiet time: the first "not found" is believed',
    plant: () => ({ quietMs: 0 }),
  },
  {
    name: 'a write stalls longer than the quiet time',
    plant: () => ({ quietMs: times.quietMs - times.maxStallMs }),
    faults: { stall: 0.6, tokenSlow: 0.6, erpLate: 0.6, consumerDeath: 0.6 },
  },
  {
    name: 'a settle that comes late is dropped',
    plant: () => ({ core: dropLateSettles }),
  },
  {
    name: 'the ledger is not told to the consumer',
    plant: () => ({ sequencer: (port) => withoutLedger(port) }),
  },
  {
    name: 'a give-back is not written down: after a restart it is taken for a crash',
    plant: () => ({ rows: (rows) => ({ ...rows, writeLease: keepGivenBack(rows) }) }),
    faults: { tokenSlow: 0.5 },
  },
  {
    name: 'the order of a line is that of arrival',
    plant: () => ({ core: (core) => ({ ...core, claimMany: claimUnnumbered(core) }) }),
  },
  {
    name: 'a waiter does not wait for what its route declares',
    plant: () => ({ core: (core) => ({ ...core, claimMany: claimUndeclared(core) }) }),
  },
  {
    name: 'a doorbell that was lost is not rung again',
    plant: () => ({ ringsAgain: false }),
  },
  {
    name: 'a claim is answered before it is durable',
    plant: () => ({ sequencer: (port) => ({ ...port, claim: claimUnheard(port) }) }),
  },
  {
    name: 'settled events are forgotten: a webhook that comes again is new',
    plant: () => ({ rows: (rows) => ({ ...rows, readSettled: () => [] }) }),
    faults: { eviction: 0.5, journalAway: 0, journalAnswerLost: 0 },
  },
  {
    name: 'the journal counts as written when it was only asked',
    plant: () => ({ journal: (journal) => ({ append: forgetSometimes(journal) }) }),
  },
  {
    name: 'an outcome is told before its row is written',
    plant: () => ({ rows: (rows) => ({ ...rows, updateOpen: writeSometimes(rows) }) }),
    faults: { eviction: 0.5 },
  },
  {
    name: 'an expired lease leaves no doubt: what ran out is tried again clean',
    plant: () => ({ sequencer: (port) => withoutExpiryDoubt(port) }),
  },
  {
    name: 'what a target turns away costs an attempt',
    plant: () => ({ sequencer: (port) => settleAs(port, chargeGiveBack) }),
  },
  {
    name: 'a circuit that opened lets no probe go',
    plant: () => ({ gates: (gates) => neverProbe(gates) }),
  },
  {
    name: 'a job is called done when the ERP took it',
    plant: () => ({ sequencer: (port) => settleAs(port, believeJob) }),
  },
  {
    name: 'a look at a job that still runs costs an attempt',
    plant: () => ({ sequencer: (port) => settleAs(port, chargeLook) }),
  },
  {
    name: 'an answer in another form leaves no doubt: what is released is done again',
    plant: () => ({ sequencer: (port) => settleAs(port, forgetBrokenEffect) }),
  },
  ...plantedHandOvers,
  ...plantedGates,
  ...plantedBatches,
  ...plantedIntakes,
  ...plantedRuns,
];

function neverProbe(gates: TargetGates): TargetGates {
  const opened = new Set<string>();
  return {
    admit: async (request) => {
      const admission = await gates.admit(request);
      if (admission.reason === 'circuit_open') opened.add(request.targetId);
      if (!opened.has(request.targetId)) return admission;
      return { ...admission, granted: 0, starts: 0, probe: null, reason: 'circuit_open' };
    },
  };
}

function leaseTwice(core: SequencerCore): SequencerCore['lease'] {
  let last: ReturnType<SequencerCore['lease']>['leased'] = [];
  return (request, now) => {
    const answer = core.lease(request, now);
    if (answer.leased.length > 0) {
      last = answer.leased;
      return answer;
    }
    return { ...answer, leased: last };
  };
}

function dropLateSettles(core: SequencerCore): SequencerCore {
  const isLate = (settlement: Settlement, now: number): boolean => {
    const waiting = core.find(settlement.deliveryId, now)?.waiting;
    return waiting?.cause !== 'leased';
  };
  return {
    ...core,
    settle: (request, options) => {
      const settlements = request.settlements.filter((settlement) => !isLate(settlement, options.now));
      return core.settle({ ...request, settlements }, options);
    },
  };
}

function withoutLedger(port: Sequencer): Sequencer {
  const clean = <T extends Awaited<ReturnType<Sequencer['lease']>>>(answer: T): T => ({
    ...answer,
    leased: answer.leased.map((item) => ({ ...item, ledger: null })),
  });
  return {
    ...port,
    lease: async (request) => clean(await port.lease(request)),
    settle: async (request) => clean(await port.settle(request)),
  };
}

function withoutExpiryDoubt(port: Sequencer): Sequencer {
  const clean = <T extends Awaited<ReturnType<Sequencer['lease']>>>(answer: T): T => ({
    ...answer,
    leased: answer.leased.map((item) => (item.delivery.suspect ? { ...item, ledger: null } : item)),
  });
  return { ...port, lease: async (request) => clean(await port.lease(request)) };
}

function keepGivenBack(rows: MemoryRows): MemoryRows['writeLease'] {
  const written = new Map<number, number>();
  return (lease) => {
    if (written.get(lease.slot) === lease.epoch) return;
    written.set(lease.slot, lease.epoch);
    rows.writeLease(lease);
  };
}

function claimUnnumbered(core: SequencerCore): SequencerCore['claimMany'] {
  return (requests, now) =>
    core.claimMany(
      requests.map((request) => ({ ...request, event: { ...request.event, sequence: null } })),
      now,
    );
}

function claimUndeclared(core: SequencerCore): SequencerCore['claimMany'] {
  return (requests, now) =>
    core.claimMany(
      requests.map((request) => ({
        ...request,
        deliveries: request.deliveries.map((planned) => ({
          ...planned,
          policy: { ...planned.policy, after: [] },
        })),
      })),
      now,
    );
}

function claimUnheard(port: Sequencer): Sequencer['claim'] {
  return (request) =>
    port.claim(request).catch(() => ({ kind: 'claimed', id: 'evt_0_0', status: 'accepted' }) as const);
}

function forgetSometimes(journal: Parameters<NonNullable<Plants['journal']>>[0]) {
  let count = 0;
  return async (batch: Parameters<typeof journal.append>[0]) => {
    count += 1;
    return count % 3 === 0 ? { appliedThrough: batch.to } : journal.append(batch);
  };
}

function writeSometimes(rows: MemoryRows): MemoryRows['updateOpen'] {
  let count = 0;
  return (record) => {
    count += 1;
    if (count % 3 !== 0) rows.updateOpen(record);
  };
}
