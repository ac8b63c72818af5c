// Envelope encryption: a secret is sealed with a data key (AES-256-GCM), the data key is wrapped by a key that only the Worker's
// secrets hold. What a sealed text is of is bound in, so that it is worth nothing in another place. Pure but for WebCrypto;
// random bytes are passed in. May log nothing.

import { encodeHex } from '../signature/decode-bytes.ts';
import type { WrappedKey } from './registry-snapshot.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** `current` wraps; both unwrap, so that a key of the Worker can be changed while the relay runs. Base64 of 32 bytes. */
export type WorkerKeys = { readonly current: string; readonly previous: string | null };

export type RandomBytes = (length: number) => Bytes;

const ivBytes = 12;
const format = 'v1';
const encoder = new TextEncoder();

export async function wrapKey(
  worker: WorkerKeys,
  key: { readonly id: string; readonly bytes: Bytes; readonly createdAt: number },
  random: RandomBytes,
): Promise<WrappedKey> {
  const { id, bytes, createdAt } = key;
  const wrapping = fromBase64(worker.current);
  const wrapped = await encrypt({ key: wrapping, bytes, of: `key/${id}`, iv: random(ivBytes) });
  return { id, wrappedBy: await keyIdOf(wrapping), wrapped, createdAt };
}

/** Null: neither of the Worker's keys wrapped it, or it was changed. */
export async function unwrapKey(worker: WorkerKeys, wrapped: WrappedKey): Promise<Bytes | null> {
  for (const text of [worker.current, worker.previous]) {
    if (text === null) continue;
    const key = fromBase64(text);
    if ((await keyIdOf(key)) !== wrapped.wrappedBy) continue;
    return decrypt({ key, text: wrapped.wrapped, of: `key/${wrapped.id}` });
  }
  return null;
}

/** Whether the Worker's current key wrapped it. */
export async function isWrappedByCurrent(worker: WorkerKeys, wrapped: WrappedKey): Promise<boolean> {
  return (await keyIdOf(fromBase64(worker.current))) === wrapped.wrappedBy;
}

export function sealText(
  dataKey: Bytes,
  secret: { readonly of: string; readonly text: string },
  random: RandomBytes,
): Promise<string> {
  const bytes = new Uint8Array(encoder.encode(secret.text));
  return encrypt({ key: dataKey, bytes, of: `secret/${secret.of}`, iv: random(ivBytes) });
}

/** Null: of another key or another place, or changed. */
export async function openText(
  dataKey: Bytes,
  secret: { readonly of: string; readonly sealed: string },
): Promise<string | null> {
  const bytes = await decrypt({ key: dataKey, text: secret.sealed, of: `secret/${secret.of}` });
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** The keyed hash under which an API key is kept and found: nobody can steer it without the key. Hex. */
export async function keyedHash(hashKey: Bytes, text: string): Promise<string> {
  const usage = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', hashKey, usage, false, ['sign']);
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(text));
  return encodeHex(new Uint8Array(digest));
}

/** Of a random key of 256 bits four bytes of a hash tell nothing. */
async function keyIdOf(bytes: Bytes): Promise<string> {
  return encodeHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, 4));
}

async function encrypt(work: {
  readonly key: Bytes;
  readonly bytes: Bytes;
  readonly of: string;
  readonly iv: Bytes;
}): Promise<string> {
  const { key, bytes, of, iv } = work;
  const sealed = await crypto.subtle.encrypt(algorithm(iv, of), await importKey(key, 'encrypt'), bytes);
  return [format, toBase64(iv), toBase64(new Uint8Array(sealed))].join('.');
}

async function decrypt(work: {
  readonly key: Bytes;
  readonly text: string;
  readonly of: string;
}): Promise<Bytes | null> {
  const [version, iv = '', content = ''] = work.text.split('.');
  if (version !== format) return null;
  try {
    const key = await importKey(work.key, 'decrypt');
    const opened = await crypto.subtle.decrypt(algorithm(fromBase64(iv), work.of), key, fromBase64(content));
    return new Uint8Array(opened);
  } catch {
    return null;
  }
}

function importKey(bytes: Bytes, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [usage]);
}

function algorithm(iv: Bytes, of: string) {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(`holdfast/${of}`) };
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
