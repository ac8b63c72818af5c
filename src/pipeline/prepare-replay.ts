// Part of stage 7: a past delivery, its route by the present code, and the input it is to run with, proved before anything is
// claimed. Used by a replay and by its dry run alike. Calls no ERP.

import type { EditedInput, PlannedDelivery } from '../core/delivery.ts';
import type { MappedEvent } from '../core/event.ts';
import { canonicalJson } from '../core/input-hash.ts';
import { isJsonObject, type JsonValue } from '../core/json.ts';
import { changesBetween } from '../core/json-changes.ts';
import type { FieldError } from '../core/outcome.ts';
import { planDelivery } from '../core/plan-deliveries.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Route } from '../core/route.ts';
import { findRunnableRoute, type RunnableRoute } from './find-route.ts';
import { type LoadedDelivery, type LoadFailure, loadAttempts, loadDelivery } from './load-delivery.ts';
import {
  type MappedInput,
  type MappingProblem,
  mapInput,
  toMappedEvent,
  validateInput,
} from './map-input.ts';
import { originalInputOf } from './original-input.ts';
import type { JournalReader, Sequencers } from './ports.ts';

export type ReplayDependencies = {
  readonly sequencers: Sequencers;
  readonly journal: Pick<JournalReader, 'find'>;
  readonly definition: Pick<RelayDefinition, 'sources' | 'targets' | 'findRoute'>;
};

/** `original`: what the delivery was sent with; `current`: what the present mapping makes of its event. */
export type MappingOf = 'original' | 'current';

export type WantedInput = {
  /** Runs instead of what the mapping gives; validated like it. Null: the mapping's input. */
  readonly edited: { readonly input: unknown } | null;
  /** Absent: `current`. */
  readonly mapping?: MappingOf;
};

export type ReplayFailure =
  | LoadFailure
  | {
      readonly kind: 'conflict';
      readonly reason:
        | ('replay_open' | 'not_finished' | 'route_removed' | 'payload_removed')
        /** No attempt has kept the input that is to be sent again. */
        | 'original_missing';
      readonly message: string;
    }
  /** It cannot run as it is asked for: the edited input, or what the present mapping makes of the event. */
  | {
      readonly kind: 'unprocessable';
      readonly reason: 'invalid_input' | 'key_field_edited' | 'mapping_failed';
      readonly message: string;
      readonly fieldErrors: readonly FieldError[];
    };

export type Prepared = {
  readonly loaded: LoadedDelivery;
  readonly route: Route;
  readonly preset: RunnableRoute['preset'];
  readonly mapped: MappedEvent;
  /** The route planned again where its first planning failed; else null. */
  readonly planned: PlannedDelivery | null;
};

export async function prepare(
  deps: ReplayDependencies,
  { deliveryId }: { readonly deliveryId: string },
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
  return ok({ loaded: loaded.value, route, preset, mapped: mapped.value, planned });
}

function toMappingFailure({
  message,
  fieldErrors,
}: Pick<MappingProblem, 'message' | 'fieldErrors'>): ReplayFailure {
  return { kind: 'unprocessable', reason: 'mapping_failed', message, fieldErrors };
}

/** What is to run, by its validated form, and what is kept of it with the delivery; `kept` null: the mapping runs then. */
export type ChosenInput = {
  readonly mapped: Result<MappedInput, MappingProblem>;
  readonly kept: Pick<EditedInput, 'input' | 'from' | 'changed'> | null;
};

/** An input of the mapping may have a problem, and is shown with it; another one is refused with its own. */
export async function chooseInput(
  deps: ReplayDependencies,
  prepared: Prepared,
  { edited, mapping = 'current' }: WantedInput,
): Promise<Result<ChosenInput, ReplayFailure>> {
  if (edited !== null) return checkEdit(prepared, edited.input);
  if (mapping === 'original') return findOriginal(deps, prepared);
  return ok({ mapped: await mapInput(prepared.route, prepared.mapped), kept: null });
}

/** The rules of today count for it: an input that was good once need not be good now. */
async function findOriginal(
  deps: ReplayDependencies,
  { loaded, route }: Prepared,
): Promise<Result<ChosenInput, ReplayFailure>> {
  const attempts = await loadAttempts(deps, loaded);
  if (!attempts.ok) return attempts;
  const original = originalInputOf(attempts.value);
  if (!original.ok) {
    const { message } = original.error;
    return err({ kind: 'conflict', reason: 'original_missing', message });
  }
  const mapped = await validateInput(route, original.value);
  if (!mapped.ok) return err(toInvalidInput(mapped.error));
  return ok({ mapped, kept: { input: original.value, from: 'original' } });
}

function toInvalidInput({ message, fieldErrors }: MappingProblem): ReplayFailure {
  return { kind: 'unprocessable', reason: 'invalid_input', message, fieldErrors };
}

async function checkEdit(prepared: Prepared, input: unknown): Promise<Result<ChosenInput, ReplayFailure>> {
  const { route, mapped } = prepared;
  const checked = await validateInput(route, input);
  if (!checked.ok) return err(toInvalidInput(checked.error));
  const fieldErrors = await editedKeyFields(route, mapped, input);
  if (fieldErrors.length > 0) {
    const message = 'the operation key comes from the event: these fields may not be edited';
    return err({ kind: 'unprocessable', reason: 'key_field_edited', message, fieldErrors });
  }
  // Both by the schema, so that a default it fills in is no change.
  const before = await mapInput(route, mapped);
  const from = before.ok ? (before.value.input as JsonValue) : before.error.candidate;
  const changed = changesBetween(from, checked.value.input as JsonValue);
  return ok({ mapped: checked, kept: { input, changed } });
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
