// The bench for vectors of senders it has no preset for: what a vector says of itself is enough, and its verdict is the
// relay's, for the good ones and the bad.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signJwt } from '../../scripts/lib/senders-keys.ts';
import { runVector } from '../../scripts/lib/vectors/run-vector.ts';
import { arrivalOf, plainName, type Vector } from '../../scripts/lib/vectors/vector.ts';
import { publicUrlOf } from '../../scripts/lib/vectors/vector-source.ts';

const body = '{"id":"e-1","amount":4900}';
const secret = 'a-secret';
const pem = { type: 'spki', format: 'pem' } as const;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const rsaKey = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const mac = (content: string, encoding: 'hex' | 'base64', hash = 'sha256') =>
  createHmac(hash, secret).update(content).digest(encoding);
const base64 = (content: string) => Buffer.from(content).toString('base64');
const seconds = 1_770_000_000;
const claims = { iss: 'https://issuer.example', aud: 'relay', exp: seconds + 60 };
const jwk = (kid: string) => ({ ...rsa.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256' });

const vectors: readonly Omit<Vector, 'valid'>[] = [
  {
    name: 'HMAC in base64 by the name of its scheme',
    provider: 'klarna',
    scheme: 'hmac-sha256-base64',
    secret,
    headers: { 'Klarna-Signature': mac(body, 'base64') },
  },
  {
    name: 'HMAC with a prefix nobody told of',
    provider: 'squarespace',
    scheme: 'hmac-sha1-hex',
    secret,
    headers: { 'x-hook-signature': `sha1=${mac(body, 'hex', 'sha1')}` },
  },
  {
    name: 'HMAC of a template',
    scheme: 'hmac-generic',
    secret,
    template: '{id}.{ts}.{body}',
    headers: {
      'x-hook-id': 'm-1',
      'x-hook-timestamp': String(seconds),
      'x-hook-signature': mac(`m-1.${seconds}.${body}`, 'hex'),
    },
  },
  {
    name: 'HMAC of a list like Stripe’s',
    provider: 'somebody',
    scheme: 'hmac-sha256-hex',
    secret,
    headers: { 'x-sig': `t=${seconds},v1=${mac(`${seconds}.${body}`, 'hex')}` },
    signature_header: 'x-sig',
  },
  {
    name: 'RSA of the body’s base64',
    provider: 'adobe-commerce',
    scheme: 'rsa-sha256',
    publicKey: rsa.publicKey.export(pem).toString(),
    headers: {
      'x-adobe-commerce-webhook-signature': base64('').concat(
        sign('sha256', Buffer.from(base64(body)), rsa.privateKey).toString('base64'),
      ),
    },
  },
  {
    name: 'ECDSA in DER',
    scheme: 'ecdsa-p256-sha256-der',
    publicKey: ec.publicKey.export(pem).toString(),
    headers: { 'x-signature': sign('sha256', Buffer.from(body), ec.privateKey).toString('base64') },
  },
  {
    name: 'ECDSA as two numbers',
    scheme: 'ecdsa-p1363',
    publicKey: ec.publicKey.export(pem).toString(),
    headers: {
      'x-signature': sign('sha256', Buffer.from(body), {
        key: ec.privateKey,
        dsaEncoding: 'ieee-p1363',
      }).toString('base64'),
    },
  },
  {
    name: 'Ed25519 of time and body',
    scheme: 'ed25519-ts-body-hex',
    publicKey: ed.publicKey.export(pem).toString(),
    headers: {
      'x-signature': sign(null, Buffer.from(`${seconds}${body}`), ed.privateKey).toString('hex'),
      'x-signature-timestamp': String(seconds),
    },
  },
];

describe.each(vectors)('$name', (fields) => {
  const vector = { ...fields, body, now: seconds, method: 'POST' };

  it('agrees, and not for another body', async () => {
    expect(await runVector({ ...vector, valid: true })).toMatchObject({ agrees: true, note: 'generic' });
    expect(await runVector({ ...vector, body: `${body} `, valid: false })).toMatchObject({ agrees: true });
    expect(await runVector({ ...vector, body: `${body} `, valid: true })).toMatchObject({ agrees: false });
  });
});

describe('a vector whose token is all there is', () => {
  const run = (fields: Partial<Vector>) =>
    runVector({ name: 'x', scheme: 'bearer', secret, body, now: seconds, valid: true, ...fields });

  it('is judged by it', async () => {
    expect(await run({ headers: { authorization: `Bearer ${secret}` } })).toMatchObject({ agrees: true });
    expect(await run({ headers: { authorization: 'Bearer x' }, valid: false })).toMatchObject({
      agrees: true,
    });
    const basic = `Basic ${base64('ada:pass')}`;
    expect(
      await run({ scheme: 'basic-auth', secret: 'ada:pass', headers: { authorization: basic } }),
    ).toMatchObject({ agrees: true });
    expect(await run({ scheme: 'static-token', headers: { 'x-hook-token': secret } })).toMatchObject({
      agrees: true,
    });
    expect(
      await run({ scheme: 'token', provider: 'shippo', url: `https://relay.example/h?token=${secret}` }),
    ).toMatchObject({ agrees: true });
    expect(
      await run({
        provider: 'okta',
        scheme: 'static',
        signature_header: 'X-Own',
        headers: { 'X-Own': secret },
      }),
    ).toMatchObject({ agrees: true });
  });

  it('of a JWT is judged with the key that it names, and for whom it is', async () => {
    const jwks = { keys: [jwk('other'), jwk('key-1')] };
    const token = (changes: object, kid = 'key-1') =>
      `Bearer ${signJwt({ ...claims, ...changes }, rsaKey, { alg: 'RS256', kid })}`;
    const jwt = (authorization: string, fields: Partial<Vector>) =>
      run({
        scheme: 'jwt-rs256',
        jwks,
        issuer: claims.iss,
        aud: 'relay',
        headers: { authorization },
        ...fields,
      });
    expect(await jwt(token({}), {})).toMatchObject({ agrees: true });
    expect(await jwt(token({ aud: 'other' }), { valid: false })).toMatchObject({ agrees: true });
    expect(await jwt(token({ exp: seconds }), { valid: false })).toMatchObject({ agrees: true });
    expect(await jwt(token({}), { scheme: 'jwt' })).toMatchObject({ agrees: true });
  });
});

describe('the fields of a vector', () => {
  const vector: Vector = { name: 'x', valid: true };

  it('say when it arrived, or its signature does', () => {
    expect(arrivalOf({ ...vector, now: seconds })).toBe(seconds * 1000);
    expect(arrivalOf({ ...vector, now: seconds * 1000 })).toBe(seconds * 1000);
    expect(arrivalOf({ ...vector, now: '2026-02-02T02:40:00Z' })).toBe(seconds * 1000);
    expect(arrivalOf({ ...vector, headers: { 'X-Sig': `t=${seconds},v1=x` } })).toBe(seconds * 1000);
    expect(arrivalOf({ ...vector, headers: { 'x-a-timestamp': '2026-02-02T02:40:00Z' } })).toBe(
      seconds * 1000,
    );
    expect(arrivalOf({ ...vector, body: `{"signature":{"timestamp":"${seconds}"}}` })).toBe(seconds * 1000);
    expect(arrivalOf({ ...vector, body: `timestamp=${seconds}` })).toBe(seconds * 1000);
  });

  it('say which URL its sender was given', () => {
    const of = (url: string) => publicUrlOf({ ...vector, url });
    expect(of('https://a.example/h?challenge_code=x')).toBe('https://a.example/h');
    expect(of('https://a.example/h?foo=1&bodySHA256=ab')).toBe('https://a.example/h?foo=1');
    expect(of('https://a.example/h?hub.mode=subscribe&foo=1')).toBe('https://a.example/h?foo=1');
    expect(of('https://a.example/h?x=%40')).toBe('https://a.example/h?x=%40');
    expect(publicUrlOf(vector)).toBeNull();
    expect(plainName('AWS SNS')).toBe(plainName('aws-sns'));
  });
});
