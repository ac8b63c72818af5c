// What the relay writes into a document so that it finds it again, within what the ERP's field can hold. The same key gives
// the same stamp. Pure.

import { sha256Hex } from '../../core/sha256.ts';

/** 80 bits of a digest, hexadecimal: no two meet. */
const digestChars = 20;

/** The text itself where it fits into `maxChars` (at least 20), else a digest of it. */
export function stampOf(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : digestOf(text);
}

export function digestOf(text: string): string {
  return sha256Hex(text).slice(0, digestChars);
}
