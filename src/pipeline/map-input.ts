// Part of stage 5: event → validated input of the operation. Pure; used by perform and by a replay's dry run alike.

import type { EventPayload, MappedEvent, WebhookEvent } from '../core/event.ts';
import { hashInput } from '../core/input-hash.ts';
import type { JsonValue } from '../core/json.ts';
import type { FieldError } from '../core/outcome.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Route } from '../core/route.ts';
import type { SourcePreset } from '../core/source.ts';
import { toFieldErrors } from '../operations/to-field-errors.ts';

export type MappingProblem = {
  readonly code: 'mapping_failed' | 'invalid_input';
  readonly message: string;
  readonly fieldErrors: readonly FieldError[];
  /** The input that broke a rule, so that it can be seen and edited; null where there is none. */
  readonly candidate: JsonValue;
};

export type MappedInput = { readonly input: unknown; readonly hash: string };

/** The event as its mapping sees it, made again from the kept bytes. */
export function toMappedEvent(
  preset: Pick<SourcePreset, 'parsePayload'>,
  event: WebhookEvent,
  payload: EventPayload,
): Result<MappedEvent, MappingProblem> {
  const parsed = preset.parsePayload(payload);
  if (!parsed.ok) {
    const message = `${parsed.error.field} ${parsed.error.rule}`;
    return err({
      code: 'mapping_failed',
      message,
      fieldErrors: [{ field: parsed.error.field, rule: parsed.error.rule }],
      candidate: null,
    });
  }
  const { source, type, entity, sequence, occurredAt, receivedAt } = event;
  const { headers } = payload;
  return ok({
    id: event.eventId,
    source,
    type,
    entity,
    sequence,
    occurredAt,
    receivedAt,
    headers,
    payload: parsed.value,
  });
}

/** Runs the mapping and validates what it gives. A mapping that throws is a problem of the route, not of the relay. */
export async function mapInput(
  route: Route,
  event: MappedEvent,
): Promise<Result<MappedInput, MappingProblem>> {
  let mapped: unknown;
  try {
    mapped = route.input(event);
  } catch (error) {
    const message = `the mapping of route ${route.id} failed: ${error instanceof Error ? error.message : String(error)}`;
    return err({ code: 'mapping_failed', message, fieldErrors: [], candidate: null });
  }
  return validateInput(route, mapped);
}

export async function validateInput(
  route: Route,
  candidate: unknown,
): Promise<Result<MappedInput, MappingProblem>> {
  const checked = route.operation.input.safeParse(candidate);
  if (!checked.success) {
    const fieldErrors = toFieldErrors(checked.error);
    const message = `${route.operation.name}: ${fieldErrors.map((e) => `${e.field} ${e.rule}`).join('; ')}`;
    return err({ code: 'invalid_input', message, fieldErrors, candidate: toJson(candidate) });
  }
  return ok({ input: checked.data, hash: await hashInput(checked.data) });
}

/** What a mapping gave may be anything; null where JSON has no word for it. */
function toJson(candidate: unknown): JsonValue {
  try {
    return JSON.parse(JSON.stringify(candidate)) as JsonValue;
  } catch {
    return null;
  }
}
