// Takes the signatures (and, where it stands there, the timestamp) out of the signature header.
// Pure; decodes nothing and compares nothing. Bounded before it is split.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { SignaturePlace } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

export type SignatureTexts = {
  /** For HMAC keys. */
  readonly hmac: readonly string[];
  /** For public keys. */
  readonly ed25519: readonly string[];
  /** Null where the header holds none. */
  readonly timestamp: string | null;
};

type Texts = Result<SignatureTexts, SignatureFailureReason>;

function readHeader(value: string, place: SignaturePlace & { readonly kind: 'header' }): Texts {
  // Fetch joins repeated fields with a comma, and no encoding of a signature contains one.
  if (value.includes(',')) return err('repeated_header');
  const prefix = place.prefix ?? '';
  if (value.startsWith(prefix))
    return ok({ hmac: [value.slice(prefix.length)], ed25519: [], timestamp: null });
  if (place.prefixOptional === true) return ok({ hmac: [value], ed25519: [], timestamp: null });
  return err('malformed_signature');
}

function readKeyValues(value: string, place: SignaturePlace & { readonly kind: 'key_values' }): Texts {
  const signatures: string[] = [];
  const timestamps: string[] = [];
  for (const item of value.split(place.separator)) {
    const equals = item.indexOf('=');
    const key = (equals === -1 ? item : item.slice(0, equals)).trim();
    const text = equals === -1 ? '' : item.slice(equals + 1).trim();
    if (key === place.timestampKey) timestamps.push(text);
    if (key === place.signatureKey && text !== '') signatures.push(text);
  }
  // Two times under one signature is two headers joined, or somebody choosing which one is checked.
  if (timestamps.length > 1) return err('repeated_header');
  if (signatures.length === 0) return err('malformed_signature');
  return ok({ hmac: signatures, ed25519: [], timestamp: timestamps[0] ?? null });
}

function readVersionedList(
  value: string,
  place: SignaturePlace & { readonly kind: 'versioned_list' },
): Texts {
  const hmac: string[] = [];
  const ed25519: string[] = [];
  for (const entry of value.split(' ')) {
    const comma = entry.indexOf(',');
    if (comma === -1) continue;
    const version = entry.slice(0, comma);
    const text = entry.slice(comma + 1);
    if (text.includes(',')) return err('repeated_header');
    if (version === place.version) hmac.push(text);
    else if (version === place.publicKeyVersion) ed25519.push(text);
  }
  if (hmac.length + ed25519.length === 0) return err('malformed_signature');
  return ok({ hmac, ed25519, timestamp: null });
}

function readPlace(value: string, place: SignaturePlace): Texts {
  switch (place.kind) {
    case 'header':
      return readHeader(value, place);
    case 'key_values':
      return readKeyValues(value, place);
    case 'versioned_list':
      return readVersionedList(value, place);
  }
}

/** @param value the header's value; undefined where it is absent */
export function readSignatures(value: string | undefined, place: SignaturePlace): Texts {
  if (value === undefined || value.trim() === '') return err('missing_signature');
  if (value.length > limits.maxSignatureHeaderCharacters) return err('signature_too_long');
  const texts = readPlace(value, place);
  if (!texts.ok) return texts;
  if (texts.value.hmac.length + texts.value.ed25519.length > limits.maxSignatures)
    return err('too_many_signatures');
  return texts;
}
