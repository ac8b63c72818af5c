// eBay notifications: a key of eBay's by id, a challenge that proves the endpoint, and an attempt counter in the body,
// which changes body and signature but not the event. Pure but for the key.

import { encodeHex } from '../signature/decode-bytes.ts';
import { type EbayEnvironment, ebayScheme } from '../signature/ebay-scheme.ts';
import type {
  Entity,
  HandshakeAnswer,
  HandshakeContext,
  OpenTopics,
  ReceivedRequest,
  SourcePreset,
} from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { jsonAnswer, queryParameter } from './handshakes.ts';
import { type Read, textAt } from './read-place.ts';
import { days, noContentReply, seconds } from './replies.ts';

const encoder = new TextEncoder();

/** SHA-256 over challenge, verification token and endpoint; the endpoint as it was given to eBay. */
async function handshake(
  request: ReceivedRequest,
  { secrets, publicUrl }: HandshakeContext,
): Promise<HandshakeAnswer | null> {
  const code = request.method === 'GET' ? queryParameter(request, 'challenge_code') : null;
  if (code === null || publicUrl === null || secrets.current.trim() === '') return null;
  const bytes = encoder.encode(code + secrets.current + publicUrl);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return jsonAnswer('ebay_challenge', { challengeResponse: encodeHex(digest) });
}

const entities = [
  ['order', 'orderId'],
  ['item', 'itemId'],
  ['listing', 'listingId'],
  ['ebay_user', 'userId'],
] as const;

function readEntity(from: Read): Entity | null {
  for (const [kind, name] of entities) {
    const entity = toEntity(kind, textAt(from, `notification.data.${name}`));
    if (entity !== null) return entity;
  }
  return null;
}

export function ebay(options: { readonly environment?: EbayEnvironment } = {}): SourcePreset<OpenTopics> {
  return definePreset({
    name: 'ebay',
    scheme: ebayScheme(options.environment ?? 'production'),
    credentials: ['client_id', 'client_secret'],
    id: { path: 'notification.notificationId' },
    type: { path: 'metadata.topic' },
    entity: readEntity,
    occurredAt: { path: 'notification.eventDate' },
    handshake,
    reply: noContentReply,
    delivery: { answerWithinMs: seconds(3), resendsForMs: days(1) },
  });
}
