// Part of stages 4 to 6: the deliveries a consumer has leased and not ended. As many runs are under way as it has connections;
// the others wait for the next free one. It may start no more, and keeps nothing that it has given back.

import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import type { AdmittedDelivery, BatchAdmission } from './admit.ts';
import type { Outcomes } from './gather-outcomes.ts';
import { goThroughRun, type Run, splitRuns, untouched } from './go-through-run.ts';

export type WorkInHand = {
  /** `deadlineAt`: epoch ms by the consumer's own clock, taken before the lease was asked for. */
  readonly take: (leased: readonly LeasedDelivery[], deadlineAt: number) => Promise<void>;
  /** Runs that are under way. */
  readonly inFlight: () => number;
  /** Runs that wait for a free connection. */
  readonly waitingCount: () => number;
};

type Leased = { readonly run: Run; readonly deadlineAt: number };

export function createWorkInHand(deps: {
  readonly concurrency: number;
  readonly admit: BatchAdmission['admit'];
  /** True where the next of its line may start. Never rejects. */
  readonly attempt: (admitted: AdmittedDelivery, deadlineAt: number) => Promise<boolean>;
  readonly outcomes: Outcomes;
  readonly timeIsUp: () => boolean;
  /** Something ended. */
  readonly ring: () => void;
}): WorkInHand {
  const { concurrency, admit, outcomes, timeIsUp, ring } = deps;
  const waiting: Leased[] = [];
  let inFlight = 0;

  /** As many as there are connections for. */
  const startWaiting = async (): Promise<void> => {
    const starting = waiting.splice(0, Math.max(0, concurrency - inFlight));
    if (starting.length === 0) return;
    inFlight += starting.length;
    const { admitted, returned } = await admit(starting.map(({ run }) => run[0]));
    const byHead = new Map(admitted.map((each) => [each.leased.delivery.id, each]));
    const isAdmitted = ({ run: [head] }: Leased): boolean => byHead.has(head.delivery.id);
    refuse(
      starting.filter((each) => !isAdmitted(each)),
      returned,
    );
    for (const each of starting) {
      const first = byHead.get(each.run[0].delivery.id);
      if (first !== undefined) void goThrough(first, each);
    }
  };
  /** What a target does not take now goes back, with what else waits for it. */
  const refuse = (refused: readonly Leased[], returned: readonly Settlement[]): void => {
    if (refused.length === 0) return;
    inFlight -= refused.length;
    const targets = new Set(refused.map(({ run: [head] }) => head.delivery.target));
    const kept: Leased[] = [];
    const barred: Leased[] = [];
    for (const each of waiting.splice(0))
      (targets.has(each.run[0].delivery.target) ? barred : kept).push(each);
    waiting.push(...kept);
    outcomes.add(returned);
    outcomes.giveBack(refused.flatMap(({ run }) => run.slice(1).map(untouched)));
    outcomes.giveBack(barred.flatMap(({ run }) => run.map(untouched)));
  };
  const goThrough = async (first: AdmittedDelivery, { run, deadlineAt }: Leased): Promise<void> => {
    const attempt = (admitted: AdmittedDelivery): Promise<boolean> => deps.attempt(admitted, deadlineAt);
    const steps = { attempt, admit, outcomes, timeIsUp, wentOn: ring };
    await goThroughRun(steps, { first, run });
    inFlight -= 1;
    if (timeIsUp()) outcomes.giveBack(waiting.splice(0).flatMap((each) => each.run.map(untouched)));
    const hadMore = waiting.length > 0;
    await startWaiting();
    // The last that needed no settle is under way: the next should be here before a connection is free.
    if (hadMore && waiting.length === 0) outcomes.hurry();
    ring();
  };

  return {
    inFlight: () => inFlight,
    waitingCount: () => waiting.length,
    take: async (leased, deadlineAt) => {
      for (const run of splitRuns(leased)) waiting.push({ run, deadlineAt });
      await startWaiting();
    },
  };
}
