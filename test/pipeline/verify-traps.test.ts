// What is particular to one sender: the traps of its scheme, each as a request that must be taken or refused.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { throwawayKeys } from '../../scripts/lib/vectors/throwaway-keys.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { RemoteKeys } from '../../src/core/signature/remote-keys.ts';
import type { ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { hubspot } from '../../src/core/sources/hubspot.ts';
import { okta } from '../../src/core/sources/okta.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { noon, received } from '../support/requests.ts';
import { keysOf, publicUrl, receivedBy, signedBy, sourceOf } from '../support/sender-cases.ts';

const keys = createKeyCache();

async function outcomeOf(request: ReceivedRequest, source: SourceRuntime, remoteKeys: RemoteKeys) {
  const result = await verify(request, source, { keys, remoteKeys });
  if (result.ok) return result.value.kind;
  return 'reason' in result.error ? result.error.reason : result.error.kind;
}

const withHeaders = (request: ReceivedRequest, headers: Record<string, string>): ReceivedRequest => ({
  ...request,
  headers: { ...request.headers, ...headers },
});

describe('HubSpot', () => {
  const genuine = receivedBy(signedBy('hubspot'));
  const ask = (request: ReceivedRequest, source = sourceOf('hubspot')) =>
    outcomeOf(request, source, keysOf('hubspot'));

  it('is believed by its third signature alone, though it sends an older one besides', async () => {
    const { 'x-hubspot-signature-v3': _v3, ...older } = genuine.headers;
    expect(older['x-hubspot-signature']).toMatch(/^[0-9a-f]{64}$/);
    expect(await ask({ ...genuine, headers: older })).toBe('missing_signature');
  });

  it('is believed by an older one where the source says so', async () => {
    const v1 = { ...sourceOf('hubspot'), preset: hubspot({ signature: 'v1' }) };
    expect(await ask(genuine, v1)).toBe('event');
    expect(await ask(withHeaders(genuine, { 'x-hubspot-signature-version': 'v2' }), v1)).toBe(
      'algorithm_not_allowed',
    );
    expect(await ask(withHeaders(genuine, { 'x-hubspot-signature': 'a'.repeat(64) }), v1)).toBe('mismatch');
    expect(await ask(withHeaders(genuine, { 'x-hubspot-signature': 'abc' }), v1)).toBe('malformed_signature');
    const v2 = { ...v1, preset: hubspot({ signature: 'v2' }), publicUrl: null };
    expect(await ask(genuine, v2)).toBe('source_incomplete');
  });

  it('signs its URL with some characters decoded', async () => {
    const { configured } = throwawayKeys('hubspot');
    const url = `${publicUrl}?to=a%40b%2Cc%20d`;
    const { body } = signedBy('hubspot');
    const content = `POST${url.replace('%40', '@').replace('%2C', ',')}${body}${noon}`;
    const signature = createHmac('sha256', configured).update(content).digest('base64');
    const request = withHeaders(genuine, { 'x-hubspot-signature-v3': signature });
    expect(await ask(request, { ...sourceOf('hubspot'), publicUrl: url })).toBe('event');
    expect(await ask(request, { ...sourceOf('hubspot'), publicUrl: `${publicUrl}?to=x` })).toBe('mismatch');
  });
});

describe('GitLab', () => {
  const signing = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const own = { signWith: signing, configured: signing, publicKey: null };
  const ask = (request: ReceivedRequest, current: string) =>
    outcomeOf(request, sourceOf('gitlab', { current }), keysOf('gitlab'));

  it('is believed by its signature where the secret is a signing token, whatever token it shows', async () => {
    const signed = receivedBy(signedBy('gitlab', { keys: own }));
    expect(await ask(signed, signing)).toBe('event');
    expect(await ask(withHeaders(signed, { 'x-gitlab-token': 'anything' }), signing)).toBe('event');
    const shown = receivedBy(signedBy('gitlab'));
    expect(await ask(withHeaders(shown, { 'x-gitlab-token': signing }), signing)).toBe('missing_signature');
  });

  it('is believed by its token where the secret is one', async () => {
    const shown = receivedBy(signedBy('gitlab'));
    const { configured } = throwawayKeys('gitlab');
    expect(await ask(shown, configured)).toBe('event');
    expect(await ask(withHeaders(shown, { 'webhook-signature': 'v1,x' }), configured)).toBe('event');
  });
});

describe('Okta', () => {
  it('may show its secret in another header', async () => {
    const source = { ...sourceOf('okta'), preset: okta({ header: 'X-Okta-Secret' }) };
    const { body, headers } = signedBy('okta');
    const { configured } = throwawayKeys('okta');
    const own = received({ body, headers: { 'x-okta-secret': configured } });
    expect(await outcomeOf(own, source, keysOf('okta'))).toBe('event');
    expect(await outcomeOf(received({ body, headers }), source, keysOf('okta'))).toBe('missing_signature');
  });
});

describe('Auth0', () => {
  const { body } = signedBy('auth0');
  const ask = (authorization: string, current: string) =>
    outcomeOf(
      received({ body, headers: { authorization } }),
      sourceOf('auth0', { current }),
      keysOf('auth0'),
    );

  it('shows what its user wrote: a token, a token with its scheme, or a name and a password', async () => {
    expect(await ask('Bearer t0ken', 't0ken')).toBe('event');
    expect(await ask('Bearer t0ken', 'Bearer t0ken')).toBe('event');
    expect(await ask('t0ken', 't0ken')).toBe('event');
    expect(await ask(`Basic ${Buffer.from('ada:pa:ss').toString('base64')}`, 'ada:pa:ss')).toBe('event');
    expect(await ask('Bearer other', 't0ken')).toBe('mismatch');
    expect(await ask('Basic !!!', 't0ken')).toBe('mismatch');
  });

  it('sends its log line by line, as a list, or as one object', async () => {
    const line = (id: string) => JSON.stringify({ log_id: id, data: { type: 's', user_id: 'u' } });
    const kindOf = (text: string) => {
      const { configured } = throwawayKeys('auth0');
      const headers = { authorization: `Bearer ${configured}` };
      return outcomeOf(received({ body: text, headers }), sourceOf('auth0'), keysOf('auth0'));
    };
    expect(await kindOf(`${line('1')}\n${line('2')}\n`)).toBe('intake');
    expect(await kindOf(`[${line('1')},${line('2')}]`)).toBe('intake');
    expect(await kindOf(line('1'))).toBe('event');
    expect(await kindOf(`${line('1')}\nnot JSON`)).toBe('unparsable');
  });
});

describe('Twilio', () => {
  const { configured: token } = throwawayKeys('twilio');
  const sign = (content: string) => createHmac('sha1', token).update(content).digest('base64');
  const ask = (request: ReceivedRequest, url: string | null = publicUrl) =>
    outcomeOf(request, { ...sourceOf('twilio'), publicUrl: url }, keysOf('twilio'));
  const json = '{"id":"EZ1","type":"com.twilio.x"}';
  const bodyDigest = '?bodySHA256=';

  it('signs a body that is no form by its digest, which the relay makes itself', async () => {
    const { createHash } = await import('node:crypto');
    const digest = createHash('sha256').update(json).digest('hex');
    const signature = sign(publicUrl + bodyDigest + digest);
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
    expect(await ask(received({ headers, body: json }))).toBe('event');
    const other = { ...received({ headers, body: `${json} ` }), url: `/hooks/shop${bodyDigest}${digest}` };
    expect(await ask(other)).toBe('mismatch');
  });

  it('signs the fields of a GET in the URL', async () => {
    const query = '?MessageSid=SM1&MessageStatus=sent';
    const headers = { 'x-twilio-signature': sign(publicUrl + query) };
    const request = { ...received({ headers, method: 'GET' }), url: `/elsewhere${query}` };
    // Genuine, but an event is taken by POST alone.
    expect(await ask(request)).toBe('unparsable');
    expect(await ask({ ...request, url: '/elsewhere?MessageSid=SM2' })).toBe('mismatch');
  });

  it('is not believed for another URL, and not without one', async () => {
    const genuine = receivedBy(signedBy('twilio'));
    expect(await ask(genuine, 'https://relay.example/hooks/other')).toBe('mismatch');
    expect(await ask(genuine, `${publicUrl}?x=1`)).toBe('mismatch');
    expect(await ask(genuine, null)).toBe('source_incomplete');
    expect(await ask(genuine, publicUrl.replace('.example/', '.example:443/'))).toBe('event');
  });
});

describe('DocuSign', () => {
  it('may have sixteen keys', async () => {
    const genuine = receivedBy(signedBy('docusign'));
    const right = genuine.headers['x-docusign-signature-2'] ?? '';
    const wrong = genuine.headers['x-docusign-signature-1'] ?? '';
    const at = (number: number) => {
      const names = Array.from({ length: number }, (_, index) => `x-docusign-signature-${index + 1}`);
      const headers = Object.fromEntries(names.map((name) => [name, wrong]));
      return withHeaders(genuine, { ...headers, [`x-docusign-signature-${number}`]: right });
    };
    expect(await outcomeOf(at(16), sourceOf('docusign'), keysOf('docusign'))).toBe('event');
    expect(await outcomeOf(at(17), sourceOf('docusign'), keysOf('docusign'))).toBe('mismatch');
  });
});
