// Paddle Billing: event id, type, entity and order. Pure. `notification_id` is one per destination; the event id is not.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { paddleRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

export const paddle: SourcePreset<OpenTopics> = definePreset({
  name: 'paddle',
  scheme: hmacScheme(paddleRow),
  id: { path: 'event_id' },
  type: { path: 'event_type' },
  entity: (from, type) => toEntity(type.split('.')[0] ?? null, textAt(from, 'data.id')),
  occurredAt: { path: 'occurred_at' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(5), resendsForMs: days(3) },
});
