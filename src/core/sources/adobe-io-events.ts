// Adobe I/O Events (Commerce events among them): one event or a list, and a challenge by GET. Pure but for Adobe's keys.

import { adobeScheme } from '../signature/adobe-scheme.ts';
import type { HandshakeAnswer, OpenTopics, ReceivedRequest, SourcePreset } from '../source.ts';
import { definePreset, type EntityPlace } from './define-preset.ts';
import { jsonAnswer, queryParameter } from './handshakes.ts';
import { oneOrMany } from './items.ts';
import { firstOf } from './read-place.ts';
import { hours, okReply, seconds } from './replies.ts';

function handshake(request: ReceivedRequest): HandshakeAnswer | null {
  const challenge = request.method === 'GET' ? queryParameter(request, 'challenge') : null;
  return challenge === null ? null : jsonAnswer('adobe_challenge', { challenge });
}

/**
 * `entity`: which of the observed fields is the entity's id, for what Commerce sends is what the subscription names,
 * e.g. `{ kind: 'order', id: { path: 'event.data.value.increment_id' } }`.
 */
export function adobeIoEvents(options: { readonly entity?: EntityPlace } = {}): SourcePreset<OpenTopics> {
  const { entity } = options;
  return definePreset({
    name: 'adobe-io-events',
    scheme: adobeScheme,
    items: oneOrMany,
    id: firstOf({ path: 'event_id' }, { path: 'id' }, { header: 'x-adobe-event-id' }),
    type: firstOf({ path: 'type' }, { path: 'event_code' }, { header: 'x-adobe-event-code' }),
    ...(entity === undefined ? {} : { entity }),
    occurredAt: firstOf({ path: 'time' }, { path: 'event.time' }, { path: 'event.header.msgCreatedOn' }),
    handshake,
    reply: okReply,
    delivery: { answerWithinMs: seconds(10), resendsForMs: hours(24) },
  });
}
