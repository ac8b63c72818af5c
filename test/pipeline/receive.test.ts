// Stage 1: bytes as they come, and never more of them than the cap, whatever the sender announces.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { type IncomingRequest, type ReceiveLimits, receive } from '../../src/pipeline/receive.ts';
import { noon } from '../support/requests.ts';

type Pull = { pulled: number; cancelled: unknown[] };

/** A body that counts how much of it was asked for. */
function bodyOf(chunks: Iterable<Uint8Array>): { stream: ReadableStream<Uint8Array>; seen: Pull } {
  const seen: Pull = { pulled: 0, cancelled: [] };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = iterator.next();
        if (next.done === true) controller.close();
        else {
          seen.pulled += next.value.length;
          controller.enqueue(next.value);
        }
      },
      cancel(reason) {
        seen.cancelled.push(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, seen };
}

function filled(length: number): Uint8Array {
  return new Uint8Array(length).fill(97);
}

function* endless(length: number): Generator<Uint8Array> {
  for (;;) yield filled(length);
}

const small: ReceiveLimits = { maxBodyBytes: 100, maxHeaderCount: 5, maxHeaderCharacters: 200 };

function receiveWith(incoming: Partial<IncomingRequest>, given: ReceiveLimits = small) {
  return receive(
    {
      source: 'shop',
      method: 'POST',
      url: '/hooks/shop?x=1',
      headers: [],
      contentLength: null,
      body: null,
      ...incoming,
    },
    { limits: given, now: noon, requestId: 'req_1' },
  );
}

describe('a received request', () => {
  it('holds the exact bytes, the headers in lower case and when it came', async () => {
    const bytes = new Uint8Array([0, 255, 128, 13, 10]);
    const result = await receiveWith({
      headers: new Headers({ 'X-Shopify-Topic': 'orders/create', 'Content-Type': 'application/json' }),
      body: bodyOf([bytes]).stream,
    });
    expect(result).toEqual({
      ok: true,
      value: {
        source: 'shop',
        method: 'POST',
        url: '/hooks/shop?x=1',
        headers: { 'x-shopify-topic': 'orders/create', 'content-type': 'application/json' },
        repeatedHeaders: [],
        body: bytes,
        receivedAt: noon,
        requestId: 'req_1',
      },
    });
  });

  it('is the same whatever chunks it came in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 6 }), async (chunks) => {
        const whole = new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
        const result = await receiveWith({
          body: bodyOf(chunks.map((chunk) => new Uint8Array(chunk))).stream,
        });
        if (whole.length > small.maxBodyBytes)
          expect(result).toMatchObject({ error: { reason: 'body_too_large' } });
        else expect(result).toMatchObject({ ok: true, value: { body: whole } });
      }),
    );
  });

  it('owns its bytes: a chunk that is a window brings nothing of its buffer along', async () => {
    const window = filled(64).subarray(8, 16);
    const result = await receiveWith({ body: bodyOf([window]).stream });
    expect(result.ok && result.value.body.buffer.byteLength).toBe(8);
  });

  it('may have no body', async () => {
    expect(await receiveWith({ method: 'GET' })).toMatchObject({
      ok: true,
      value: { method: 'GET', body: new Uint8Array() },
    });
    expect(await receiveWith({ body: bodyOf([]).stream })).toMatchObject({
      ok: true,
      value: { body: new Uint8Array() },
    });
  });

  it.each(['PUT', 'HEAD', 'DELETE', 'post', ''])('of method %j is refused', async (method) => {
    expect(await receiveWith({ method })).toMatchObject({ error: { reason: 'method_not_allowed', method } });
  });
});

