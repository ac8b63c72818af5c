// What a sender is told: one status for each end of a request, and no more than it needs to know.
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

const post = { method: 'POST', body: '{"id":1}' };

describe('ingest', () => {
  it('answers 202 with the events and nothing else', async () => {
    const events = [
      { id: 'evt_0_1', status: 'accepted' },
      { id: 'evt_0_2', status: 'duplicate' },
    ] as const;
    const { app } = relayAnswering({ kind: 'accepted', events });

    const response = await app.request('/hooks/shop', post);

    expect(response.status).toBe(202);
    expect(await response.text()).toBe(
      '{"events":[{"id":"evt_0_1","status":"accepted"},{"id":"evt_0_2","status":"duplicate"}]}',
    );
  });

  it('answers 202 with the intake and its items, or what the sender wants to hear', async () => {
    const events = [{ id: 'int_0_a.0', status: 'received' }] as const;
    const received = { kind: 'received', intake: 'int_0_a', events } as const;
    const plain = await relayAnswering(received).app.request('/hooks/shop', post);
    expect([plain.status, await plain.text()]).toEqual([
      202,
      '{"intake":"int_0_a","events":[{"id":"int_0_a.0","status":"received"}]}',
    ]);
    const reply = { status: 200, contentType: 'text/plain', body: '[accepted]' };
    const own = await relayAnswering({ ...received, reply }).app.request('/hooks/shop', post);
    expect([own.status, await own.text()]).toEqual([200, '[accepted]']);
  });

  it('hands the request on as it came', async () => {
    const { app, requests } = relayAnswering({ kind: 'unknown_source' });

    const response = await app.request('/hooks/shop?topic=a%20b', {
      ...post,
      headers: { 'X-Signature': 'abc', 'content-length': '8' },
    });

    const [request] = requests;
    expect(request).toMatchObject({
      source: 'shop',
      method: 'POST',
      url: '/hooks/shop?topic=a%20b',
      contentLength: '8',
    });
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({ 'x-signature': 'abc' });
    expect(request?.requestId).toBe(response.headers.get('x-request-id'));
    expect(await new Response(request?.body).text()).toBe('{"id":1}');
  });

  it('gives a handshake the answer its sender demands', async () => {
    const answer = { name: 'ping', status: 200, contentType: 'text/plain', body: 'pong' };
    const { app } = relayAnswering({ kind: 'handshake', answer });

    const response = await app.request('/hooks/shop');

    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/plain',
      'pong',
    ]);
  });

  const ends: [AcceptAnswer, number, string][] = [
    [{ kind: 'unknown_source' }, 404, 'unknown_source'],
    [{ kind: 'no_handshake' }, 405, 'method_not_allowed'],
    [{ kind: 'malformed', reason: 'headers_too_large', detail: 'x' }, 431, 'headers_too_large'],
    [{ kind: 'malformed', reason: 'body_unreadable', detail: 'x' }, 400, 'unreadable_request'],
    [{ kind: 'body_too_large', maxBytes: 1_048_576 }, 413, 'body_too_large'],
    [{ kind: 'unverified', reason: 'timestamp_too_old', detail: 'header t' }, 401, 'unverified'],
    [
      { kind: 'unparsable', reason: 'not_json', field: 'body', rule: 'must be JSON' },
      400,
      'unparsable_event',
    ],
    [{ kind: 'unavailable', reason: 'backlog_full', retryAfterSeconds: 7 }, 503, 'temporarily_unavailable'],
  ];
  it.each(ends)('maps %j to %i %s', async (answer, status, code) => {
    const { app } = relayAnswering(answer);

    const response = await app.request('/hooks/shop', post);

    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ type: `/problems/${code}`, status, code });
  });

  it('tells an unverified sender nothing of the reason', async () => {
    const texts = await Promise.all(
      ['mismatch', 'secret_unusable', 'timestamp_too_old'].map(async (reason) => {
        const { app } = relayAnswering({ kind: 'unverified', reason, detail: `header ${reason}` });
        return (await app.request('/hooks/shop', post)).text();
      }),
    );

    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toMatch(/mismatch|secret|header|old/);
  });

  it('names field and rule of what cannot be read', async () => {
    const { app } = relayAnswering({
      kind: 'unparsable',
      reason: 'missing_field',
      field: 'body $.id',
      rule: 'is required',
    });

    const problem = await (await app.request('/hooks/shop', post)).json();

    expect(problem).toMatchObject({ errors: [{ field: 'body $.id', rule: 'is required' }] });
  });

  it('says when to come again', async () => {
    const { app } = relayAnswering({ kind: 'unavailable', reason: 'x', retryAfterSeconds: 7 });
    expect((await app.request('/hooks/shop', post)).headers.get('retry-after')).toBe('7');
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])(
    'refuses %s and says what is allowed',
    async (method) => {
      const { app, requests } = relayAnswering({ kind: 'unknown_source' });

      const response = await app.request('/hooks/shop', { method });

      expect([response.status, response.headers.get('allow'), requests.length]).toEqual([
        405,
        'GET, POST',
        0,
      ]);
    },
  );
});

describe('a source that is flooded', () => {
  it('answers 429 and says when to come again', async () => {
    const { app } = relayAnswering({ kind: 'flooded', reason: 'source_over_budget', retryAfterSeconds: 7 });

    const response = await app.request('/hooks/shop', post);

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject({ code: 'too_many_requests' });
  });
});
