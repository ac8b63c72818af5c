// Amazon SNS: the signature stands in the body, over named fields, with a certificate that the body points to. The secret is
// the topic's ARN (or several): anybody may have a topic that posts here, and theirs would be signed as well.
// The topic is compared before the certificate is asked for, and the certificate comes from SNS' own hosts alone.

import type { JsonObject } from '../json.ts';
import { err, ok, type Result } from '../result.ts';
import { listOf, readBodyObject, refused, textIn } from './body-fields.ts';
import { checkTimestamp } from './check-timestamp.ts';
import { equalTexts } from './constant-time.ts';
import { readKeyDocument } from './jwks.ts';
import type { VerificationKey } from './key-cache.ts';
import { matchKey, matchSecrets } from './match-signature.ts';
import type { AddressRule } from './remote-keys.ts';
import type { HmacHash, SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

const host = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(?:\.cn)?$/;

export const isSnsHost: AddressRule = ({ hostname }) => host.test(hostname);

const arn = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_.-]{1,256}$/;
const hashes: Readonly<Record<string, HmacHash>> = { '1': 'SHA-1', '2': 'SHA-256' };

/** Senders of subscription messages: the fields that are signed, in their order. */
const controlFields = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
const notificationFields = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const signedFields: Readonly<Record<string, readonly string[]>> = {
  Notification: notificationFields,
  SubscriptionConfirmation: controlFields,
  UnsubscribeConfirmation: controlFields,
};

/** SNS tries for at most an hour under the time of publishing; five minutes for the clocks. */
const rule = { unit: 'iso', pastToleranceSeconds: 3_900, futureToleranceSeconds: 300 } as const;

/** A certificate's address names it; a day bounds how long a withdrawn one is believed, ms. */
const certificateMaxAgeMs = 86_400_000;
const encoder = new TextEncoder();

/** `SubscribeURL`; Lambda writes `SubscribeUrl`. */
export function snsField(message: JsonObject, name: string): string | null {
  return textIn(message, name) ?? textIn(message, name.replace(/URL$/, 'Url'));
}

/** Null where a field that is signed is missing: only a subject may be. */
function contentOf(message: JsonObject): Uint8Array<ArrayBuffer> | null {
  let content = '';
  for (const name of signedFields[textIn(message, 'Type') ?? ''] ?? []) {
    const value = snsField(message, name);
    if (value !== null) content += `${name}\n${value}\n`;
    else if (name !== 'Subject') return null;
  }
  return content === '' ? null : new Uint8Array(encoder.encode(content));
}

async function findKey(
  check: SignatureCheck,
  message: JsonObject,
  hash: HmacHash,
): Promise<Result<VerificationKey, SignatureFailureReason>> {
  const url = snsField(message, 'SigningCertURL') ?? '';
  const text = await readKeyDocument(check.remoteKeys, {
    url,
    allows: (parsed) => isSnsHost(parsed) && parsed.pathname.endsWith('.pem') && parsed.search === '',
    cacheAs: `sns ${url}`,
    maxAgeMs: certificateMaxAgeMs,
  });
  if (!text.ok) return text;
  const key = await check.keys.keyOf(text.value, { hash, secretForm: 'public_key', algorithm: 'rsa' });
  return key === null ? err('key_unusable') : ok(key);
}

async function isOneOf(topic: string, secret: string): Promise<boolean> {
  const answers = await Promise.all(listOf(secret).map((each) => equalTexts(each, topic)));
  return answers.includes(true);
}

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const message = readBodyObject(check.request);
  const content = message === null ? null : contentOf(message);
  if (message === null || content === null) return refused('malformed_body');
  const signature = textIn(message, 'Signature') ?? '';
  if (signature === '') return refused('missing_signature');
  const hash = hashes[textIn(message, 'SignatureVersion') ?? ''];
  if (hash === undefined) return refused('algorithm_not_allowed');
  const { now, toleranceSeconds } = check;
  const timely = checkTimestamp({ text: textIn(message, 'Timestamp'), now, toleranceSeconds }, rule);
  if (!timely.ok) return refused(timely.error);
  const topic = textIn(message, 'TopicArn') ?? '';
  const ours = await matchSecrets(check, null, async (secret) => {
    if (secretProblem(secret) !== null) return 'secret_unusable';
    return (await isOneOf(topic, secret)) ? 'match' : 'not_ours';
  });
  if (!ours.ok) return ours;
  const key = await findKey(check, message, hash);
  if (!key.ok) return refused(key.error);
  const match = await matchKey(key.value, { texts: [signature], encoding: 'base64', contents: [content] });
  return match === 'match' ? ours : refused(match);
}

function secretProblem(secret: string): string | null {
  const topics = listOf(secret);
  const all = topics.length > 0 && topics.every((topic) => arn.test(topic));
  return all ? null : 'it must be the ARN of an SNS topic, or several by commas';
}

export const snsScheme: SignatureScheme = {
  name: 'sns',
  headers: [],
  needsUrl: false,
  secretProblem,
  verify,
};
