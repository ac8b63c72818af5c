// Adobe I/O Events: two RSA signatures of the body by two of Adobe's keys, of which either suffices; the headers name the
// keys' paths on one fixed host. The secret is the client id (or several) that the events must be for: Adobe signs
// everybody's alike. The client id is compared before a key is asked for.

import { isJsonObject, type JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { listOf, readBody, refused, textIn } from './body-fields.ts';
import { equalTexts } from './constant-time.ts';
import { readKeyDocument } from './jwks.ts';
import { type KeyMatch, matchKey, matchSecrets } from './match-signature.ts';
import { onHost } from './remote-keys.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

const host = 'static.adobeioevents.com';
const keyPath = /^\/[A-Za-z0-9/_-]{1,200}\.pem$/;
const slots = [1, 2].map((number) => ({
  signature: `x-adobe-digital-signature-${number}`,
  path: `x-adobe-public-key${number}-path`,
}));

/** What Adobe allows a key to be kept for, ms. */
const keyMaxAgeMs = 86_400_000;
const spec = { hash: 'SHA-256', secretForm: 'public_key', algorithm: 'rsa' } as const;

type Slot = (typeof slots)[number];

async function matchSlot(check: SignatureCheck, slot: Slot): Promise<KeyMatch | SignatureFailureReason> {
  const { headers, repeatedHeaders, body } = check.request;
  if (repeatedHeaders.includes(slot.signature) || repeatedHeaders.includes(slot.path))
    return 'repeated_header';
  const signature = headers[slot.signature] ?? '';
  const path = headers[slot.path] ?? '';
  if (signature.trim() === '') return 'missing_signature';
  if (signature.length > limits.maxSignatureHeaderCharacters) return 'signature_too_long';
  if (path === '') return 'missing_header';
  if (!keyPath.test(path)) return 'key_not_allowed';
  const document = { url: `https://${host}${path}`, allows: onHost(host), maxAgeMs: keyMaxAgeMs };
  const text = await readKeyDocument(check.remoteKeys, { ...document, cacheAs: `adobe ${path}` });
  if (!text.ok) return text.error;
  const key = await check.keys.keyOf(text.value, spec);
  if (key === null) return 'key_unusable';
  return matchKey(key, { texts: [signature], encoding: 'base64', contents: [body] });
}

/** Events come one by one, or as a list. */
function recipients(body: JsonValue | null): readonly (string | null)[] {
  return (Array.isArray(body) ? body : [body]).map((event) =>
    isJsonObject(event) ? (textIn(event, 'recipient_client_id') ?? textIn(event, 'recipientclientid')) : null,
  );
}

async function areFor(secret: string, clients: readonly (string | null)[]): Promise<boolean> {
  const own = listOf(secret);
  for (const client of clients) {
    const answers = await Promise.all(own.map((each) => equalTexts(each, client ?? '')));
    if (!answers.includes(true)) return false;
  }
  return clients.length > 0;
}

/** What is worth telling, when neither signature holds: that a key could not be had goes first, for it may pass. */
function worstOf(reasons: readonly SignatureFailureReason[]): SignatureFailureReason {
  const ranked: readonly SignatureFailureReason[] = ['key_unavailable', 'repeated_header', 'mismatch'];
  return ranked.find((reason) => reasons.includes(reason)) ?? reasons[0] ?? 'missing_signature';
}

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const clients = recipients(readBody(check.request));
  const ours = await matchSecrets(check, null, async (secret) => {
    if (secret.trim() === '') return 'secret_unusable';
    return (await areFor(secret, clients)) ? 'match' : 'not_ours';
  });
  if (!ours.ok) return ours;
  const reasons: SignatureFailureReason[] = [];
  for (const slot of slots) {
    const match = await matchSlot(check, slot);
    if (match === 'match') return ours;
    reasons.push(match);
  }
  return refused(worstOf(reasons), slots[0]?.signature ?? null);
}

export const adobeScheme: SignatureScheme = {
  name: 'adobe-io-events',
  headers: slots.map(({ signature }) => signature),
  needsUrl: false,
  secretProblem: (secret) => secretFormProblem(secret, 'text'),
  verify,
};
