// Linear: the body is signed and holds the time of sending; the header with that time is not signed. Pure.

import { readBodyObject, refused } from '../signature/body-fields.ts';
import { checkTimestamp } from '../signature/check-timestamp.ts';
import { hmacScheme } from '../signature/hmac-scheme.ts';
import type { SignatureScheme } from '../signature/scheme.ts';
import { linearRow } from '../signature/schemes.ts';
import type { OpenTopics, SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { hours, okReply, seconds } from './replies.ts';

/** Linear's own library allows a minute. */
const rule = { unit: 'ms', pastToleranceSeconds: 60, futureToleranceSeconds: 60 } as const;
const timestampHeader = 'linear-timestamp';
const signed = hmacScheme(linearRow);

const scheme: SignatureScheme = {
  ...signed,
  verify: async (check) => {
    const verdict = await signed.verify(check);
    if (!verdict.ok) return verdict;
    const inBody = readBodyObject(check.request)?.webhookTimestamp;
    const text = typeof inBody === 'number' ? String(inBody) : check.request.headers[timestampHeader];
    const { now, toleranceSeconds } = check;
    const timely = checkTimestamp({ text, now, toleranceSeconds }, rule);
    return timely.ok ? verdict : refused(timely.error, timestampHeader);
  },
};

export const linear: SourcePreset<OpenTopics> = definePreset({
  name: 'linear',
  scheme,
  id: { header: 'linear-delivery' },
  type: [{ path: 'type' }, { path: 'action' }],
  entity: { kind: { path: 'type' }, id: { path: 'data.id' } },
  occurredAt: { path: 'createdAt' },
  sequence: { path: 'data.updatedAt' },
  tenant: { path: 'organizationId' },
  reply: okReply,
  delivery: { answerWithinMs: seconds(5), resendsForMs: hours(8) },
});
