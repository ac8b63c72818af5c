// The benchmark's judge and its client: a run that lost, doubled or reordered an event must not count.

import { afterEach, describe, expect, it } from 'vitest';
import { openConnection, readAnswer } from '../../bench/load/http-client.ts';
import { makeEvents, type OrderEvent } from '../../bench/load/orders.ts';
import { type Sink, startSink } from '../../bench/load/sink.ts';

let sink: Sink | null = null;

afterEach(async () => {
  await sink?.close();
  sink = null;
});

/** Posts the bodies of the events to the sink, one after the other. */
async function forward(url: string, events: readonly OrderEvent[]): Promise<void> {
  const connection = await openConnection(url);
  for (const { request } of events) expect(await connection.post(request)).toBe(200);
  connection.close();
}

describe('the sink', () => {
  it('finds nothing wrong with each event once and in order', async () => {
    sink = await startSink();
    const events = makeEvents({ name: 'r', count: 6 }, { url: sink.url, path: '/documents' });
    sink.expect(6);
    await forward(sink.url, events);
    expect(await sink.complete(1_000)).not.toBeNull();
    expect(sink.verdict(events.map(({ id }) => id))).toEqual({ missing: 0, doubled: 0, outOfOrder: 0 });
  });

  it('sees what is missing, doubled and out of order', async () => {
    sink = await startSink();
    const events = makeEvents({ name: 'r', count: 6 }, { url: sink.url, path: '/documents' });
    sink.expect(6);
    const [first, second, third] = events as [OrderEvent, OrderEvent, OrderEvent];
    await forward(sink.url, [first, third, second, second]);
    expect(await sink.complete(10)).toBeNull();
    expect(sink.verdict(events.map(({ id }) => id))).toEqual({ missing: 3, doubled: 1, outOfOrder: 1 });
  });
});

describe('an answer', () => {
  it.each([
    ['HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok', 202],
    ['HTTP/1.1 202 Accepted\r\nContent-Length: 3\r\n\r\nok', null],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n', null],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n', 200],
    ['HTTP/1.1 401 Unauthorized\r\n\r\n', 401],
    ['HTTP/1.1 202', null],
  ])('%j is complete with status %s', (text, status) => {
    expect(readAnswer(Buffer.from(text))).toBe(status);
  });
});
