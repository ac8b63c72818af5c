// Planted bugs in batches: what becomes of one record hides what becomes of another.

import type { Settlement } from '../../src/core/sequencer/messages.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { settleAs } from './planted-settles.ts';

export const plantedBatches: readonly PlantedBug[] = [
  {
    name: 'a batch that is to be whole is done in part',
    plant: () => ({
      batches: (handler) => ({
        ...handler,
        perform: (call) => handler.perform(call, { atomic: false }),
      }),
    }),
  },
  {
    name: 'the failed records of a batch are forgotten',
    plant: () => ({ sequencer: (port) => settleAs(port, forgetFailed) }),
  },
  {
    name: 'a batch in doubt is sent again whole',
    plant: () => ({
      batches: (handler) => ({
        ...handler,
        lookup: async (call) => {
          const found = await handler.lookup(call);
          return found.kind === 'looked_up' ? { ...found, done: [] } : found;
        },
      }),
    }),
  },
];

function forgetFailed(settlement: Settlement): Settlement {
  const { result } = settlement;
  if (result.kind !== 'outcome' || result.outcome.kind !== 'partial') return settlement;
  const { document, succeeded: records } = result.outcome;
  return {
    ...settlement,
    result: { ...result, outcome: { kind: 'succeeded', effect: 'done', document, records } },
  };
}
