// What two tellings of one fact have in common, whatever their event ids: source, type, entity and version. Reconciliation
// compares by it, and a sender without usable ids is deduplicated by it. Pure.

import type { EventIdentity } from '../source.ts';

/** Null where the event has no entity, or nothing that tells its versions apart. */
export function semanticIdOf(
  source: string,
  { type, entity, version, sequence, occurredAt }: Omit<EventIdentity, 'payload' | 'eventId'>,
): string | null {
  const state = version ?? sequence ?? occurredAt;
  if (entity === null || state === null) return null;
  return [source, type, entity.kind, entity.id, String(state)].map(encodeURIComponent).join('/');
}
