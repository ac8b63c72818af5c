// The form of an API key: `hf_`, 43 characters of base 62 (32 random bytes), and 6 that check them, so that a typing error is
// told from a wrong key without a look-up, and a secret scanner finds keys and little else. Pure; random bytes come from outside.

import { crc32 } from '../signature/crc32.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** 62^43 is the first power over 2^256, 62^6 the first over 2^32. */
const secretCharacters = 43;
const checkCharacters = 6;

/** For secret scanners too. */
export const apiKeyPattern = /^hf_[0-9A-Za-z]{49}$/;

/** @param bytes 32 random ones */
export function formatApiKey(bytes: Uint8Array): string {
  if (bytes.byteLength !== 32) throw new Error('an API key is made of 32 random bytes');
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const body = `hf_${toBase62(value, secretCharacters)}`;
  return body + checkOf(body);
}

/** False: it was mistyped or cut, or is no key of this form at all. */
export function isWellFormedApiKey(text: string): boolean {
  if (!apiKeyPattern.test(text)) return false;
  return checkOf(text.slice(0, -checkCharacters)) === text.slice(-checkCharacters);
}

/** What lists show of a key, so that its owner finds it: the last four characters, which only check the others. */
export function hintOf(key: string): string {
  return `…${key.slice(-4)}`;
}

function checkOf(body: string): string {
  return toBase62(BigInt(crc32(new TextEncoder().encode(body))), checkCharacters);
}

function toBase62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n)
    text = (alphabet[Number(rest % 62n)] ?? '') + text;
  return text;
}
