// Adyen's platform, management and other webhooks: the whole body signed in a header, one event a request. Pure.
// There is no event id: type, the changed thing and the time make one, and the body where there is no time.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { adyenPlatformRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

/** `balancePlatform.accountHolder.updated` is about an account holder, whose id stands under one of these. */
const idPaths = ['data.id', 'data.accountHolder.id', 'data.balanceAccount.id', 'data.transfer.id'] as const;

function readObjectId(from: Read): string | null {
  for (const path of idPaths) {
    const id = textAt(from, path);
    if (id !== null) return id;
  }
  return null;
}

export const adyenPlatform: SourcePreset<OpenTopics> = definePreset({
  name: 'adyen-platform',
  scheme: hmacScheme(adyenPlatformRow),
  id: { digest: [(from) => from.payload] },
  type: { path: 'type' },
  entity: (from, type) => toEntity(type.split('.').at(-2) ?? null, readObjectId(from)),
  occurredAt: firstOf({ path: 'timestamp' }, { path: 'data.updatedAt' }, { path: 'data.creationDate' }),
  tenant: firstOf({ path: 'data.balancePlatform' }, { path: 'data.merchantId' }),
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(30) },
});
