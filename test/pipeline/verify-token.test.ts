// Tokens of an identity provider: what is taken, and all the ways in which one is not. Real keys and real signatures.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../src/core/result.ts';
import { createTokenVerifier } from '../../src/pipeline/verify-token.ts';

const now = 1_770_000_000_000;
const issuer = 'https://login.example.com';
const oidc = { kind: 'bearer', issuer, audience: 'holdfast', jwksUrl: `${issuer}/keys` } as const;
const accessIssuer = 'https://team.cloudflareaccess.com';
const access = {
  kind: 'access',
  issuer: accessIssuer,
  audience: 'tag',
  jwksUrl: `${accessIssuer}/cdn-cgi/access/certs`,
} as const;

const pair = await generateKeyPair('RS256', { extractable: true });
const other = await generateKeyPair('RS256', { extractable: true });
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' };

type Given = {
  readonly claims?: Record<string, unknown>;
  readonly key?: CryptoKey;
  readonly kid?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expiresAt?: number;
};

function sign(given: Given = {}): Promise<string> {
  const { claims = {}, key = pair.privateKey, kid = 'k1', expiresAt = now + 60_000 } = given;
  return new SignJWT({ sub: 'olga', ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(given.issuer ?? issuer)
    .setAudience(given.audience ?? 'holdfast')
    .setExpirationTime(Math.floor(expiresAt / 1_000))
    .sign(key as CryptoKey);
}

function verifier(keys: readonly unknown[] = [jwk], isAway = false) {
  const reads: boolean[] = [];
  const made = createTokenVerifier({
    issuers: [oidc, access],
    clock: { now: () => now },
    remoteKeys: {
      read: async (_document, options) => {
        reads.push(options?.fresh ?? false);
        return isAway ? err('unavailable') : ok(JSON.stringify({ keys }));
      },
    },
  });
  if (made === null) throw new Error('no issuer');
  return { verify: made.verify, reads };
}

describe('a token', () => {
  it('that holds names its subject, and its e-mail only where that was verified', async () => {
    const { verify } = verifier();
    expect(await verify(await sign(), 'bearer')).toEqual({ issuer, subjects: ['olga'] });
    const email = 'olga@example.com';
    const claimed = await sign({ claims: { email } });
    expect((await verify(claimed, 'bearer'))?.subjects).toEqual(['olga']);
    const verified = await sign({ claims: { email, email_verified: true } });
    expect((await verify(verified, 'bearer'))?.subjects).toEqual(['olga', email]);
  });

  it('of Access names the e-mail it was given for, or the service token', async () => {
    const { verify } = verifier();
    const given = { issuer: accessIssuer, audience: 'tag' };
    const person = await sign({ ...given, claims: { email: 'olga@example.com' } });
    expect((await verify(person, 'access_token'))?.subjects).toEqual(['olga', 'olga@example.com']);
    const service = await sign({ ...given, claims: { sub: '', common_name: 'ci.access' } });
    expect((await verify(service, 'access_token'))?.subjects).toEqual(['ci.access']);
  });

  it.each([
    ['has expired', { expiresAt: now - 31_000 }],
    ['is for somebody else', { audience: 'another' }],
    ['is of another issuer', { issuer: 'https://login.example.org' }],
    ['is signed with another key under a known id', { key: other.privateKey as CryptoKey }],
    ['is signed with a key nobody knows', { kid: 'k2' }],
  ])('proves nothing that %s', async (_what, given) => {
    expect(await verifier().verify(await sign(given), 'bearer')).toBeNull();
  });

  it('may be late by as much as clocks differ', async () => {
    expect(await verifier().verify(await sign({ expiresAt: now - 29_000 }), 'bearer')).not.toBeNull();
  });

  it('without an algorithm, or signed with what is public, proves nothing', async () => {
    const { verify } = verifier([
      { kty: 'oct', k: 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ', kid: 'k1' },
      jwk,
    ]);
    const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
    const claims = part({ sub: 'olga', iss: issuer, aud: 'holdfast', exp: now / 1_000 + 60 });
    expect(await verify(`${part({ alg: 'none' })}.${claims}.`, 'bearer')).toBeNull();
    const hmac = await new SignJWT({ sub: 'olga' })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setIssuer(issuer)
      .setAudience('holdfast')
      .setExpirationTime(now / 1_000 + 60)
      .sign(new TextEncoder().encode('secret-secret-secret-secret-1234'));
    expect(await verify(hmac, 'bearer')).toBeNull();
  });

  it('in the header of Access must be of Access', async () => {
    expect(await verifier().verify(await sign(), 'access_token')).toBeNull();
  });

  it('with an unknown key id has the keys read once more, and no oftener', async () => {
    const { verify, reads } = verifier();
    await verify(await sign({ kid: 'k2' }), 'bearer');
    expect(reads.filter((fresh) => fresh)).toHaveLength(2);
  });

  it('cannot be judged without the keys: that is no refusal', async () => {
    await expect(verifier([], true).verify(await sign(), 'bearer')).rejects.toThrow('cannot be had');
  });
});
