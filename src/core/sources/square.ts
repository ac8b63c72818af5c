// Square: the signature covers the notification URL and the body; event id, type, entity and order. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { squareRow } from '../signature/schemes.ts';
import type { SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';
import type { SquareTopics } from './square-payloads.ts';

export const square: SourcePreset<SquareTopics> = definePreset<SquareTopics>({
  name: 'square',
  scheme: hmacScheme(squareRow),
  id: { path: 'event_id' },
  type: { path: 'type' },
  // `data.type` is the object of some events and the act of others; the type always begins with the object.
  entity: (from, type) => toEntity(type.split('.')[0] ?? null, textAt(from, 'data.id')),
  occurredAt: { path: 'created_at' },
  tenant: { path: 'merchant_id' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(3) },
});
