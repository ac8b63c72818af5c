// ShipStation v2 and ShipEngine: RSA with a key of the sender's JWKS, over time and body. Pure but for the key.
// The keys sign for every customer, so the source's URL carries a token besides: the secret.

import { allOf } from '../signature/combine-schemes.ts';
import { jwksMaxAgeMs, keyFromJwks } from '../signature/jwks.ts';
import { publicKeyScheme } from '../signature/public-key-scheme.ts';
import { onHost } from '../signature/remote-keys.ts';
import { urlTokenScheme } from '../signature/token-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { firstOf } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

const signature = publicKeyScheme({
  name: 'shipstation-rsa',
  algorithm: 'rsa',
  header: 'x-shipengine-rsa-sha256-signature',
  signed: '{timestamp}.{body}',
  timestamp: { header: 'x-shipengine-timestamp', unit: 'iso' },
  findKey: keyFromJwks({
    document: {
      url: 'https://api.shipengine.com/jwks',
      allows: onHost('api.shipengine.com'),
      cacheAs: 'shipengine jwks',
      maxAgeMs: jwksMaxAgeMs,
    },
    keyIdHeader: 'x-shipengine-rsa-sha256-key-id',
    algorithm: 'rsa',
  }),
});

export const shipstation: SourcePreset<OpenTopics> = definePreset({
  name: 'shipstation',
  scheme: allOf('shipstation', [signature, urlTokenScheme({ name: 'shipstation-url' })]),
  // There is no event id. A body with data tells all there is to know: the same again is nothing new. One without may
  // come again for another change, so its time counts too.
  id: {
    digest: [
      (from) => from.payload,
      firstOf((from) => hasData(from.payload), { header: 'x-shipengine-timestamp' }),
    ],
  },
  type: { path: 'resource_type' },
  entity: {
    kind: 'parcel',
    id: firstOf({ path: 'data.tracking_number' }, { path: 'data.label_id' }, { path: 'data.batch_id' }),
  },
  occurredAt: firstOf({ path: 'data.events[0].occurred_at' }, { header: 'x-shipengine-timestamp' }),
  sequence: { path: 'data.events[0].occurred_at' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(10), resendsForMs: days(1) },
});

function hasData(payload: unknown): true | undefined {
  const data = (payload as { readonly data?: unknown } | null)?.data;
  return typeof data === 'object' && data !== null ? true : undefined;
}
