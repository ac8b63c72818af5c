// JWTs as proof, and the ways to forge one: another algorithm, none at all, a public key taken for a secret, another issuer
// or audience, a token that is old, early, or for another body. Tokens are made with node:crypto.
import { createHash, createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signJwt } from '../../../scripts/lib/senders-keys.ts';
import { jwksMaxAgeMs } from '../../../src/core/signature/jwks.ts';
import { type JwtSchemeOptions, jwtScheme } from '../../../src/core/signature/jwt-scheme.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import { onHost, type RemoteKeys } from '../../../src/core/signature/remote-keys.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import { noon, received } from '../../support/requests.ts';

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const spki = { type: 'spki', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const rsaKey = rsa.privateKey.export(pkcs8).toString();
const rsaPem = rsa.publicKey.export(spki).toString();
const now = Math.floor(noon / 1000);
const claims = { iss: 'https://issuer.example', aud: 'relay', iat: now, exp: now + 60 };
const rs256 = { alg: 'RS256', kid: 'key-1' };

const document = {
  url: 'https://issuer.example/jwks',
  allows: onHost('issuer.example'),
  cacheAs: 'issuer jwks',
  maxAgeMs: jwksMaxAgeMs,
};
const options: JwtSchemeOptions = {
  name: 'issuer',
  algorithms: ['RS256'],
  key: { kind: 'jwks', document },
  issuer: 'https://issuer.example',
};

function jwksOf(...ids: string[]): string {
  const jwk = createPublicKey(rsaPem).export({ format: 'jwk' });
  return JSON.stringify({ keys: ids.map((kid) => ({ ...jwk, kid, alg: 'RS256', use: 'sig' })) });
}

/** Each read of the document gives the next of these texts; the last one stays. */
function serving(...texts: string[]) {
  const reads: boolean[] = [];
  const remoteKeys: RemoteKeys = {
    read: async (_document, { fresh = false } = {}) => {
      reads.push(fresh);
      return { ok: true, value: texts[Math.min(reads.length, texts.length) - 1] ?? '' };
    },
    visit: async () => ({ ok: true, value: null }),
  };
  return { remoteKeys, reads };
}

async function outcomeOf(
  token: string,
  asked: {
    options?: Partial<JwtSchemeOptions>;
    secret?: string;
    remoteKeys?: RemoteKeys;
    body?: string;
  } = {},
) {
  const { secret = 'relay', remoteKeys = serving(jwksOf('key-1')).remoteKeys, body = '' } = asked;
  const verdict = await verifySignature({
    scheme: jwtScheme({ ...options, ...asked.options }),
    secrets: { current: secret, previous: null },
    request: received({ headers: { authorization: `Bearer ${token}` }, body }),
    now: noon,
    keys: createKeyCache(),
    remoteKeys,
  });
  return verdict.ok ? 'verified' : verdict.reason;
}

const toPart = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (changes: object = {}, header: Record<string, unknown> = rs256) =>
  signJwt({ ...claims, ...changes }, rsaKey, header);

describe('a JWT by JWKS', () => {
  it('is verified for its audience, which is the secret', async () => {
    expect(await outcomeOf(signed())).toBe('verified');
    expect(await outcomeOf(signed(), { secret: 'another-audience' })).toBe('not_ours');
    expect(await outcomeOf(signed({ aud: ['a', 'relay'] }))).toBe('verified');
    expect(await outcomeOf(signed({ aud: undefined }))).toBe('not_ours');
  });

  it('is refused of another issuer, expired, or before its time', async () => {
    expect(await outcomeOf(signed({ iss: 'https://other.example' }))).toBe('claim_mismatch');
    expect(await outcomeOf(signed({ exp: now }))).toBe('token_expired');
    expect(await outcomeOf(signed({ nbf: now + 10 }))).toBe('token_expired');
  });

  it('is refused with an algorithm that is not on the list, whatever it says', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const es256 = signJwt(claims, privateKey.export(pkcs8).toString(), { alg: 'ES256', kid: 'key-1' });
    expect(await outcomeOf(es256)).toBe('algorithm_not_allowed');
    for (const alg of ['none', 'None', 'HS256', 'RS512', '', null, ['RS256'], 7]) {
      const [, payload, signature] = signed().split('.');
      expect(await outcomeOf(`${toPart({ alg, kid: 'key-1' })}.${payload}.${signature}`)).toBe(
        'algorithm_not_allowed',
      );
    }
    expect(await outcomeOf(`${toPart({ alg: 'none' })}.${toPart(claims)}.`)).toBe('malformed_signature');
  });

  it('cannot be signed with the public key as if that were a secret', async () => {
    const content = `${toPart({ alg: 'HS256', kid: 'key-1' })}.${toPart(claims)}`;
    const forged = `${content}.${createHmac('sha256', rsaPem).update(content).digest('base64url')}`;
    expect(await outcomeOf(forged)).toBe('algorithm_not_allowed');
    const both: Partial<JwtSchemeOptions> = { algorithms: ['HS256'], key: { kind: 'jwks', document } };
    expect(await outcomeOf(forged, { options: both })).toBe('key_unusable');
  });

  it('is refused changed, cut, oversized or as something else', async () => {
    const [header, payload, signature = ''] = signed().split('.');
    expect(await outcomeOf(`${header}.${toPart({ ...claims, sub: 'x' })}.${signature}`)).toBe('mismatch');
    expect(await outcomeOf(`${header}.${payload}.${signature.slice(0, -8)}`)).toBe('mismatch');
    expect(await outcomeOf('a.b')).toBe('malformed_signature');
    expect(await outcomeOf('!.!.!')).toBe('malformed_signature');
    expect(await outcomeOf(`${signed()}.extra`)).toBe('malformed_signature');
    expect(await outcomeOf('a'.repeat(9_000))).toBe('signature_too_long');
  });
});

