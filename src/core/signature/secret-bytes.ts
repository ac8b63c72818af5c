// From a configured secret to the bytes of a key, by the form its sender uses.
// Pure; never throws. What is empty or cannot be decoded is null: an empty HMAC key would let anyone sign.

import { decodeBase64, decodeBase64url, decodeHex } from './decode-bytes.ts';
import { looksLikePublicKey } from './public-key.ts';
import type { SecretForm } from './scheme.ts';

export type SecretBytes = { readonly algorithm: 'hmac' | 'ed25519'; readonly bytes: Uint8Array<ArrayBuffer> };

const encoder = new TextEncoder();
const encode = (text: string) => new Uint8Array(encoder.encode(text));
const ed25519KeyBytes = 32;
const entities = /&(quot|lt|gt|amp|#0*(?:34|38|39|60|62)|#[xX]0*(?:22|26|27));/g;
const zeroPadding = /^(#[xX]?)0*/;
const entityCharacters: Readonly<Record<string, string>> = {
  quot: '"',
  lt: '<',
  gt: '>',
  amp: '&',
  '#34': '"',
  '#38': '&',
  '#39': "'",
  '#60': '<',
  '#62': '>',
  '#x22': '"',
  '#x26': '&',
  '#x27': "'",
};

/** What WordPress' wp_specialchars_decode(…, ENT_QUOTES) makes of a text: one pass, so `&amp;lt;` becomes `&lt;`. */
export function decodeHtmlEntities(text: string): string {
  return text.replace(entities, (entity: string, name: string) => {
    return entityCharacters[name.replace(zeroPadding, '$1').toLowerCase()] ?? entity;
  });
}

function standardWebhooksBytes(secret: string): SecretBytes | null {
  if (secret.startsWith('whpk_')) {
    const bytes = decodeBase64(secret.slice('whpk_'.length));
    return bytes?.length === ed25519KeyBytes ? { algorithm: 'ed25519', bytes } : null;
  }
  const bytes = decodeBase64(secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret);
  return bytes === null ? null : { algorithm: 'hmac', bytes };
}

function hmacKey(bytes: Uint8Array<ArrayBuffer> | null): SecretBytes | null {
  return bytes === null ? null : { algorithm: 'hmac', bytes };
}

function bytesOf(secret: string, form: Exclude<SecretForm, 'public_key'>): SecretBytes | null {
  switch (form) {
    case 'text':
      return hmacKey(encode(secret));
    case 'nfkd_text':
      return hmacKey(encode(secret.normalize('NFKD')));
    case 'html_decoded_text':
      return hmacKey(encode(decodeHtmlEntities(secret)));
    case 'hex':
      return hmacKey(decodeHex(secret));
    case 'base64':
      return hmacKey(decodeBase64(secret));
    case 'base64url':
      return hmacKey(decodeBase64url(secret));
    case 'whsec_base64':
      return standardWebhooksBytes(secret);
  }
}

/** Null where the secret is blank, undecodable or decodes to nothing. */
export function secretBytes(secret: string, form: Exclude<SecretForm, 'public_key'>): SecretBytes | null {
  if (secret.trim() === '') return null;
  const found = bytesOf(secret, form);
  return found === null || found.bytes.length === 0 ? null : found;
}

const rules: Readonly<Record<SecretForm, string>> = {
  text: 'it may not be blank',
  nfkd_text: 'it may not be blank',
  html_decoded_text: 'it may not be blank',
  hex: 'it must be hexadecimal',
  base64: 'it must be base64',
  base64url: 'it must be base64url',
  whsec_base64: 'it must be base64, after "whsec_" where that stands',
  public_key: 'it must be a public key: PEM, base64, hex or JWK',
};

/** The rule a configured secret breaks, or null. */
export function secretFormProblem(secret: string, form: SecretForm): string | null {
  const usable = form === 'public_key' ? looksLikePublicKey(secret) : secretBytes(secret, form) !== null;
  return usable ? null : rules[form];
}
