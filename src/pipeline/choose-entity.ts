// Part of stage 2: which entity an event is about, where the source has a rule of its own. Pure; the rule is a user's code,
// and what it throws is a problem of this event alone.

import type { SourceDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Entity, EventIdentity, HeaderMap, ParseProblem } from '../core/source.ts';
import { readId } from '../core/sources/read-field.ts';

function entityProblem(rule: string): Result<never, ParseProblem> {
  return err({ reason: 'entity_failed', field: 'entity', rule });
}

function checkEntity(entity: Entity | null): Result<Entity | null, ParseProblem> {
  if (entity === null) return ok(null);
  const kind = readId(entity.kind, 'entity kind');
  if (!kind.ok) return kind;
  const id = readId(entity.id, 'entity id');
  return id.ok ? ok({ kind: kind.value, id: id.value }) : id;
}

/** The identity with the entity the source's own rule gives, instead of what its preset found. */
export function chooseEntity(
  source: Pick<SourceDefinition, 'id' | 'entity'>,
  headers: HeaderMap,
  identity: EventIdentity,
): Result<EventIdentity, ParseProblem> {
  if (source.entity === undefined) return ok(identity);
  const { eventId: id, type, entity, payload } = identity;
  try {
    const chosen = checkEntity(source.entity({ id, source: source.id, type, entity, headers, payload }));
    return chosen.ok ? ok({ ...identity, entity: chosen.value }) : chosen;
  } catch (error) {
    return entityProblem(error instanceof Error ? error.message : 'threw something that is no Error');
  }
}
