// Plaid: a JWT beside the body, with the body's digest in it; keys are had from Plaid by id, with the API's credentials.
// Any customer could point its webhooks here, signed alike, so the source's URL carries a token besides: the secret.
// Pure but for the key, which comes through the port.

import { err, ok } from '../result.ts';
import { textIn } from '../signature/body-fields.ts';
import { allOf } from '../signature/combine-schemes.ts';
import { parseJsonObject, readKeyDocument } from '../signature/jwks.ts';
import { type FindJwk, jwtScheme } from '../signature/jwt-scheme.ts';
import { onHost } from '../signature/remote-keys.ts';
import { urlTokenScheme } from '../signature/token-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { objectOf } from './items.ts';
import type { Read } from './read-place.ts';
import { days, okReply, seconds } from './replies.ts';

export type PlaidEnvironment = 'production' | 'sandbox';

/** Plaid asks for keys to be kept, and marks the ones it will stop using; a day bounds how late that is noticed, ms. */
const keyMaxAgeMs = 86_400_000;

function findKey(environment: PlaidEnvironment): FindJwk {
  const host = `${environment}.plaid.com`;
  return async (keyId, { credentials, remoteKeys }) => {
    const { client_id, secret } = credentials;
    if (client_id === undefined || secret === undefined) return err('source_incomplete');
    const text = await readKeyDocument(remoteKeys, {
      url: `https://${host}/webhook_verification_key/get`,
      allows: onHost(host),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id, secret, key_id: keyId }),
      cacheAs: `plaid ${environment} key ${keyId}`,
      maxAgeMs: keyMaxAgeMs,
    });
    if (!text.ok) return text;
    const key = objectOf(parseJsonObject(text.value)?.key);
    // A key that Plaid has marked signs nothing new.
    const expired = key.expired_at !== null && key.expired_at !== undefined;
    return textIn(key, 'kty') === null || expired ? err('key_unusable') : ok(key);
  };
}

/** The time of the token: Plaid says the same of an item again and again, in the same words. */
function issuedAt({ headers }: Read): number | undefined {
  const [, claims = ''] = (headers['plaid-verification'] ?? '').split('.');
  try {
    const { iat } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')));
    return typeof iat === 'number' ? iat : undefined;
  } catch {
    return undefined;
  }
}

export function plaid(options: { readonly environment?: PlaidEnvironment } = {}): SourcePreset<OpenTopics> {
  const { environment = 'production' } = options;
  const token = jwtScheme({
    name: 'plaid-jwt',
    header: 'plaid-verification',
    algorithms: ['ES256'],
    key: { kind: 'by_id', find: findKey(environment) },
    maxAgeSeconds: 300,
    bodyDigestClaim: 'request_body_sha256',
  });
  return definePreset({
    name: 'plaid',
    scheme: allOf('plaid', [token, urlTokenScheme({ name: 'plaid-url' })]),
    credentials: ['client_id', 'secret'],
    // Not the body alone: "there are updates" of next week would be taken for today's. A retry may so become an event
    // of its own, which fetches once more what it fetched before.
    id: { digest: [(from) => from.payload, issuedAt] },
    type: [{ path: 'webhook_type' }, { path: 'webhook_code' }],
    entity: { kind: 'item', id: { path: 'item_id' } },
    occurredAt: { at: issuedAt, unit: 's' },
    thin: true,
    reply: okReply,
    delivery: { answerWithinMs: seconds(10), resendsForMs: days(1) },
  });
}
