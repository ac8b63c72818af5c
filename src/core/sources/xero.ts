// Xero: thin events in batches, and the intent to receive: requests that are signed rightly and wrongly on purpose, to be
// answered 200 and 401 with nothing in the body. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { xeroRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { itemsIn } from './items.ts';
import { textAt } from './read-place.ts';
import { emptyOkReply, hours, seconds } from './replies.ts';

export const xero: SourcePreset<OpenTopics> = definePreset({
  name: 'xero',
  scheme: hmacScheme(xeroRow),
  items: itemsIn('events'),
  id: [
    { path: 'tenantId' },
    { path: 'eventCategory' },
    { path: 'eventType' },
    { path: 'resourceId' },
    { path: 'eventDateUtc' },
  ],
  type: [{ path: 'eventCategory' }, { path: 'eventType' }],
  entity: { kind: { path: 'eventCategory' }, id: { path: 'resourceId' } },
  // Written without its zone, which is UTC.
  occurredAt: (from) => textAt(from, 'eventDateUtc')?.replace(/Z?$/, 'Z'),
  tenant: { path: 'tenantId' },
  thin: true,
  reply: emptyOkReply,
  bareRefusal: true,
  delivery: { answerWithinMs: seconds(5), resendsForMs: hours(24) },
});
