// DocuSign Connect (JSON): one header for each active key, any of which may match. Pure.
// A retry raises `retryCount` in the body, so the id is made of what stays: envelope, event and the time it was generated.

import { hmacScheme } from '../signature/hmac-scheme.ts';
import { docusignRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { days, okReply, seconds } from './replies.ts';

export const docusign: SourcePreset<OpenTopics> = definePreset({
  name: 'docusign',
  scheme: hmacScheme(docusignRow),
  id: [{ path: 'data.envelopeId' }, { path: 'event' }, { path: 'generatedDateTime' }],
  type: { path: 'event' },
  entity: { kind: 'envelope', id: { path: 'data.envelopeId' } },
  occurredAt: { path: 'generatedDateTime' },
  tenant: { path: 'data.accountId' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(100), resendsForMs: days(15) },
});
