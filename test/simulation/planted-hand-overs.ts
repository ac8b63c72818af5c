// Planted bugs between two generations: what is handed over is not whole, not given up, or not looked after.

import type { PlantedBug } from './planted-bugs.ts';

export const plantedHandOvers: readonly PlantedBug[] = [
  {
    name: 'a key goes to the next generation without what is done of it',
    plant: () => ({
      handing: (port) => ({
        ...port,
        handOver: async (orderingKey, page) => {
          const { records, more } = await port.handOver(orderingKey, page);
          return { records: records.filter(({ payload }) => payload !== null), more };
        },
      }),
    }),
    faults: { journalAway: 0 },
  },
  {
    name: 'the old generation goes on with what it handed over',
    plant: () => ({ rows: (rows) => ({ ...rows, markMoved: () => {} }) }),
    faults: { eviction: 0.5 },
  },
  {
    name: 'a settle of what was handed over is not sent on',
    plant: () => ({
      handOver: (made) => ({ ...made, forwardMoved: async (settlements) => settlements }),
    }),
  },
  {
    name: 'the new generation says that it has what it never wrote down',
    plant: () => ({ core: (core) => ({ ...core, takeOver: () => {} }) }),
  },
];
