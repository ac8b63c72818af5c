// Text to bytes, strictly: one text for one byte string, so that a changed character is never the same signature.
// Pure; never throws, what cannot be decoded is null.

import type { SignatureEncoding } from './scheme.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const hexText = /^(?:[0-9a-fA-F]{2})*$/;
const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;
const base64urlText = /^[A-Za-z0-9_-]*={0,2}$/;

export function decodeHex(text: string): Bytes | null {
  if (!hexText.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = Number.parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return bytes;
}

export function encodeHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Padding may be missing, but not wrong; unused bits must be zero. */
export function decodeBase64(text: string): Bytes | null {
  if (!base64Text.test(text)) return null;
  const bare = text.replaceAll('=', '');
  if (text.length !== bare.length && text.length % 4 !== 0) return null;
  if (bare.length % 4 === 1) return null;
  const binary = atob(bare);
  if (btoa(binary).replaceAll('=', '') !== bare) return null;
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

export function decodeBase64url(text: string): Bytes | null {
  return base64urlText.test(text) ? decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/')) : null;
}

/** Characters of one `btoa`: a longer argument list than this could burst the stack. */
const chunkBytes = 32_768;

export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    binary += String.fromCharCode(...bytes.subarray(offset, offset + chunkBytes));
  }
  return btoa(binary);
}

export function decodeBytes(text: string, encoding: SignatureEncoding): Bytes | null {
  switch (encoding) {
    case 'hex':
      return decodeHex(text);
    case 'base64':
    case 'der_base64':
      // Senders pad what they send: a signature cut by its padding is a cut signature.
      return text.length % 4 === 0 ? decodeBase64(text) : null;
    case 'base64url':
      return decodeBase64url(text);
  }
}