describe('the cap on the body', () => {
  it('lets exactly the cap through, and not one byte more', async () => {
    for (const sizes of [[100], [50, 50], [99, 1], Array(100).fill(1)]) {
      const result = await receiveWith({ body: bodyOf(sizes.map(filled)).stream });
      expect(result.ok && result.value.body.length).toBe(100);
    }
    for (const sizes of [[101], [50, 51], [100, 1], Array(101).fill(1)]) {
      const { stream, seen } = bodyOf(sizes.map(filled));
      const result = await receiveWith({ body: stream });
      expect(result).toEqual({
        ok: false,
        error: { reason: 'body_too_large', maxBodyBytes: 100, announced: false },
      });
      expect(seen.cancelled).toEqual(['body_too_large']);
    }
  });

  it('stops an endless body after the cap', async () => {
    const { stream, seen } = bodyOf(endless(30));
    expect(await receiveWith({ body: stream })).toMatchObject({ error: { reason: 'body_too_large' } });
    expect(seen.pulled).toBe(120);
    expect(seen.cancelled).toHaveLength(1);
  });

  it('refuses an announced length over the cap without reading', async () => {
    const { stream, seen } = bodyOf(endless(1));
    const result = await receiveWith({ contentLength: '101', body: stream });
    expect(result).toEqual({
      ok: false,
      error: { reason: 'body_too_large', maxBodyBytes: 100, announced: true },
    });
    expect(seen).toEqual({ pulled: 0, cancelled: ['body_too_large'] });
    expect(await receiveWith({ contentLength: '9'.repeat(400) })).toMatchObject({
      error: { announced: true },
    });
  });

  it('takes a body whose announced length fits as a whole, and caps it all the same', async () => {
    const announced = (length: number) => ({
      contentLength: '100',
      body: bodyOf(endless(1)).stream,
      readWhole: async () => new ArrayBuffer(length),
    });
    expect(await receiveWith(announced(100))).toMatchObject({ value: { body: new Uint8Array(100) } });
    expect(await receiveWith(announced(101))).toMatchObject({ error: { reason: 'body_too_large' } });
    const gone = { ...announced(1), readWhole: () => Promise.reject(new Error('gone')) };
    expect(await receiveWith(gone)).toMatchObject({ error: { reason: 'body_unreadable', message: 'gone' } });
  });

  it('takes a body of no announced length as a stream', async () => {
    const readWhole = () => Promise.reject(new Error('not asked for'));
    const result = await receiveWith({ body: bodyOf([filled(7)]).stream, readWhole });
    expect(result).toMatchObject({ value: { body: filled(7) } });
  });

  it.each(['1', '0', '-1', 'abc', '1e9', '', '100, 100'])(
    'does not believe a length of %j',
    async (contentLength) => {
      expect(await receiveWith({ contentLength, body: bodyOf([filled(100)]).stream })).toMatchObject({
        ok: true,
      });
      expect(await receiveWith({ contentLength, body: bodyOf([filled(101)]).stream })).toMatchObject({
        ok: false,
      });
    },
  );

  it('answers although the sender ignores that it was told to stop', async () => {
    const stuck = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(filled(200)),
      cancel: () => new Promise<void>(() => undefined),
    });
    expect(await receiveWith({ body: stuck })).toMatchObject({ error: { reason: 'body_too_large' } });
    const failing = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(filled(200)),
      cancel: () => Promise.reject(new Error('gone')),
    });
    expect(await receiveWith({ body: failing })).toMatchObject({ error: { reason: 'body_too_large' } });
  });

  it('is 1 MiB', async () => {
    expect(limits.maxBodyBytes).toBe(1024 * 1024);
    expect(await receiveWith({ body: bodyOf([filled(1024 * 1024)]).stream }, limits)).toMatchObject({
      ok: true,
    });
    expect(await receiveWith({ body: bodyOf([filled(1024 * 1024 + 1)]).stream }, limits)).toMatchObject({
      ok: false,
    });
  });
});

describe('a broken body', () => {
  it('is a value, not an exception', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('connection lost')),
    });
    expect(await receiveWith({ body: broken })).toEqual({
      ok: false,
      error: { reason: 'body_unreadable', message: 'connection lost' },
    });
  });

  it('that somebody else is reading is unreadable', async () => {
    const { stream } = bodyOf([filled(1)]);
    stream.getReader();
    expect(await receiveWith({ body: stream })).toMatchObject({ error: { reason: 'body_unreadable' } });
  });
});

describe('the headers', () => {
  it('that came more than once are named, and the first value stands', async () => {
    const headers: [string, string][] = [
      ['X-Sig', 'a'],
      ['x-sig', 'b'],
      ['X-SIG', 'c'],
      ['x-other', 'd'],
    ];
    expect(await receiveWith({ headers })).toMatchObject({
      value: { headers: { 'x-sig': 'a', 'x-other': 'd' }, repeatedHeaders: ['x-sig'] },
    });
  });

  it('named like an object’s own parts are fields and nothing else', async () => {
    const headers: [string, string][] = [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ];
    const result = await receiveWith({ headers });
    expect(result.ok && Object.entries(result.value.headers)).toEqual(headers);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it('are bounded in number and size', async () => {
    const fields = (count: number, length: number) =>
      Array.from({ length: count }, (_, index): [string, string] => [`x-${index}`, 'v'.repeat(length)]);
    expect(await receiveWith({ headers: fields(5, 1) })).toMatchObject({ ok: true });
    expect(await receiveWith({ headers: fields(6, 1) })).toMatchObject({
      error: { reason: 'headers_too_large', limit: 5, unit: 'fields' },
    });
    expect(await receiveWith({ headers: fields(1, 197) })).toMatchObject({ ok: true });
    expect(await receiveWith({ headers: fields(1, 198) })).toMatchObject({
      error: { reason: 'headers_too_large', limit: 200, unit: 'characters' },
    });
  });
});
