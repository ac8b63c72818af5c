// The key of a JWT for one algorithm of the allow-list, out of a secret, a public key or a JWK. What the token itself
// says about its algorithm has no part in it, so a public key can never be taken for an HMAC secret.

import { importJWK, importSPKI, importX509, type JWK } from 'jose';
import { encodeBase64 } from './decode-bytes.ts';
import { secretBytes } from './secret-bytes.ts';

export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'ES256'
  | 'ES384'
  | 'EdDSA';

export type JwtKey = Exclude<Awaited<ReturnType<typeof importJWK>>, never>;

async function importText(text: string, algorithm: JwtAlgorithm): Promise<JwtKey> {
  const trimmed = text.trim().replaceAll('\\n', '\n');
  if (trimmed.startsWith('{')) {
    const { kty, crv, n, e, x, y, alg } = JSON.parse(trimmed) as JWK;
    // A JWK may say which algorithm it is for, and then it is for no other.
    if (alg !== undefined && alg !== algorithm) throw new Error('the key is for another algorithm');
    return importJWK(JSON.parse(JSON.stringify({ kty, crv, n, e, x, y })) as JWK, algorithm);
  }
  return trimmed.includes('BEGIN CERTIFICATE')
    ? importX509(trimmed, algorithm)
    : importSPKI(trimmed.startsWith('-----') ? trimmed : toPem(trimmed), algorithm);
}

function toPem(base64: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`;
}

/** Null where it is no key, or none for that algorithm. Never rejects. */
export async function importJwtKey(
  secret: string,
  form: 'text' | 'base64url' | 'public_key',
  algorithm: JwtAlgorithm,
): Promise<JwtKey | null> {
  const symmetric = algorithm.startsWith('HS');
  // A public key is known to everybody: as an HMAC secret it would let everybody sign.
  if (symmetric === (form === 'public_key')) return null;
  try {
    if (form === 'public_key') return await importText(secret, algorithm);
    const bytes = secretBytes(secret, form)?.bytes;
    if (bytes === undefined) return null;
    return await importJWK({ kty: 'oct', k: toBase64url(bytes) }, algorithm);
  } catch {
    return null;
  }
}

function toBase64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
