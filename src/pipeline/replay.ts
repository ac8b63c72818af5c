// Stage 7 of 7 · replay · in: a dead letter or any past delivery · out: a new delivery at its place · next: lease
// Loads the old delivery, proves an edited input before anything is claimed, and has the sequencer make the new one. A dry
// run goes the same way up to the claim and shows what an attempt would begin with. Nothing here calls an ERP.

import type { LedgerEffect, PlannedDelivery } from '../core/delivery.ts';
import type { MappedEvent } from '../core/event.ts';
import { canonicalJson } from '../core/input-hash.ts';
import { isJsonObject } from '../core/json.ts';
import type { FieldError } from '../core/outcome.ts';
import { partitionOf } from '../core/partition.ts';
import { planDelivery } from '../core/plan-deliveries.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Route } from '../core/route.ts';
import type { ReplayAnswer } from '../core/sequencer/messages.ts';
import { findRunnableRoute } from './find-route.ts';
import { type LoadedDelivery, type LoadFailure, loadDelivery } from './load-delivery.ts';
import {
  type MappedInput,
  type MappingProblem,
  mapInput,
  toMappedEvent,
  validateInput,
} from './map-input.ts';
import type { JournalReader, Sequencers } from './ports.ts';

export type ReplayDependencies = {
  readonly sequencers: Sequencers;
  readonly journal: Pick<JournalReader, 'find'>;
  readonly definition: Pick<RelayDefinition, 'sources' | 'targets' | 'findRoute'>;
};

export type ReplayCommand = {
  readonly deliveryId: string;
  /** Runs instead of what the mapping gives; validated like it. Null: the mapping's input. */
  readonly edited: { readonly input: unknown } | null;
  /** Runs although a newer input was applied. */
  readonly forced: boolean;
  readonly actor: string;
  readonly reason: string;
};

export type ReplayFailure =
  | LoadFailure
  | {
      readonly kind: 'conflict';
      readonly reason: 'replay_open' | 'not_finished' | 'route_removed' | 'payload_removed';
      readonly message: string;
    }
  /** It cannot run as it is asked for: the edited input, or what the present mapping makes of the event. */
  | {
      readonly kind: 'unprocessable';
      readonly reason: 'invalid_input' | 'key_field_edited' | 'mapping_failed';
      readonly message: string;
      readonly fieldErrors: readonly FieldError[];
    };

export type ReplayResult =
  | { readonly kind: 'replayed'; readonly deliveryId: string; readonly replayOf: string }
  | ReplayFailure;

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
};

export async function replay(deps: ReplayDependencies, command: ReplayCommand): Promise<ReplayResult> {
  const prepared = await prepare(deps, command);
  if (!prepared.ok) return prepared.error;
  const { loaded, planned } = prepared.value;
  if (command.edited !== null) {
    const checked = await checkEdit(prepared.value, command.edited.input);
    if (!checked.ok) return checked.error;
  }
  const { record, payload } = loaded;
  const { orderingKey } = loaded.event;
  // The sequencer that keeps the key now: it fetches the key from an earlier generation where it has to.
  const sequencer = deps.sequencers.of(partitionOf(orderingKey, deps.sequencers.partitions));
  const answer = await sequencer.replay({
    ...command,
    orderingKey,
    archived: loaded.heldBy === 'journal' ? { record, payload } : null,
    planned,
  });
  return toResult(answer, command.deliveryId);
}

export async function dryRun(
  deps: ReplayDependencies,
  command: Pick<ReplayCommand, 'deliveryId' | 'edited' | 'forced'>,
): Promise<DryRun | ReplayFailure> {
  const { edited, forced } = command;
  const prepared = await prepare(deps, command);
  if (!prepared.ok) return prepared.error;
  const { route, mapped } = prepared.value;
  if (edited === null) {
    const input = await mapInput(route, mapped);
    return show(deps, prepared.value, { input, forced });
  }
  const input = await checkEdit(prepared.value, edited.input);
  return input.ok ? show(deps, prepared.value, { input, forced }) : input.error;
}

type Shown = {
  readonly input: Result<MappedInput, MappingProblem>;
  readonly forced: boolean;
};

