// The sink: what every system forwards to. It takes 0 or more ms, remembers when each event came and went, and is the judge:
// an event that is missing, doubled or before its turn is seen here and nowhere else.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Arrival = {
  readonly at: number;
  answeredAt: number;
  readonly number: number;
  readonly order: string;
};

export type Verdict = {
  readonly missing: number;
  readonly doubled: number;
  /** Events that came after a later one of the same order, or while an earlier one was still being worked on. */
  readonly outOfOrder: number;
};

export type Sink = {
  readonly url: string;
  /** How long an answer takes, ms. */
  delayMs: number;
  /** To show that a run can be void: every so many arrivals one is taken down twice. Null: none is. */
  doubleEvery: number | null;
  readonly arrivals: ReadonlyMap<string, Arrival>;
  /** Forgets everything, and expects so many different ids. */
  expect(count: number): void;
  /** Resolves with the time the last expected id was answered, or null after `timeoutMs`. */
  complete(timeoutMs: number): Promise<number | null>;
  verdict(ids: readonly string[]): Verdict;
  close(): Promise<void>;
};

export async function startSink(): Promise<Sink> {
  let arrivals = new Map<string, Arrival>();
  let doubled = 0;
  let outOfOrder = 0;
  let lastOf = new Map<string, Arrival>();
  let answered = 0;
  let expected = Number.POSITIVE_INFINITY;
  let whole = Promise.withResolvers<number>();

  const note = (id: string, order: string, number: number): Arrival => {
    const arrival = { at: performance.now(), answeredAt: Number.NaN, number, order };
    if (arrivals.has(id)) {
      doubled += 1;
      return arrival;
    }
    arrivals.set(id, arrival);
    const last = lastOf.get(order);
    if (last !== undefined && (last.number > number || Number.isNaN(last.answeredAt))) outOfOrder += 1;
    if (last === undefined || last.number < number) lastOf.set(order, arrival);
    return arrival;
  };
  const server = createServer((request, response) => {
    // Whoever is in doubt asks: a read, which the judge does not count.
    if (request.method === 'GET') {
      response.statusCode = arrivals.has(decodeURIComponent(request.url?.split('/').at(-1) ?? ''))
        ? 200
        : 404;
      response.end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { id, order, number } = JSON.parse(Buffer.concat(chunks).toString()) as Arrival & { id: string };
      const arrival = note(id, order, number);
      if (sink.doubleEvery !== null && arrivals.size % sink.doubleEvery === 0) note(id, order, number);
      const answer = () => {
        arrival.answeredAt = performance.now();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id }));
        answered += 1;
        if (arrivals.size === expected && answered >= expected) whole.resolve(arrival.answeredAt);
      };
      if (sink.delayMs === 0) answer();
      else setTimeout(answer, sink.delayMs);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delayMs: 0,
    doubleEvery: null,
    get arrivals() {
      return arrivals;
    },
    expect: (count) => {
      arrivals = new Map();
      lastOf = new Map();
      [doubled, outOfOrder, answered, expected] = [0, 0, 0, count];
      whole = Promise.withResolvers();
    },
    complete: (timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<null>();
      const timer = setTimeout(() => resolve(null), timeoutMs);
      return Promise.race([whole.promise, promise]).finally(() => clearTimeout(timer));
    },
    verdict: (ids) => ({ missing: ids.filter((id) => !arrivals.has(id)).length, doubled, outOfOrder }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return sink;
}