describe('the keys of a JWKS', () => {
  it('are asked for once more when an id is not among them, and no further', async () => {
    const rotated = serving(jwksOf('key-0'), jwksOf('key-0', 'key-1'));
    expect(await outcomeOf(signed(), { remoteKeys: rotated.remoteKeys })).toBe('verified');
    expect(rotated.reads).toEqual([false, true]);
    const unknown = serving(jwksOf('key-0'));
    expect(await outcomeOf(signed(), { remoteKeys: unknown.remoteKeys })).toBe('key_unknown');
    expect(unknown.reads).toEqual([false, true]);
  });

  it('are not asked for where the token names none, or nothing that could be an id', async () => {
    const served = serving(jwksOf('key-1'));
    for (const kid of [undefined, '', '../../etc', 'a'.repeat(129), 'a b']) {
      const token = signed({}, { alg: 'RS256', ...(kid === undefined ? {} : { kid }) });
      expect(await outcomeOf(token, { remoteKeys: served.remoteKeys })).toBe('key_unknown');
    }
    expect(served.reads).toEqual([]);
  });

  it('that are no keys, or are for another algorithm, are unusable', async () => {
    for (const text of ['', 'no JSON', '[]', '{"keys":{}}', '{"keys":[null,7]}']) {
      expect(await outcomeOf(signed(), { remoteKeys: serving(text).remoteKeys })).toBe('key_unknown');
    }
    const other = jwksOf('key-1').replace('RS256', 'PS256');
    expect(await outcomeOf(signed(), { remoteKeys: serving(other).remoteKeys })).toBe('key_unusable');
    const broken = JSON.stringify({ keys: [{ kid: 'key-1', kty: 'RSA' }] });
    expect(await outcomeOf(signed(), { remoteKeys: serving(broken).remoteKeys })).toBe('key_unusable');
  });
});

describe('a JWT whose key is the secret', () => {
  const hs256: Partial<JwtSchemeOptions> = { algorithms: ['HS256'], key: { kind: 'secret', form: 'text' } };
  const content = `${toPart({ alg: 'HS256' })}.${toPart(claims)}`;
  const token = `${content}.${createHmac('sha256', 'a-secret-of-32-characters-or-more').update(content).digest('base64url')}`;

  it('is verified with that secret alone', async () => {
    const secret = 'a-secret-of-32-characters-or-more';
    expect(await outcomeOf(token, { options: hs256, secret })).toBe('verified');
    expect(await outcomeOf(token, { options: hs256, secret: 'another' })).not.toBe('verified');
    expect(await outcomeOf(token, { options: hs256, secret: ' ' })).toBe('secret_unusable');
  });

  it('is verified with a public key', async () => {
    const byKey: Partial<JwtSchemeOptions> = { key: { kind: 'secret', form: 'public_key' } };
    expect(await outcomeOf(signed(), { options: byKey, secret: rsaPem })).toBe('verified');
    expect(await outcomeOf(signed(), { options: byKey, secret: 'no key' })).toBe('secret_unusable');
  });
});

describe('a JWT for a body', () => {
  const body = '{"order":1}';
  const digest = createHash('sha256').update(body).digest('hex');
  const forBody: Partial<JwtSchemeOptions> = { bodyDigestClaim: 'digest', maxAgeSeconds: 300 };

  it('is for that body, and for five minutes', async () => {
    const ask = (changes: object, asked = body) =>
      outcomeOf(signed({ exp: undefined, digest, ...changes }), { options: forBody, body: asked });
    expect(await ask({})).toBe('verified');
    expect(await ask({}, `${body} `)).toBe('mismatch');
    expect(await ask({ digest: undefined })).toBe('claim_mismatch');
    expect(await ask({ iat: now - 300 })).toBe('verified');
    expect(await ask({ iat: now - 301 })).toBe('token_expired');
    expect(await ask({ iat: now + 60 })).toBe('verified');
    expect(await ask({ iat: now + 61 })).toBe('token_expired');
    expect(await ask({ iat: undefined })).toBe('token_expired');
  });
});