function show(deps: ReplayDependencies, prepared: Prepared, shown: Shown): DryRun {
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
    would: wouldDo(loaded, shown),
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

type Prepared = {
  readonly loaded: LoadedDelivery;
  readonly route: Route;
  readonly mapped: MappedEvent;
  /** The route planned again where its first planning failed; else null. */
  readonly planned: PlannedDelivery | null;
};

async function prepare(
  deps: ReplayDependencies,
  { deliveryId }: Pick<ReplayCommand, 'deliveryId'>,
): Promise<Result<Prepared, ReplayFailure>> {
  const loaded = await loadDelivery(deps, deliveryId);
  if (!loaded.ok) return loaded;
  const { delivery, event, payload } = loaded.value;
  const runnable = findRunnableRoute(deps.definition, event, delivery);
  if (runnable === null) {
    const message = `the present code has no route ${delivery.routeId} of source ${event.source}`;
    return err({ kind: 'conflict', reason: 'route_removed', message });
  }
  const { route, preset } = runnable;
  const mapped = toMappedEvent(preset, event, payload);
  if (!mapped.ok) return err(toMappingFailure(mapped.error));
  const plannable = { ...mapped.value, orderingKey: event.orderingKey };
  const planned = delivery.operationKey === null ? planDelivery(plannable, route) : null;
  if (planned !== null && planned.problem !== null) {
    return err(toMappingFailure({ ...planned.problem, fieldErrors: [] }));
  }
  return ok({ loaded: loaded.value, route, mapped: mapped.value, planned });
}

function toMappingFailure({
  message,
  fieldErrors,
}: Pick<MappingProblem, 'message' | 'fieldErrors'>): ReplayFailure {
  return { kind: 'unprocessable', reason: 'mapping_failed', message, fieldErrors };
}

async function checkEdit(prepared: Prepared, input: unknown): Promise<Result<MappedInput, ReplayFailure>> {
  const { route, mapped } = prepared;
  const checked = await validateInput(route, input);
  if (!checked.ok) {
    const { message, fieldErrors } = checked.error;
    return err({ kind: 'unprocessable', reason: 'invalid_input', message, fieldErrors });
  }
  const fieldErrors = await editedKeyFields(route, mapped, input);
  if (fieldErrors.length === 0) return checked;
  const message = 'the operation key comes from the event: these fields may not be edited';
  return err({ kind: 'unprocessable', reason: 'key_field_edited', message, fieldErrors });
}

/**
 * The key fields in which the edit differs from what the mapping gives. One that the mapping itself got wrong may be
 * mended; where the mapping throws there is nothing to compare with, and the schema alone decides.
 */
async function editedKeyFields(
  route: Route,
  event: MappedEvent,
  edited: unknown,
): Promise<readonly FieldError[]> {
  const mapped = runMapping(route, event);
  if (!isJsonObject(mapped) || !isJsonObject(edited)) return [];
  const checked = await validateInput(route, mapped);
  const broken = checked.ok ? [] : checked.error.fieldErrors.map(({ field }) => field);
  return (route.operation.keyFields ?? [])
    .filter((field) => !broken.includes(field))
    .filter((field) => canonicalJson(mapped[field]) !== canonicalJson(edited[field]))
    .map((field) => ({ field, rule: `must stay ${canonicalJson(mapped[field])}` }));
}

function runMapping(route: Route, event: MappedEvent): unknown {
  try {
    return route.input(event);
  } catch {
    return null;
  }
}

function toResult(answer: ReplayAnswer, replayOf: string): ReplayResult {
  if (answer.kind === 'replayed') return { kind: 'replayed', deliveryId: answer.deliveryId, replayOf };
  const { reason, message } = answer;
  switch (reason) {
    case 'not_found':
      return { kind: 'not_found' };
    case 'replay_open':
    case 'not_finished':
      return { kind: 'conflict', reason, message };
    case 'not_planned':
      return { kind: 'unprocessable', reason: 'mapping_failed', message, fieldErrors: [] };
    case 'payload_needed':
      // It was archived between the reading and the replay: the next try reads it from the journal.
      return { kind: 'unavailable', message };
  }
}
