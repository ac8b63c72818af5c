// Planted bugs in the runs a sequencer hands out: each changes what a lease holds, and nothing else.

import type { LeaseAnswer, LeasedDelivery } from '../../src/core/sequencer/messages.ts';
import type { SequencerCore } from '../../src/core/sequencer/sequencer.ts';
import type { PlantedBug } from './planted-bugs.ts';

export const plantedRuns: readonly PlantedBug[] = [
  {
    name: 'a run is handed out backwards',
    plant: () => ({ core: (core) => leaseAs(core, (leased) => leased.toReversed()) }),
  },
  {
    name: 'what was leased behind the first of a run is leased once more',
    plant: () => ({
      core: (core) => {
        const seen: LeasedDelivery[] = [];
        return leaseAs(core, (leased) => {
          const epoch = leased[0]?.epoch ?? 0;
          const again = seen.splice(0).map((each) => ({ ...each, epoch }));
          const isSecond = (item: LeasedDelivery, index: number) =>
            leased.findIndex(({ event }) => event.orderingKey === item.event.orderingKey) < index;
          seen.push(...leased.filter(isSecond));
          return [...leased, ...again];
        });
      },
    }),
  },
];

function leaseAs(
  core: SequencerCore,
  change: (leased: readonly LeasedDelivery[]) => readonly LeasedDelivery[],
): SequencerCore {
  const changed = (answer: LeaseAnswer): LeaseAnswer => ({ ...answer, leased: change(answer.leased) });
  return {
    ...core,
    lease: (request, now) => changed(core.lease(request, now)),
    settle: (request, options) => changed(core.settle(request, options)),
  };
}
