// Senders whose keys are on servers of their own: whose word counts, where a key may come from, and who it must be for.
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyPlaces, signJwt, signSnsMessage } from '../../scripts/lib/senders-keys.ts';
import { throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { createVectorKeys } from '../../scripts/lib/vectors/vector-keys.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { RemoteKeys } from '../../src/core/signature/remote-keys.ts';
import type { ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { microsoftGraph } from '../../src/core/sources/microsoft-graph.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { makeCertificate } from '../support/make-certificate.ts';
import { noon, received } from '../support/requests.ts';
import { keysOf, receivedBy, signedBy, sourceOf } from '../support/sender-cases.ts';

const keys = createKeyCache();
const dayMs = 86_400_000;

async function outcomeOf(request: ReceivedRequest, source: SourceRuntime, remoteKeys: RemoteKeys) {
  const result = await verify(request, source, { keys, remoteKeys });
  if (result.ok) return result.value.kind;
  return 'reason' in result.error ? result.error.reason : result.error.kind;
}

const withHeaders = (request: ReceivedRequest, headers: Record<string, string>): ReceivedRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

describe('PayPal', () => {
  const genuine = receivedBy(signedBy('paypal'));
  const { publicKey } = throwawayKeys('paypal');
  const certified = (changes: object) => {
    const valid = { notBefore: noon - dayMs, notAfter: noon + dayMs };
    const named = { publicKey: publicKey ?? '', commonName: 'messageverificationcerts.paypal.com' };
    return createVectorKeys({
      name: 'p',
      valid: true,
      certificate: makeCertificate({ ...named, ...valid, ...changes }),
    });
  };
  const ask = (changes: Record<string, string> = {}, remoteKeys = certified({})) =>
    outcomeOf(withHeaders(genuine, changes), sourceOf('paypal'), remoteKeys);

  it('is believed with a certificate of its own name and in its time', async () => {
    expect(await ask()).toBe('event');
    expect(await ask({}, certified({ commonName: 'evil.example' }))).toBe('key_unusable');
    expect(await ask({}, certified({ commonName: 'messageverificationcerts.sandbox.paypal.com' }))).toBe(
      'key_unusable',
    );
    expect(await ask({}, certified({ notAfter: noon - 1 }))).toBe('key_unusable');
    expect(await ask({}, certified({ notBefore: noon + 1_000 }))).toBe('key_unusable');
    expect(await ask({}, createVectorKeys({ name: 'p', valid: true, publicKey: publicKey ?? '' }))).toBe(
      'key_unusable',
    );
  });

  it.each([
    'http://api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    'https://evil.example/v1/notifications/certs/CERT-1',
    'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
    'https://user@api.paypal.com/v1/notifications/certs/CERT-1',
    'https://api.paypal.com/v1/oauth2/../notifications/certs2/CERT-1',
    'https://api.paypal.com/v1/notifications/certs/CERT-1?x=1',
    'https://api.paypal.com/v1/notifications/certs/CERT-1#x',
    'https://127.0.0.1/v1/notifications/certs/CERT-1',
    'file:///etc/passwd',
    'no address',
  ])('is not asked for its certificate at %s', async (url) => {
    expect(await ask({ 'paypal-cert-url': url })).toBe('key_not_allowed');
  });

  it('is not believed with another algorithm, or with a header missing or doubled', async () => {
    expect(await ask({ 'paypal-auth-algo': 'SHA1withRSA' })).toBe('algorithm_not_allowed');
    for (const name of ['paypal-transmission-id', 'paypal-cert-url', 'paypal-auth-algo']) {
      expect(await ask({ [name]: '' })).toBe('missing_header');
      const doubled = { ...genuine, repeatedHeaders: [name] };
      expect(await outcomeOf(doubled, sourceOf('paypal'), certified({}))).toBe('repeated_header');
    }
    expect(await ask({ 'paypal-transmission-id': 'another' })).toBe('mismatch');
  });
});

describe('Amazon SNS', () => {
  const { signWith, configured } = throwawayKeys('sns');
  const message = {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: configured,
    Message: 'Hello',
    Timestamp: new Date(noon).toISOString(),
  };
  const signed = (version: '1' | '2' = '2') => signSnsMessage(message, signWith, version);
  const ask = (body: object, source = sourceOf('sns')) =>
    outcomeOf(received({ body: JSON.stringify(body) }), source, keysOf('sns'));

  it('is believed with both versions of its signature and no third one', async () => {
    expect(await ask(signed('1'))).toBe('event');
    expect(await ask(signed('2'))).toBe('event');
    expect(await ask({ ...signed('2'), SignatureVersion: '1' })).toBe('mismatch');
    expect(await ask({ ...signed('2'), SignatureVersion: '3' })).toBe('algorithm_not_allowed');
    expect(await ask({ ...signed('2'), SignatureVersion: 2 })).toBe('algorithm_not_allowed');
  });

  it.each([
    'https://sns.eu-west-1.amazonaws.com.evil.example/x.pem',
    'https://evil.example/sns.eu-west-1.amazonaws.com/x.pem',
    'https://sns.eu-west-1.amazonaws.com@evil.example/x.pem',
    'https://xsns.eu-west-1.amazonaws.com/x.pem',
    'https://sns.eu-west-1.amazonaws.com/x.txt',
    'http://sns.eu-west-1.amazonaws.com/x.pem',
    'https://s3.eu-west-1.amazonaws.com/x.pem',
  ])('is not asked for its certificate at %s', async (SigningCertURL) => {
    expect(await ask({ ...signed(), SigningCertURL })).toBe('key_not_allowed');
  });

  it('asks for nothing when the message is for another topic, and takes one of several', async () => {
    const other = { current: 'arn:aws:sns:eu-west-1:123456789012:returns', previous: null };
    const never: RemoteKeys = {
      read: () => Promise.reject(new Error('nothing should be fetched')),
      visit: () => Promise.reject(new Error('nothing should be visited')),
    };
    const request = received({ body: JSON.stringify(signed()) });
    expect(await outcomeOf(request, sourceOf('sns', other), never)).toBe('not_ours');
    const both = { current: `${other.current}, ${configured}` };
    expect(await ask(signed(), sourceOf('sns', both))).toBe('event');
  });

  it('that lacks a signed field, or is no message, is refused', async () => {
    const { Message: _message, ...without } = signed() as Record<string, unknown>;
    expect(await ask(without)).toBe('malformed_body');
    expect(await ask({ ...signed(), Type: 'Other' })).toBe('malformed_body');
    expect(await ask([])).toBe('malformed_body');
    expect(await ask({ ...signed(), Subject: 'added' })).toBe('mismatch');
  });
});

describe('Adobe', () => {
  const genuine = receivedBy(signedBy('adobe-io-events'));
  const ask = (headers: Record<string, string>) =>
    outcomeOf(withHeaders(genuine, headers), sourceOf('adobe-io-events'), keysOf('adobe-io-events'));

  it('is believed by either of its signatures', async () => {
    expect(await ask({ 'x-adobe-digital-signature-1': 'AAAA' })).toBe('event');
    expect(await ask({ 'x-adobe-digital-signature-2': '' })).toBe('event');
    expect(await ask({ 'x-adobe-digital-signature-1': 'AAAA', 'x-adobe-digital-signature-2': 'AAAA' })).toBe(
      'malformed_signature',
    );
  });

  it.each([
    '//evil.example/k.pem',
    '/../k.pem',
    'https://evil.example/k.pem',
    '/prod/keys/k.pem?x',
    '/k.txt',
  ])('is not asked for a key at %s', async (path) => {
    const outcome = await ask({ 'x-adobe-public-key1-path': path, 'x-adobe-public-key2-path': path });
    expect(outcome).toBe('key_not_allowed');
  });
});

describe('eBay', () => {
  const genuine = receivedBy(signedBy('ebay'));
  const value = (changes: object) => {
    const parts = JSON.parse(Buffer.from(genuine.headers['x-ebay-signature'] ?? '', 'base64').toString());
    return Buffer.from(JSON.stringify({ ...parts, ...changes })).toString('base64');
  };
  const ask = (changes: object, source = sourceOf('ebay')) =>
    outcomeOf(withHeaders(genuine, { 'x-ebay-signature': value(changes) }), source, keysOf('ebay'));

  it('is not believed with another algorithm, or a key id that is none', async () => {
    expect(await ask({})).toBe('event');
    expect(await ask({ alg: 'none' })).toBe('algorithm_not_allowed');
    expect(await ask({ digest: 'MD5' })).toBe('algorithm_not_allowed');
    expect(await ask({ kid: '../../secrets' })).toBe('key_unknown');
    expect(await ask({ signature: '' })).toBe('malformed_signature');
  });

  it('cannot be verified by a source without its API’s credentials', async () => {
    expect(await ask({}, { ...sourceOf('ebay'), credentials: {} })).toBe('source_incomplete');
  });
});

describe('Microsoft Graph', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const jwk = createPublicKey(rsa.publicKey.export({ type: 'spki', format: 'pem' })).export({
    format: 'jwk',
  });
  const remoteKeys = createVectorKeys({
    name: 'g',
    valid: true,
    jwks: { keys: [{ ...jwk, kid: keyPlaces.keyId }] },
  });
  const seconds = Math.floor(noon / 1000);
  const claims = {
    aud: 'app-id',
    iss: 'https://sts.windows.net/84bd8158-6d4d-4958-8b9f-9d6445542f95/',
    appid: '0bf30f3b-4a52-48df-9a82-234910c4a086',
    exp: seconds + 3_600,
  };
  const token = (changes: object) =>
    signJwt({ ...claims, ...changes }, key, { alg: 'RS256', kid: keyPlaces.keyId });
  const { body } = signedBy('microsoft-graph');
  const ask = (validationTokens: unknown, applicationId: string | null = 'app-id') => {
    const preset = microsoftGraph(applicationId === null ? {} : { applicationId });
    const request = received({ body: JSON.stringify({ ...JSON.parse(body), validationTokens }) });
    return outcomeOf(request, { ...sourceOf('microsoft-graph'), preset }, remoteKeys);
  };

  it('with tokens is believed when every one is its publisher’s, for this application', async () => {
    expect(await ask([token({})])).toBe('event');
    expect(await ask([token({ appid: undefined, azp: claims.appid })])).toBe('event');
    expect(await ask([token({}), token({ aud: 'other' })])).toBe('not_ours');
    expect(await ask([token({ appid: 'another-application' })])).toBe('claim_mismatch');
    expect(await ask([token({ iss: 'https://evil.example/' })])).toBe('claim_mismatch');
    expect(await ask([token({ exp: seconds - 1 })])).toBe('token_expired');
    expect(await ask([7])).toBe('malformed_signature');
    expect(await ask('token')).toBe('malformed_body');
    expect(await ask([token({})], null)).toBe('source_incomplete');
    expect(await ask([], null)).toBe('event');
  });

  it('is refused when one of its notifications has another client state', async () => {
    const value = JSON.parse(body).value;
    const mixed = { value: [...value, { ...value[0], clientState: 'other' }] };
    const request = received({ body: JSON.stringify(mixed) });
    expect(await outcomeOf(request, sourceOf('microsoft-graph'), remoteKeys)).toBe('mismatch');
    const empty = received({ body: '{"value":[]}' });
    expect(await outcomeOf(empty, sourceOf('microsoft-graph'), remoteKeys)).toBe('malformed_body');
  });
});
