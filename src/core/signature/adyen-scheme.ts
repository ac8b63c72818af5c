// Adyen's standard webhooks: every item of the body carries its own signature, over eight of its fields joined by colons.
// Nothing else of the item is signed. All items must hold: one that does not makes the whole request nobody's.

import { isJsonObject, type JsonObject } from '../json.ts';
import { limits } from '../limits.ts';
import { readBodyObject, refused, signedText, textIn } from './body-fields.ts';
import { matchKey, matchSecrets } from './match-signature.ts';
import type { SignatureCheck, SignatureScheme, SignatureVerdict } from './scheme.ts';
import { secretFormProblem } from './secret-bytes.ts';

/** The key is shown as hex and used decoded. */
const spec = { hash: 'SHA-256', secretForm: 'hex' } as const;
const encoder = new TextEncoder();

type Item = { readonly signature: string; readonly content: Uint8Array<ArrayBuffer> };

/** Not escaped and not trimmed; what is missing is empty. */
function contentOf(item: JsonObject): Uint8Array<ArrayBuffer> {
  const amount = isJsonObject(item.amount) ? item.amount : {};
  const fields = [
    item.pspReference,
    item.originalReference,
    item.merchantAccountCode,
    item.merchantReference,
    amount.value,
    amount.currency,
    item.eventCode,
    item.success,
  ];
  return new Uint8Array(encoder.encode(fields.map(signedText).join(':')));
}

function toItem(wrapped: unknown): Item | null {
  const item = isJsonObject(wrapped) ? wrapped.NotificationRequestItem : null;
  if (!isJsonObject(item)) return null;
  const additional = isJsonObject(item.additionalData) ? item.additionalData : {};
  return { signature: textIn(additional, 'hmacSignature') ?? '', content: contentOf(item) };
}

function readItems(check: SignatureCheck): readonly (Item | null)[] | null {
  const items = readBodyObject(check.request)?.notificationItems;
  const some = Array.isArray(items) && items.length > 0 && items.length <= limits.maxBatchItems;
  return some ? items.map(toItem) : null;
}

async function verify(check: SignatureCheck): Promise<SignatureVerdict> {
  const found = readItems(check);
  const items = found?.filter((item) => item !== null);
  if (items === undefined || items.length !== found?.length) return refused('malformed_body');
  if (items.some(({ signature }) => signature === '')) return refused('missing_signature');
  return matchSecrets(check, null, async (secret) => {
    const key = await check.keys.keyOf(secret, spec);
    if (key === null) return 'secret_unusable';
    for (const { signature, content } of items) {
      const match = await matchKey(key, { texts: [signature], encoding: 'base64', contents: [content] });
      if (match !== 'match') return match;
    }
    return 'match';
  });
}

export const adyenItemScheme: SignatureScheme = {
  name: 'adyen',
  headers: [],
  needsUrl: false,
  secretProblem: (secret) => secretFormProblem(secret, 'hex'),
  verify,
};
