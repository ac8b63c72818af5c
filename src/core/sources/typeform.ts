// Typeform: one response a request. Pure.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { typeformRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { hours, okReply, seconds } from './replies.ts';

export const typeform: SourcePreset<OpenTopics> = definePreset({
  name: 'typeform',
  scheme: hmacScheme(typeformRow),
  id: { path: 'event_id' },
  type: { path: 'event_type' },
  entity: { kind: 'response', id: { path: 'form_response.token' } },
  occurredAt: { path: 'form_response.submitted_at' },
  tenant: { path: 'form_response.form_id' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(30), resendsForMs: hours(10) },
});
