// Takes the signatures (and, where it stands there, the timestamp) out of the signature header.
// Pure; decodes nothing and compares nothing. Bounded before it is split.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { HeaderMap } from '../source.ts';
import type { SignaturePlace } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

export type SignatureTexts = {
  /** For the scheme's own kind of key. */
  readonly texts: readonly string[];
  /** For Ed25519 public keys, where a sender has both. */
  readonly ed25519: readonly string[];
  /** Null where the header holds none. */
  readonly timestamp: string | null;
};

type Texts = Result<SignatureTexts, SignatureFailureReason>;
type PlaceOf<Kind extends SignaturePlace['kind']> = Extract<SignaturePlace, { kind: Kind }>;

function plain(texts: readonly string[]): Texts {
  return texts.length === 0 ? err('malformed_signature') : ok({ texts, ed25519: [], timestamp: null });
}

function withoutPrefix(value: string, { prefix = '', prefixOptional }: PlaceOf<'header'>): string[] {
  if (value.startsWith(prefix)) return [value.slice(prefix.length)];
  return prefixOptional === true ? [value] : [];
}

function readHeader(value: string, place: PlaceOf<'header'>): Texts {
  // Fetch joins repeated fields with a comma, and no encoding of a signature contains one.
  if (!value.includes(',')) return plain(withoutPrefix(value, place));
  if (place.repeatable !== true) return err('repeated_header');
  return plain(value.split(',').flatMap((each) => withoutPrefix(each.trim(), place)));
}

function readKeyValues(value: string, place: PlaceOf<'key_values'>): Texts {
  const signatures: string[] = [];
  const timestamps: string[] = [];
  // Fetch joins repeated fields with a comma: in a list with another separator it shows.
  if (place.separator !== ',' && value.includes(',')) return err('repeated_header');
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
  return ok({ texts: signatures, ed25519: [], timestamp: timestamps[0] ?? null });
}

function readVersionedList(value: string, place: PlaceOf<'versioned_list'>): Texts {
  const texts: string[] = [];
  const ed25519: string[] = [];
  for (const entry of value.split(' ')) {
    const comma = entry.indexOf(',');
    if (comma === -1) continue;
    const version = entry.slice(0, comma);
    const text = entry.slice(comma + 1);
    if (text.includes(',')) return err('repeated_header');
    if (version === place.version) texts.push(text);
    else if (version === place.publicKeyVersion) ed25519.push(text);
  }
  if (texts.length + ed25519.length === 0) return err('malformed_signature');
  return ok({ texts, ed25519, timestamp: null });
}

function readNumbered(headers: HeaderMap, place: PlaceOf<'numbered'>): Texts {
  const texts: string[] = [];
  for (let number = 1; number <= limits.maxNumberedSignatures; number += 1) {
    const text = headers[`${place.name}${number}`];
    if (text === undefined) break;
    if (text.includes(',')) return err('repeated_header');
    if (text.length > limits.maxSignatureHeaderCharacters) return err('signature_too_long');
    texts.push(text);
  }
  return plain(texts);
}

function readOne(value: string, place: Exclude<SignaturePlace, { kind: 'numbered' }>): Texts {
  switch (place.kind) {
    case 'header':
      return readHeader(value, place);
    case 'key_values':
      return readKeyValues(value, place);
    case 'versioned_list':
      return readVersionedList(value, place);
  }
}

/** The header that marks the place as used. */
export function signatureHeader(place: SignaturePlace): string {
  return place.kind === 'numbered' ? `${place.name}1` : place.name;
}

export function readSignatures(headers: HeaderMap, place: SignaturePlace): Texts {
  const value = headers[signatureHeader(place)];
  if (value === undefined || value.trim() === '') return err('missing_signature');
  if (value.length > limits.maxSignatureHeaderCharacters) return err('signature_too_long');
  if (place.kind === 'numbered') return readNumbered(headers, place);
  const found = readOne(value, place);
  if (!found.ok) return found;
  if (found.value.texts.length + found.value.ed25519.length > limits.maxSignatures)
    return err('too_many_signatures');
  return found;
}
