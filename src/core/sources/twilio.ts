// Twilio: forms about messages and calls, and event streams as JSON. Pure.
// The token that Twilio repeats with a retry is in a header that is not signed; the sid and what became of it are.

import { twilioScheme } from '../signature/twilio-scheme.ts';
import type { Entity, OpenTopics, SourcePreset } from '../source.ts';
import { trimEnd } from '../trim-end.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { oneOrMany } from './items.ts';
import { firstOf, type Read, textAt } from './read-place.ts';
import { hours, seconds } from './replies.ts';

const objects = [
  { kind: 'call', sid: 'CallSid', status: 'CallStatus' },
  { kind: 'message', sid: 'MessageSid', status: 'MessageStatus' },
  { kind: 'message', sid: 'SmsSid', status: 'SmsStatus' },
] as const;

function findObject(from: Read) {
  for (const { kind, sid, status } of objects) {
    const id = textAt(from, sid);
    if (id !== null) return { kind, id, status: textAt(from, status) ?? 'received' };
  }
  return null;
}

/** A call of a recording, of a gathered digit … has one status for several callbacks: what tells them apart is added. */
function readEventId(from: Read): string | undefined {
  const object = findObject(from);
  if (object === null) return textAt(from, 'id') ?? from.headers['i-twilio-idempotency-token'];
  const details = ['SequenceNumber', 'RecordingSid', 'CallbackSource', 'Digits'].map(
    (name) => textAt(from, name) ?? '',
  );
  return trimEnd([object.id, object.status, ...details].join(':'), ':');
}

function readType(from: Read): string | undefined {
  const object = findObject(from);
  return object === null ? (textAt(from, 'type') ?? undefined) : `${object.kind}.${object.status}`;
}

function readEntity(from: Read): Entity | null {
  const object = findObject(from);
  return object === null ? null : toEntity(object.kind, object.id);
}

export const twilio: SourcePreset<OpenTopics> = definePreset({
  name: 'twilio',
  scheme: twilioScheme,
  body: 'json_or_form',
  items: oneOrMany,
  id: readEventId,
  type: readType,
  entity: readEntity,
  occurredAt: firstOf({ path: 'time' }, (from) => {
    const written = Date.parse(textAt(from, 'Timestamp') ?? '');
    return Number.isNaN(written) ? undefined : written;
  }),
  sequence: firstOf({ path: 'SequenceNumber' }, { path: 'time' }),
  tenant: { path: 'AccountSid' },
  signsGet: true,
  // TwiML that does nothing: an incoming message or call is answered by it as well.
  reply: { status: 200, contentType: 'text/xml; charset=utf-8', body: '<Response/>' },
  delivery: { answerWithinMs: seconds(15), resendsForMs: hours(4) },
});
