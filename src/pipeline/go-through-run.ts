// Part of stages 4 to 6: a run, deliveries of one line that were leased together. Each starts when the one before has
// succeeded; what is not started then goes back untouched. It may start no two of them at once.

import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import type { AdmittedDelivery, BatchAdmission } from './admit.ts';
import type { Outcomes } from './gather-outcomes.ts';

/** Of one line, the first first. */
export type Run = readonly [LeasedDelivery, ...LeasedDelivery[]];

export type RunSteps = {
  /** One attempt, gathered with the others; true where the next may start. */
  readonly attempt: (admitted: AdmittedDelivery) => Promise<boolean>;
  readonly admit: BatchAdmission['admit'];
  readonly outcomes: Pick<Outcomes, 'add' | 'giveBack'>;
  /** Nothing new is to be started. */
  readonly timeIsUp: () => boolean;
  /** An outcome was gathered, and the run is not at its end. */
  readonly wentOn: () => void;
};

/** A sequencer hands out of each line what may run one after the other. */
export function splitRuns(leased: readonly LeasedDelivery[]): readonly Run[] {
  const byLine = Map.groupBy(leased, ({ event, delivery }) => `${delivery.target}\n${event.orderingKey}`);
  return [...byLine.values()] as unknown as readonly Run[];
}

/** Never rejects, as long as its steps do not. */
export async function goThroughRun(
  steps: RunSteps,
  { first, run }: { readonly first: AdmittedDelivery; readonly run: Run },
): Promise<void> {
  let current: AdmittedDelivery | undefined = first;
  let count = 1;
  while (current !== undefined) {
    const mayGoOn = await steps.attempt(current);
    const next = run[count];
    if (next === undefined || !mayGoOn || steps.timeIsUp()) break;
    steps.wentOn();
    // The target is asked again where what it granted is used up.
    const { admitted, returned } = await steps.admit([next]);
    steps.outcomes.add(returned);
    count += 1;
    [current] = admitted;
  }
  steps.outcomes.giveBack(run.slice(count).map(untouched));
}

/** It was leased and not started: it costs no attempt. */
export function untouched({ delivery, epoch }: LeasedDelivery): Settlement {
  const result = { kind: 'returned', target: null, notBeforeAt: null } as const;
  return { deliveryId: delivery.id, epoch, result, attempt: null };
}
