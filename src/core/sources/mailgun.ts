// Mailgun: events as JSON, and as forms of the older kind. Pure. Only timestamp and token are signed, not the event.

import { mailgunScheme } from '../signature/mailgun-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { firstOf } from './read-place.ts';
import { hours, okReply } from './replies.ts';

export const mailgun: SourcePreset<OpenTopics> = definePreset({
  name: 'mailgun',
  scheme: mailgunScheme,
  body: 'json_or_form',
  id: firstOf({ path: 'event-data.id' }, { path: 'token' }),
  type: firstOf({ path: 'event-data.event' }, { path: 'event' }),
  entity: {
    kind: 'email',
    id: firstOf({ path: 'event-data.message.headers.message-id' }, { path: 'Message-Id' }),
  },
  occurredAt: { at: firstOf({ path: 'event-data.timestamp' }, { path: 'timestamp' }), unit: 's' },
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: hours(8) },
});
