// Part of stage 2: which entity an event is about, where the source has a rule of its own. Pure; the rule is a user's code,
// and what it throws is a problem of this event alone.

import type { SourceDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import type {
  EarlierEntityRule,
  Entity,
  EventIdentity,
  HeaderMap,
  IdentifiedEvent,
  ParseProblem,
} from '../core/source.ts';
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

/**
 * The identity with the entity the source's own rule gives, instead of what its preset found, and with those its earlier
 * rules gave. An earlier rule that fails never accepted the event, so it is left out.
 */
export function chooseEntity(
  source: Pick<SourceDefinition, 'id' | 'entity' | 'earlierEntities'>,
  headers: HeaderMap,
  identity: EventIdentity,
): Result<EventIdentity, ParseProblem> {
  const { eventId: id, type, entity, payload } = identity;
  const event: IdentifiedEvent = { id, source: source.id, type, entity, headers, payload };
  const chosen = source.entity === undefined ? ok(entity) : applyRule(source as EntityRule, event);
  if (!chosen.ok) return chosen;
  const earlierEntities = (source.earlierEntities ?? []).flatMap((rule) => {
    const earlier = applyRule(rule, event);
    return earlier.ok ? [{ untilGeneration: rule.untilGeneration, entity: earlier.value }] : [];
  });
  return ok({
    ...identity,
    entity: chosen.value,
    ...(earlierEntities.length === 0 ? {} : { earlierEntities }),
  });
}

type EntityRule = Pick<EarlierEntityRule, 'entity'>;

function applyRule(rule: EntityRule, event: IdentifiedEvent): Result<Entity | null, ParseProblem> {
  try {
    return checkEntity(rule.entity(event));
  } catch (error) {
    return entityProblem(error instanceof Error ? error.message : 'threw something that is no Error');
  }
}
