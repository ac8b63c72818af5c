// Discord: webhook events and interactions, signed with the application's Ed25519 key, which is the secret. Pure.
// Discord signs wrongly on purpose and takes the endpoint away if that is not answered 401: nothing is answered unproven.

import { isJsonObject } from '../json.ts';
import { publicKeyScheme } from '../signature/public-key-scheme.ts';
import type { Acknowledgement, OpenTopics, SourcePreset, VerifiedRequest } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { emptyAnswer, jsonAnswer } from './handshakes.ts';
import { parseBody } from './parse-body.ts';
import { firstOf, textAt } from './read-place.ts';
import { hours, noContentReply, seconds } from './replies.ts';

/** Discord names no tolerance and signs each attempt; a whole request sent again is the same event. */
const anyAge = { pastToleranceSeconds: null, futureToleranceSeconds: null } as const;

/** A webhook event's PING has type 0; an interaction's has type 1 and, unlike an event, a token. */
function acknowledge(request: VerifiedRequest): Acknowledgement | null {
  const body = parseBody('json', request);
  if (!body.ok || !isJsonObject(body.value)) return null;
  const { type, event } = body.value;
  if (type === 0) return { answer: emptyAnswer('discord_ping', 204) };
  return type === 1 && event === undefined
    ? { answer: jsonAnswer('discord_interaction_ping', { type: 1 }) }
    : null;
}

export const discord: SourcePreset<OpenTopics> = definePreset({
  name: 'discord',
  scheme: publicKeyScheme({
    name: 'discord',
    algorithm: 'ed25519',
    header: 'x-signature-ed25519',
    encoding: 'hex',
    signed: '{timestamp}{body}',
    timestamp: { header: 'x-signature-timestamp', ...anyAge },
  }),
  id: { digest: [firstOf({ path: 'id' }, (from) => from.payload)] },
  type: firstOf({ path: 'event.type' }, (from) => `interaction.${textAt(from, 'type') ?? 'unknown'}`),
  entity: (from) =>
    toEntity('discord_user', textAt(from, 'event.data.user.id') ?? textAt(from, 'event.data.user_id')),
  occurredAt: { path: 'event.timestamp' },
  tenant: { path: 'application_id' },
  acknowledge,
  reply: noContentReply,
  delivery: { answerWithinMs: seconds(3), resendsForMs: hours(1) },
});
