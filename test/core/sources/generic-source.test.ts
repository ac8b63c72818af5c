// A sender without a preset, proven in each way there is; the definition is all that is written for it.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { allOf } from '../../../src/core/signature/combine-schemes.ts';
import {
  clientCertificateScheme,
  ipAllowListScheme,
} from '../../../src/core/signature/connection-schemes.ts';
import { hmacScheme } from '../../../src/core/signature/hmac-scheme.ts';
import { createKeyCache } from '../../../src/core/signature/key-cache.ts';
import { publicKeyScheme } from '../../../src/core/signature/public-key-scheme.ts';
import type { SignatureScheme } from '../../../src/core/signature/scheme.ts';
import {
  basicScheme,
  bearerScheme,
  headerTokenScheme,
  urlTokenScheme,
} from '../../../src/core/signature/token-scheme.ts';
import { verifySignature } from '../../../src/core/signature/verify-signature.ts';
import type { ReceivedRequest } from '../../../src/core/source.ts';
import { genericSource } from '../../../src/core/sources/generic-source.ts';
import { noon, received } from '../../support/requests.ts';

const body = '{"id":"e-1","kind":"placed","order":{"number":1001}}';
const secret = 'a-secret';
const spki = { type: 'spki', format: 'pem' } as const;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

type Proof = {
  readonly name: string;
  readonly scheme: SignatureScheme;
  readonly secret: string;
  readonly request: ReceivedRequest;
};

const base = { name: 'own', header: 'X-Signature' } as const;
const proofs: readonly Proof[] = [
  {
    name: 'HMAC over a template, SHA-512 in base64url',
    scheme: hmacScheme({
      ...base,
      hash: 'SHA-512',
      encoding: 'base64url',
      signed: '{method}|{header:X-Id}|{body}',
    }),
    secret,
    request: received({
      body,
      headers: {
        'x-id': '7',
        'x-signature': createHmac('sha512', secret).update(`POST|7|${body}`).digest('base64url'),
      },
    }),
  },
  {
    name: 'RSA',
    scheme: publicKeyScheme({ ...base, algorithm: 'rsa' }),
    secret: rsa.publicKey.export(spki).toString(),
    request: received({
      body,
      headers: { 'x-signature': sign('sha256', Buffer.from(body), rsa.privateKey).toString('base64') },
    }),
  },
  {
    name: 'ECDSA on P-384 in DER',
    scheme: publicKeyScheme({ ...base, algorithm: 'ecdsa' }),
    secret: ec.publicKey.export(spki).toString(),
    request: received({
      body,
      headers: { 'x-signature': sign('sha256', Buffer.from(body), ec.privateKey).toString('base64') },
    }),
  },
  {
    name: 'Ed25519 over the body’s base64',
    scheme: publicKeyScheme({ ...base, algorithm: 'ed25519', encoding: 'hex', signed: '{body_base64}' }),
    secret: ed.publicKey.export(spki).toString(),
    request: received({
      body,
      headers: {
        'x-signature': sign(null, Buffer.from(Buffer.from(body).toString('base64')), ed.privateKey).toString(
          'hex',
        ),
      },
    }),
  },
  {
    name: 'Basic',
    scheme: basicScheme({ name: 'own' }),
    secret: 'ada:pa:ss',
    request: received({ body, headers: { authorization: basic('ada:pa:ss') } }),
  },
  {
    name: 'Bearer',
    scheme: bearerScheme({ name: 'own' }),
    secret,
    request: received({ body, headers: { authorization: `bearer ${secret}` } }),
  },
  {
    name: 'a token in a header',
    scheme: headerTokenScheme({ name: 'own', header: 'X-Token' }),
    secret,
    request: received({ body, headers: { 'x-token': secret } }),
  },
  {
    name: 'a token in the URL',
    scheme: urlTokenScheme({ name: 'own', parameter: 'key' }),
    secret,
    request: { ...received({ body }), url: `/hooks/shop?a=b&key=${secret}` },
  },
  {
    name: 'the address of the caller',
    scheme: ipAllowListScheme({ name: 'own' }),
    secret: '203.0.113.0/24',
    request: { ...received({ body }), peer: { address: '203.0.113.7', certificate: null } },
  },
  {
    name: 'a client certificate',
    scheme: clientCertificateScheme({ name: 'own' }),
    secret: 'ab'.repeat(32),
    request: {
      ...received({ body }),
      peer: { address: null, certificate: { verified: true, fingerprintSha256: 'ab'.repeat(32) } },
    },
  },
];

const identified = {
  id: { path: 'id' },
  type: { path: 'kind' },
  entity: { kind: 'order', path: 'order.number' },
} as const;

describe.each(proofs)('a sender that proves itself by $name', ({ scheme, secret: own, request }) => {
  const preset = genericSource({ ...identified, name: 'own', authentication: scheme });
  const outcomeOf = async (from: ReceivedRequest, current = own) => {
    const verdict = await verifySignature({
      scheme: preset.scheme,
      secrets: { current, previous: null },
      request: from,
      now: noon,
      keys: createKeyCache(),
    });
    return verdict.ok ? 'verified' : verdict.reason;
  };

  it('is verified and read', async () => {
    expect(preset.scheme.secretProblem(own)).toBeNull();
    expect(await outcomeOf(request)).toBe('verified');
    expect(await preset.identify({ ...request, verifiedWith: 'current' })).toMatchObject({
      ok: true,
      value: { eventId: 'e-1', type: 'placed', entity: { kind: 'order', id: '1001' } },
    });
  });

  it('is refused without its proof', async () => {
    expect(await outcomeOf(received({ body }))).not.toBe('verified');
    expect(await outcomeOf(request, '')).toBe('secret_unusable');
  });
});

describe('a sender without event ids', () => {
  const preset = genericSource({
    ...identified,
    id: 'content_digest',
    authentication: allOf('both', [bearerScheme({ name: 'a' }), urlTokenScheme({ name: 'b' })]),
  });
  const idOf = async (text: string) => {
    const identity = await preset.identify({ ...received({ body: text }), verifiedWith: 'current' });
    return identity.ok ? identity.value.eventId : identity.error;
  };

  it('has one for each content, however it is written', async () => {
    const id = await idOf('{"kind":"placed","order":{"number":7},"at":1}');
    expect(id).toMatch(/^sha256_[0-9a-f]{64}$/);
    expect(await idOf('{ "at": 1, "order": {"number": 7}, "kind": "placed" }')).toBe(id);
    expect(await idOf('{"kind":"placed","order":{"number":7},"at":2}')).not.toBe(id);
  });
});
