// Part of stage 7: what a replay would begin with, and the calls it would make, and nothing done. Claims nothing; of the ERP it asks
// what an attempt would read before its first write, and no more (show-calls.ts).

import type { LedgerEffect } from '../core/delivery.ts';
import type { Result } from '../core/result.ts';
import type { LoadedDelivery } from './load-delivery.ts';
import type { MappedInput, MappingProblem } from './map-input.ts';
import {
  chooseInput,
  type Prepared,
  prepare,
  type ReplayDependencies,
  type ReplayFailure,
  type WantedInput,
} from './prepare-replay.ts';
import { type ShowCallsDependencies, type ShownCalls, showCalls } from './show-calls.ts';

/** What an attempt would begin with, as the present code sees it. */
export type DryRun = {
  readonly kind: 'shown';
  readonly deliveryId: string;
  readonly routeId: string;
  readonly target: string;
  readonly adapter: string;
  readonly operation: { readonly name: string; readonly version: number };
  readonly operationKey: string | null;
  readonly ledger: LedgerEffect | null;
  /** The validated input; where it has a `problem`, what the mapping gave, or null. */
  readonly input: unknown;
  readonly inputHash: string | null;
  readonly problem: MappingProblem | null;
  /** The delivery whose newer input makes this one pointless; null: none does, or it is forced. */
  readonly supersededBy: string | null;
  /**
   * `answer_duplicate`: the ledger holds the effect; `look_up_first`: it may have been done; `be_superseded`: a newer input
   * stands instead; `nothing`: it cannot run.
   */
  readonly would: 'perform' | 'look_up_first' | 'answer_duplicate' | 'be_superseded' | 'nothing';
  readonly calls: ShownCalls;
};

export type DryRunCommand = WantedInput & {
  readonly deliveryId: string;
  readonly forced: boolean;
  /** False: the ERP is not asked anything. */
  readonly asksErp: boolean;
};

export async function dryRun(
  deps: ReplayDependencies & ShowCallsDependencies,
  command: DryRunCommand,
): Promise<DryRun | ReplayFailure> {
  const prepared = await prepare(deps, command);
  if (!prepared.ok) return prepared.error;
  const chosen = await chooseInput(deps, prepared.value, command);
  if (!chosen.ok) return chosen.error;
  const { mapped: input, kept } = chosen.value;
  const { forced, asksErp } = command;
  const would = wouldDo(prepared.value.loaded, { input, forced });
  const calls = await showCalls(deps, prepared.value, { would, kept, asksErp });
  return { ...show(deps, prepared.value, { input, forced }), would, calls };
}

type Shown = {
  readonly input: Result<MappedInput, MappingProblem>;
  readonly forced: boolean;
};

function show(
  deps: Pick<ReplayDependencies, 'definition'>,
  prepared: Prepared,
  shown: Shown,
): Omit<DryRun, 'would' | 'calls'> {
  const { loaded, route, planned } = prepared;
  const { input, forced } = shown;
  const { ledger, delivery, newerInput } = loaded;
  const { name, version } = route.operation;
  return {
    kind: 'shown',
    deliveryId: delivery.id,
    routeId: route.id,
    target: delivery.target,
    adapter: deps.definition.targets.get(delivery.target)?.adapter.name ?? 'none',
    operation: { name, version },
    operationKey: delivery.operationKey ?? planned?.operationKey ?? null,
    ledger,
    input: input.ok ? input.value.input : input.error.candidate,
    inputHash: input.ok ? input.value.hash : null,
    problem: input.ok ? null : input.error,
    supersededBy: forced ? null : newerInput,
  };
}

function wouldDo({ ledger, delivery, newerInput }: LoadedDelivery, shown: Shown): DryRun['would'] {
  const { input, forced } = shown;
  if (newerInput !== null && !forced) return 'be_superseded';
  const isDone = ledger?.kind === 'succeeded';
  const isSetAgain = isDone && forced && delivery.staleKey !== null;
  // What is known as done stays so, whatever the mapping makes of the event by now.
  if (isDone && !isSetAgain) return 'answer_duplicate';
  if (!input.ok) return 'nothing';
  return ledger === null || isSetAgain ? 'perform' : 'look_up_first';
}
