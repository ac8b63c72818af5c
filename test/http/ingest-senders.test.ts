// What particular senders hear: their own reply in place of events' ids, a bare refusal, and what is told of the connection.
import { describe, expect, it } from 'vitest';
import type { AcceptAnswer, AcceptRequest } from '../../src/pipeline/accept-answer.ts';
import { createMemoryRelay } from '../support/memory-relay.ts';

function relayAnswering(answer: AcceptAnswer) {
  const requests: AcceptRequest[] = [];
  const accept = async (request: AcceptRequest) => {
    requests.push(request);
    return answer;
  };
  return { ...createMemoryRelay({ services: { accept } }), requests };
}

const post = { method: 'POST', body: '{}' };
const events = [{ id: 'evt_0_1', status: 'accepted' }] as const;

describe('an accepted request', () => {
  it('is answered as its sender wants, to the byte', async () => {
    const reply = { status: 200, contentType: 'text/plain; charset=utf-8', body: '[accepted]' };
    const { app } = relayAnswering({ kind: 'accepted', events, reply });
    const response = await app.request('/hooks/shop', post);
    expect([response.status, await response.text()]).toEqual([200, '[accepted]']);
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(response.headers.get('x-request-id')).not.toBeNull();
  });

  it.each([200, 202, 204])('may be answered %i with nothing in it', async (status) => {
    const { app } = relayAnswering({
      kind: 'accepted',
      events,
      reply: { status, contentType: '', body: '' },
    });
    const response = await app.request('/hooks/shop', post);
    expect([response.status, await response.text()]).toEqual([status, '']);
    expect(response.headers.get('content-type')).toBeNull();
    expect(response.headers.get('set-cookie')).toBeNull();
  });
});

it('a refusal may be bare', async () => {
  const { app } = relayAnswering({ kind: 'unverified', reason: 'mismatch', detail: '', bare: true });
  const response = await app.request('/hooks/shop', post);
  expect([response.status, await response.text()]).toEqual([401, '']);
});

describe('the peer', () => {
  const peerOf = async (cf: object | undefined, headers: Record<string, string> = {}) => {
    const { app, requests } = relayAnswering({ kind: 'unknown_source' });
    const request = new Request('https://relay.example/hooks/shop', { ...post, headers });
    if (cf !== undefined) Object.defineProperty(request, 'cf', { value: cf });
    await app.fetch(request);
    return requests[0]?.peer;
  };

  it('is told by the edge: the address in its own header, the certificate in its own property', async () => {
    const tlsClientAuth = { certVerified: 'SUCCESS', certFingerprintSHA256: 'AB'.repeat(32) };
    expect(await peerOf({ tlsClientAuth }, { 'cf-connecting-ip': '203.0.113.7' })).toEqual({
      address: '203.0.113.7',
      certificate: { verified: true, fingerprintSha256: 'ab'.repeat(32) },
    });
    const failed = { ...tlsClientAuth, certVerified: 'FAILED:self signed certificate' };
    expect(await peerOf({ tlsClientAuth: failed })).toMatchObject({ certificate: { verified: false } });
  });

  it('has no certificate where none was shown', async () => {
    const none = { certVerified: 'NONE', certFingerprintSHA256: '' };
    expect(await peerOf({ tlsClientAuth: none })).toEqual({ address: null, certificate: null });
    expect(await peerOf(undefined)).toEqual({ address: null, certificate: null });
  });
});
