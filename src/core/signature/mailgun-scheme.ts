// Mailgun: timestamp, token and their signature stand in the body, as JSON or (legacy) as form fields. The rest of the
// body is NOT signed: whoever captured one triple could send it with other contents, which TLS alone prevents.

import { isJsonObject } from '../json.ts';
import { readBodyObject, refused, textIn } from './body-fields.ts';
import { checkTimestamp } from './check-timestamp.ts';
import { matchSecretKeys } from './match-signature.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';

/** Mailgun tries for 8 h; whether under a new signature it does not say. Half as much again. */
const rule = { unit: 's', pastToleranceSeconds: 43_200, futureToleranceSeconds: 300 } as const;
const encoder = new TextEncoder();

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const body = readBodyObject(check.request);
  if (body === null) return refused('malformed_body');
  const fields = isJsonObject(body.signature) ? body.signature : body;
  const timestamp = textIn(fields, 'timestamp') ?? '';
  const token = textIn(fields, 'token') ?? '';
  const signature = textIn(fields, 'signature') ?? '';
  if (signature === '' || token === '') return refused('missing_signature');
  const { now, toleranceSeconds } = check;
  const timely = checkTimestamp({ text: timestamp, now, toleranceSeconds }, rule);
  if (!timely.ok) return refused(timely.error);
  const contents = [new Uint8Array(encoder.encode(timestamp + token))];
  return matchSecretKeys(check, {
    spec: { hash: 'SHA-256', secretForm: 'text' },
    candidates: { texts: [signature], encoding: 'hex', contents },
    header: null,
  });
}

export const mailgunScheme: SignatureScheme = {
  name: 'mailgun',
  headers: [],
  needsUrl: false,
  secretProblem: (secret) => secretFormProblem(secret, 'text'),
  verify,
};
