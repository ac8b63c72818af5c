// Adyen's standard webhooks: a list of items, each signed by itself, each an event. Pure.
// There is no event id: an item is known by event code, PSP reference and success, which a repeat has in common.

import type { JsonValue } from '../json.ts';
import { adyenItemScheme } from '../signature/adyen-scheme.ts';
import type { SourcePreset } from '../source.ts';
import type { AdyenTopics } from './adyen-payloads.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { listIn, objectOf } from './items.ts';
import { textAt } from './read-place.ts';
import { days, seconds } from './replies.ts';

/** The items, each with what the envelope says of all of them. */
function toItems(payload: JsonValue): readonly JsonValue[] | null {
  const { live } = objectOf(payload);
  const items = listIn(payload, 'notificationItems');
  return items?.map((item) => ({ ...objectOf(objectOf(item).NotificationRequestItem), live })) ?? null;
}

export const adyen: SourcePreset<AdyenTopics> = definePreset<AdyenTopics>({
  name: 'adyen',
  scheme: adyenItemScheme,
  items: toItems,
  id: [{ path: 'eventCode' }, { path: 'pspReference' }, { path: 'success' }],
  type: { path: 'eventCode' },
  // A capture, refund or cancellation names the payment it changes, and runs in the payment's line.
  entity: (from) => toEntity('payment', textAt(from, 'originalReference') ?? textAt(from, 'pspReference')),
  occurredAt: { path: 'eventDate' },
  tenant: { path: 'merchantAccountCode' },
  // What endpoints set up long ago wait for; newer ones take any 2xx.
  reply: { status: 200, contentType: 'text/plain; charset=utf-8', body: '[accepted]' },
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(30) },
});
