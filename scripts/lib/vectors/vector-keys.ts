// The senders' key servers, as far as a vector tells: each key stands where its sender would keep it, and nowhere else.
// Addresses are checked as in the relay, so that a vector with a key of a wrong host is refused before anything is read.

import { createPublicKey } from 'node:crypto';
import {
  allowedAddress,
  type KeyDocument,
  type RemoteKeys,
} from '../../../src/core/signature/remote-keys.ts';
import { headersOf, type Vector } from './vector.ts';

export function createVectorKeys(vector: Vector): RemoteKeys {
  return {
    read: async (document) => {
      const url = allowedAddress(document);
      if (url === null) return { ok: false, error: 'not_allowed' };
      const text = documentAt(url, document, vector);
      return text === null ? { ok: false, error: 'not_found' } : { ok: true, value: text };
    },
    visit: async (place) =>
      allowedAddress(place) === null ? { ok: false, error: 'not_allowed' } : { ok: true, value: null },
  };
}

function documentAt(url: URL, document: KeyDocument, vector: Vector): string | null {
  const { hostname, pathname } = url;
  if (pathname.endsWith('/oauth2/token')) return JSON.stringify({ access_token: 'token', expires_in: 7200 });
  if (pathname.includes('/public_key/')) {
    return vector.publicKey === undefined ? null : JSON.stringify({ key: vector.publicKey });
  }
  if (pathname.endsWith('/webhook_verification_key/get')) {
    const key = jwkOf(vector, (JSON.parse(document.body ?? '{}') as { key_id?: string }).key_id);
    return key === null ? null : JSON.stringify({ key });
  }
  if (pathname.endsWith('/jwks') || pathname.endsWith('/keys')) {
    const keys = jwksOf(vector);
    return keys.length === 0 ? null : JSON.stringify({ keys });
  }
  if (hostname === 'static.adobeioevents.com') return adobeKey(pathname, vector);
  return vector.certificate ?? vector.publicKey ?? null;
}

function jwksOf(vector: Vector): readonly Readonly<Record<string, unknown>>[] {
  if (vector.jwks !== undefined) return vector.jwks.keys;
  if (vector.publicKeyJwk !== undefined) return [vector.publicKeyJwk];
  if (vector.publicKey === undefined) return [];
  // A vector with a PEM tells its id in the request alone.
  const kid = vector.key_id ?? headersOf(vector)['x-shipengine-rsa-sha256-key-id'];
  return [{ ...createPublicKey(vector.publicKey).export({ format: 'jwk' }), kid }];
}

function jwkOf(vector: Vector, keyId: string | undefined) {
  const keys = jwksOf(vector);
  return keys.find(({ kid }) => kid === keyId) ?? null;
}

function adobeKey(path: string, vector: Vector): string | null {
  const keys = vector.publicKeys ?? (vector.publicKey === undefined ? [] : [vector.publicKey]);
  const headers = headersOf(vector);
  const slot = headers['x-adobe-public-key2-path'] === path ? 1 : 0;
  return keys[slot] ?? keys[0] ?? null;
}
