// SendGrid's event webhook: a list of events of many messages in one request, each with an id of its own. Pure.
// The secret is the public key that SendGrid shows.

import { publicKeyScheme } from '../signature/public-key-scheme.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset, toEntity } from './define-preset.ts';
import { listItems } from './items.ts';
import { textAt } from './read-place.ts';
import { hours, okReply } from './replies.ts';

/** SendGrid names no tolerance and tries for a day; whether under a new time it does not say. */
const anyAge = { pastToleranceSeconds: null, futureToleranceSeconds: null } as const;

export const sendgrid: SourcePreset<OpenTopics> = definePreset({
  name: 'sendgrid',
  scheme: publicKeyScheme({
    name: 'sendgrid',
    algorithm: 'ecdsa',
    header: 'x-twilio-email-event-webhook-signature',
    signed: '{timestamp}{body}',
    timestamp: { header: 'x-twilio-email-event-webhook-timestamp', ...anyAge },
  }),
  items: listItems,
  id: { path: 'sg_event_id' },
  type: { path: 'event' },
  // `{message}.{filter and recipient}`: the events of one message run in one line.
  entity: (from) => toEntity('email', textAt(from, 'sg_message_id')?.split('.')[0] ?? null),
  occurredAt: { at: { path: 'timestamp' }, unit: 's' },
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: hours(24) },
});
