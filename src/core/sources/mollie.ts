// Mollie's next-gen webhooks: signed events with an id, about an entity of Mollie's. Pure. Classic webhooks are unsigned
// and another preset (mollie-classic.ts).

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { mollieRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

export const mollie: SourcePreset<OpenTopics> = definePreset({
  name: 'mollie',
  scheme: hmacScheme(mollieRow),
  id: { path: 'id' },
  type: { path: 'type' },
  entity: (from, type) => toEntity(type.split('.')[0] ?? null, textAt(from, 'entityId')),
  occurredAt: { path: 'createdAt' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(15), resendsForMs: hours(26) },
});
