// Zoom: events without an id, and a URL validation that must be answered with an HMAC of a token that Zoom chose. Pure.
// That answer would sign anything: only a token that could never be a webhook's signed content is signed so.

import { isJsonObject } from '../json.ts';
import { encodeHex } from '../signature/decode-bytes.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { zoomRow } from '../signature/schemes.ts';
import type {
  HandshakeAnswer,
  HandshakeContext,
  OpenTopics,
  ReceivedRequest,
  SourcePreset,
} from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { jsonAnswer } from './handshakes.ts';
import { objectOf } from './items.ts';
import { parseBody } from './parse-body.ts';
import { textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

/** Signed content begins with `v0:`; a token of these characters cannot. */
const plainTokenPattern = /^[A-Za-z0-9_-]{8,128}$/;

/** A validation is some 150 bytes; nothing larger is read before it is proven. */
const maxValidationBytes = 2_048;
const encoder = new TextEncoder();

async function handshake(
  request: ReceivedRequest,
  { secrets }: HandshakeContext,
): Promise<HandshakeAnswer | null> {
  const isShort = request.method === 'POST' && request.body.length <= maxValidationBytes;
  const body = isShort ? parseBody('json', request) : null;
  if (body?.ok !== true || !isJsonObject(body.value)) return null;
  if (body.value.event !== 'endpoint.url_validation' || secrets.current.trim() === '') return null;
  const { plainToken } = objectOf(body.value.payload);
  if (typeof plainToken !== 'string' || !plainTokenPattern.test(plainToken)) return null;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secrets.current), algorithm, false, [
    'sign',
  ]);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(plainToken)));
  return jsonAnswer('zoom_url_validation', { plainToken, encryptedToken: encodeHex(mac) });
}

export const zoom: SourcePreset<OpenTopics> = definePreset({
  name: 'zoom',
  scheme: hmacScheme(zoomRow),
  // The body holds the time of the event to the millisecond, and a retry has the same body.
  id: { digest: [(from) => from.payload] },
  type: { path: 'event' },
  entity: (from, type) =>
    toEntity(
      type.split('.')[0] ?? null,
      textAt(from, 'payload.object.uuid') ?? textAt(from, 'payload.object.id'),
    ),
  occurredAt: { at: { path: 'event_ts' }, unit: 'ms' },
  tenant: { path: 'payload.account_id' },
  handshake,
  reply: okReply,
  delivery: { answerWithinMs: seconds(3), resendsForMs: hours(2) },
});
