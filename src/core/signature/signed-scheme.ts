// Verifies what a SignedRow says: signed content whose signature stands in a header. The key is the secret, or one of the
// sender's own that `findKey` fetches. No clock, and it never throws: whatever arrives, the answer is a value.

import { err, ok, type Result } from '../result.ts';
import { checkTimestamp } from './check-timestamp.ts';
import type { VerificationKey } from './key-cache.ts';
import { type Candidates, matchKey, matchSecretKeys } from './match-signature.ts';
import { readSignatures, type SignatureTexts, signatureHeader } from './read-signatures.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict, SignedRow } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailure, SignatureFailureReason } from './signature-failure.ts';
import { signedContent } from './signed-content.ts';

export type SignedScheme = SignatureScheme & { readonly row: SignedRow };

type Signed = { readonly texts: SignatureTexts; readonly timestamp: string | null };

/** Headers that must be there once, besides the signature's. */
function requiredHeaders(row: SignedRow): readonly string[] {
  const timestampHeader = row.timestamp?.header ?? null;
  return timestampHeader === null ? row.requiredHeaders : [timestampHeader, ...row.requiredHeaders];
}

function signatureHeaders({ place }: SignedRow, check: SignatureCheck): readonly string[] {
  if (place.kind === 'header' && place.repeatable === true) return [];
  if (place.kind !== 'numbered') return [place.name];
  return Object.keys(check.request.headers).filter((name) => name.startsWith(place.name));
}

/** Everything that can be refused without touching the body. */
function readSigned(row: SignedRow, check: SignatureCheck): Result<Signed, SignatureFailure> {
  const fail = (reason: SignatureFailureReason, header: string | null) => err({ reason, header });
  const { request, now, toleranceSeconds } = check;
  const name = signatureHeader(row.place);
  const once = [...signatureHeaders(row, check), ...requiredHeaders(row)];
  const repeated = once.find((header) => request.repeatedHeaders.includes(header));
  if (repeated !== undefined) return fail('repeated_header', repeated);
  const texts = readSignatures(request.headers, row.place);
  if (!texts.ok) return fail(texts.error, name);
  const missing = row.requiredHeaders.find((header) => (request.headers[header] ?? '') === '');
  if (missing !== undefined) return fail('missing_header', missing);
  if (row.timestamp === null) return ok({ texts: texts.value, timestamp: null });
  const { header } = row.timestamp;
  const timestamp = header === null ? texts.value.timestamp : (request.headers[header] ?? null);
  const checked = checkTimestamp({ text: timestamp, now, toleranceSeconds }, row.timestamp);
  return checked.ok ? ok({ texts: texts.value, timestamp }) : fail(checked.error, header ?? name);
}

function toCandidates(row: SignedRow, check: SignatureCheck, signed: Signed): Candidates {
  const { request, publicUrl } = check;
  return {
    texts: signed.texts.texts,
    ...(row.secretForm === 'whsec_base64' ? { ed25519: signed.texts.ed25519 } : {}),
    encoding: row.encoding,
    contents: [signedContent(row.signed, { request, timestamp: signed.timestamp, publicUrl })],
  };
}

export type FindKey = (check: SignatureCheck) => Promise<Result<VerificationKey, SignatureFailure>>;

async function verifyRow(
  row: SignedRow,
  check: SignatureCheck,
  findKey: FindKey | null,
): Promise<SignatureVerdict> {
  if (check.publicUrl === null && signsUrl(row)) {
    return { ok: false, reason: 'source_incomplete', header: null };
  }
  const signed = readSigned(row, check);
  if (!signed.ok) return { ok: false, ...signed.error };
  const candidates = toCandidates(row, check, signed.value);
  const header = signatureHeader(row.place);
  if (findKey === null) return matchSecretKeys(check, { spec: row, candidates, header });
  const key = await findKey(check);
  if (!key.ok) return { ok: false, ...key.error };
  const match = await matchKey(key.value, candidates);
  return match === 'match' ? { ok: true, verifiedWith: 'current' } : { ok: false, reason: match, header };
}

function signsUrl(row: SignedRow): boolean {
  return row.signed.some(({ kind }) => kind === 'url' || kind === 'url_path');
}

/** `findKey`: where the key is not the secret but the sender's. The secret is then no part of the proof. */
export function signedScheme(row: SignedRow, findKey: FindKey | null = null): SignedScheme {
  return {
    name: row.name,
    row,
    headers: [signatureHeader(row.place)],
    needsUrl: signsUrl(row),
    secretProblem: (secret) => (findKey === null ? secretFormProblem(secret, row.secretForm) : null),
    verify: (check) => verifyRow(row, check, findKey),
  };
}
