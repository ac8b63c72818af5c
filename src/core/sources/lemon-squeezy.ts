// Lemon Squeezy: no event id is sent, so event, object and the time of its change make one. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { lemonSqueezyRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, textAt } from './read-place.ts';
import { okReply, seconds } from './replies.ts';

export const lemonSqueezy: SourcePreset<OpenTopics> = definePreset({
  name: 'lemon-squeezy',
  scheme: hmacScheme(lemonSqueezyRow),
  id: {
    digest: [
      { path: 'meta.event_name' },
      { path: 'data.type' },
      { path: 'data.id' },
      firstOf({ path: 'data.attributes.updated_at' }, (from) => from.payload),
    ],
  },
  type: { path: 'meta.event_name' },
  // `subscription-invoices` → subscription_invoice
  entity: (from) => toEntity(textAt(from, 'data.type')?.replace(/s$/, '') ?? null, textAt(from, 'data.id')),
  occurredAt: { path: 'data.attributes.updated_at' },
  tenant: { path: 'data.attributes.store_id' },
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: seconds(155) },
});
