// Okta event hooks: a static header as proof, a challenge by GET, and several events in one request. Pure.

import { headerTokenScheme } from '../signature/token-scheme.ts';
import type { HandshakeAnswer, OpenTopics, ReceivedRequest, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { isEchoable, jsonAnswer } from './handshakes.ts';
import { listIn, objectOf } from './items.ts';
import { textAt } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

const challengeHeader = 'x-okta-verification-challenge';

function handshake(request: ReceivedRequest): HandshakeAnswer | null {
  const challenge = request.headers[challengeHeader];
  if (request.method !== 'GET' || request.repeatedHeaders.includes(challengeHeader)) return null;
  return isEchoable(challenge) ? jsonAnswer('okta_verification', { verification: challenge }) : null;
}

/** `header`: the "authentication field" of the hook. The secret is its "authentication secret". */
export function okta(options: { readonly header?: string } = {}): SourcePreset<OpenTopics> {
  const { header = 'authorization' } = options;
  return definePreset({
    name: 'okta',
    scheme: headerTokenScheme({ name: 'okta', header }),
    items: (payload) => listIn(objectOf(payload).data, 'events'),
    id: { path: 'uuid' },
    type: { path: 'eventType' },
    entity: (from) => toEntity(textAt(from, 'target[0].type'), textAt(from, 'target[0].id')),
    occurredAt: { path: 'published' },
    handshake,
    reply: okReply,
    delivery: { answerWithinMs: seconds(3), resendsForMs: hours(1) },
  });
}
