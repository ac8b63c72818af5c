// Meta (Facebook, Instagram, WhatsApp): several changes in one request, signed with the app secret; the endpoint is proven
// once by a verify token, which is another secret. Pure.

import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { equalTexts } from '../signature/constant-time.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { metaRow } from '../signature/schemes.ts';
import type {
  HandshakeAnswer,
  HandshakeContext,
  OpenTopics,
  ReceivedRequest,
  SourcePreset,
} from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { queryParameter, textAnswer } from './handshakes.ts';
import { listIn, objectOf } from './items.ts';
import { textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

async function handshake(
  request: ReceivedRequest,
  { credentials }: HandshakeContext,
): Promise<HandshakeAnswer | null> {
  if (request.method !== 'GET' || queryParameter(request, 'hub.mode') !== 'subscribe') return null;
  const challenge = queryParameter(request, 'hub.challenge');
  const shown = queryParameter(request, 'hub.verify_token');
  const expected = credentials.verify_token ?? '';
  if (challenge === null || shown === null || expected === '') return null;
  return (await equalTexts(shown, expected)) ? textAnswer('meta_subscription', challenge) : null;
}

/** `changes` of most products, `messaging` of Messenger: each with what its entry says of all of them. */
function changesOf(object: JsonValue | undefined, entry: JsonObject): readonly JsonObject[] {
  const own = { object, entry_id: entry.id, time: entry.time };
  const changes = (listIn(entry, 'changes') ?? []).map((change) => ({ ...own, ...objectOf(change) }));
  const messages = (listIn(entry, 'messaging') ?? []).map((message) => ({
    ...own,
    field: 'messaging',
    value: message,
  }));
  return [...changes, ...messages];
}

export const meta: SourcePreset<OpenTopics> = definePreset({
  name: 'meta',
  scheme: hmacScheme(metaRow),
  credentials: ['verify_token'],
  items: (payload) => {
    const entries = listIn(payload, 'entry');
    const { object } = objectOf(payload);
    return entries?.filter(isJsonObject).flatMap((entry) => changesOf(object, entry)) ?? null;
  },
  id: { digest: [(from) => from.payload] },
  type: [{ path: 'object' }, { path: 'field' }],
  entity: (from) => toEntity(textAt(from, 'object'), textAt(from, 'entry_id')),
  // Seconds of most products; Messenger's are milliseconds.
  occurredAt: (from) => {
    const time = Number(textAt(from, 'time') ?? Number.NaN);
    return Number.isNaN(time) ? undefined : time < 1e11 ? time * 1000 : time;
  },
  tenant: { path: 'entry_id' },
  handshake,
  reply: okReply,
  delivery: { answerWithinMs: seconds(5), resendsForMs: hours(36) },
});
