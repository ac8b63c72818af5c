// PayPal: certificate-signed events; event id, type, entity and order. Pure.
// What belongs to one checkout order (captures, refunds) runs in that order's line.

import { paypalScheme } from '../signature/paypal-scheme.ts';
import type { Entity, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import type { PayPalTopics } from './paypal-payloads.ts';
import { type Read, textAt } from './read-place.ts';
import { days, okReply } from './replies.ts';

function readEntity(from: Read): Entity | null {
  const kind = textAt(from, 'resource_type');
  const id = textAt(from, 'resource.id');
  const order =
    kind === 'checkout-order' ? id : textAt(from, 'resource.supplementary_data.related_ids.order_id');
  return order === null ? toEntity(kind, id) : toEntity('paypal_order', order);
}

export const paypal: SourcePreset<PayPalTopics> = definePreset<PayPalTopics>({
  name: 'paypal',
  scheme: paypalScheme,
  id: { path: 'id' },
  type: { path: 'event_type' },
  entity: readEntity,
  occurredAt: { path: 'create_time' },
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: days(30) },
});
