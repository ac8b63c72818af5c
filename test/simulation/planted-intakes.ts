// Planted bugs in intakes: what was received is not fanned out, or counts as an event that it never became.

import type { Sequencer } from '../../src/pipeline/ports.ts';
import type { PlantedBug } from './planted-bugs.ts';

export const plantedIntakes: readonly PlantedBug[] = [
  {
    name: 'an item counts as an event when its claim was only asked for',
    plant: () => ({ sequencer: (port) => ({ ...port, claimMany: claimUnheard(port) }) }),
    faults: { callLost: 0.2 },
  },
  {
    name: 'an item whose record could not be fetched is given up at once',
    plant: () => ({ sequencer: (port) => ({ ...port, settleItems: giveUp(port) }) }),
  },
  {
    name: 'an intake stands in memory only: what was not fanned out is gone after a restart',
    plant: () => ({ rows: (rows) => ({ ...rows, readOpenIntakes: () => [] }) }),
    faults: { eviction: 0.5, crash: 0.2 },
  },
];

function claimUnheard(port: Sequencer): Sequencer['claimMany'] {
  return (requests) =>
    port
      .claimMany(requests)
      .catch(() => requests.map(() => ({ kind: 'claimed', id: 'evt_0_0', status: 'accepted' }) as const));
}

function giveUp(port: Sequencer): Sequencer['settleItems'] {
  return (settlements) =>
    port.settleItems(
      settlements.map((settlement) => {
        if (settlement.result.kind !== 'failed') return settlement;
        const problem = { reason: 'missing_field', field: 'record', rule: 'must be there' } as const;
        return { ...settlement, result: { kind: 'rejected', problem } };
      }),
    );
}
