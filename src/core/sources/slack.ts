// Slack: Events API, slash commands and interactions, all signed alike; the URL verification is signed too. Pure.

import { isJsonObject, type JsonValue } from '../json.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import { slackRow } from '../signature/schemes.ts';
import type { Acknowledgement, Entity, OpenTopics, SourcePreset, VerifiedRequest } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { isEchoable, textAnswer } from './handshakes.ts';
import { parseBody } from './parse-body.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { emptyOkReply, hours, seconds } from './replies.ts';

/** Interactions are JSON in the one field of a form. */
function unwrap({ payload }: Read): JsonValue {
  if (!isJsonObject(payload) || typeof payload.payload !== 'string') return payload;
  try {
    return JSON.parse(payload.payload) as JsonValue;
  } catch {
    return payload;
  }
}

const inside = (read: (from: Read) => string | null) => (from: Read) =>
  read({ ...from, payload: unwrap(from) }) ?? undefined;

/** `message`, `block_actions`, `slash_command`: of an event callback the type of the event in it. */
function readType(from: Read): string | null {
  const type = textAt(from, 'type');
  if (type === 'event_callback') return textAt(from, 'event.type') ?? type;
  return type ?? (textAt(from, 'command') === null ? null : 'slash_command');
}

function readEntity(from: Read): Entity | null {
  const own = { ...from, payload: unwrap(from) };
  const team = textAt(own, 'team_id') ?? textAt(own, 'team.id');
  const channel = textAt(own, 'event.channel') ?? textAt(own, 'channel_id') ?? textAt(own, 'channel.id');
  return team === null || channel === null ? null : toEntity('slack_channel', `${team}:${channel}`);
}

function acknowledge(request: VerifiedRequest): Acknowledgement | null {
  const body = parseBody('json_or_form', request);
  if (!body.ok || !isJsonObject(body.value) || body.value.type !== 'url_verification') return null;
  const { challenge } = body.value;
  return isEchoable(challenge) ? { answer: textAnswer('slack_url_verification', challenge) } : null;
}

export const slack: SourcePreset<OpenTopics> = definePreset({
  name: 'slack',
  scheme: hmacScheme(slackRow),
  body: 'json_or_form',
  id: firstOf(
    { path: 'event_id' },
    inside((from) => textAt(from, 'trigger_id')),
  ),
  type: inside(readType),
  entity: readEntity,
  occurredAt: { at: firstOf({ path: 'event.event_ts' }, { path: 'event_time' }), unit: 's' },
  tenant: firstOf(
    { path: 'team_id' },
    inside((from) => textAt(from, 'team.id')),
  ),
  acknowledge,
  reply: emptyOkReply,
  delivery: { answerWithinMs: seconds(3), resendsForMs: hours(1) },
});
