// Planted bugs around targets, clocks and callbacks: what was refused starts all the same, bounds that do not hold, and a
// callback that is believed.

import type { SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { Admission } from '../../src/core/target-gate-state.ts';
import type { TargetGates } from '../../src/pipeline/ports.ts';
import { slowStorm, times } from './faults.ts';
import type { PlantedBug } from './planted-bugs.ts';

export const plantedGates: readonly PlantedBug[] = [
  {
    name: 'what an open circuit turned away starts all the same',
    plant: () => ({ gates: (gates) => startRefused(gates, 'circuit_open') }),
  },
  {
    name: 'what a paused target turned away starts all the same',
    plant: () => ({ gates: (gates) => startRefused(gates, 'paused') }),
  },
  {
    name: 'what a refused credential holds starts all the same',
    plant: () => ({ gates: (gates) => startRefused(gates, 'unauthorized') }),
  },
  {
    name: 'more runs at once than a target takes',
    plant: () => ({
      gates: (gates) =>
        changed(gates, (given) => ({ ...given, granted: given.granted * 3, starts: given.starts * 3 })),
    }),
  },
  {
    name: 'more starts than the rate of a target lets',
    plant: () => ({ gates: (gates) => startRefused(gates, 'limited') }),
  },
  {
    name: 'a clock is wrong by more than the quiet time allows for',
    plant: () => ({ maxSkewMs: 20 * times.maxSkewMs }),
    faults: { ...slowStorm, clockSkew: 0.9 },
  },
  {
    name: 'a callback is believed: the job counts as done',
    plant: () => ({ core: (core) => ({ ...core, pollNow: believe(core) }) }),
  },
];

function changed(gates: TargetGates, change: (given: Admission) => Admission): TargetGates {
  return { admit: async (request) => change(await gates.admit(request)) };
}

function startRefused(gates: TargetGates, reason: Admission['reason']): TargetGates {
  return changed(gates, (given) => {
    if (given.reason !== reason || given.granted > 0) return given;
    return { ...given, granted: 3, starts: 3, forMs: 2_000 };
  });
}

function believe(core: SequencerCore): SequencerCore['pollNow'] {
  return (deliveryId, now) => {
    const document = { documentId: 'called-back', documentNumber: 'called-back', state: 'confirmed' };
    const outcome = { kind: 'succeeded', effect: 'done', document } as const;
    const result = { kind: 'outcome', outcome, inputHash: null, spent: false, doubtCleared: false } as const;
    const settlements = [{ deliveryId, epoch: 1, result, attempt: null }];
    core.settle({ settlements, max: 0, leaseMs: 0 }, { now, random: () => 0.5 });
    return core.pollNow(deliveryId, now);
  };
}
