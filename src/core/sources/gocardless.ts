// GoCardless: a list of events in one request, each with an id of its own. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { goCardlessRow } from '../signature/schemes.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { itemsIn } from './items.ts';
import { type Read, textAt } from './read-place.ts';
import { days, noContentReply, seconds } from './replies.ts';

/** `payments` → payment, whose id stands under `links.payment`. */
function readEntity(from: Read): Entity | null {
  const kind = (textAt(from, 'resource_type') ?? '').replace(/s$/, '');
  return kind === '' ? null : toEntity(kind, textAt(from, `links.${kind}`));
}

export const gocardless: SourcePreset<OpenTopics> = definePreset({
  name: 'gocardless',
  scheme: hmacScheme(goCardlessRow),
  items: itemsIn('events'),
  id: { path: 'id' },
  type: [{ path: 'resource_type' }, { path: 'action' }],
  entity: readEntity,
  occurredAt: { path: 'created_at' },
  tenant: { path: 'links.organisation' },
  reply: noContentReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(3) },
});
