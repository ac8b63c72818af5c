// The exporter against a collector that is well, away, slow to be well again, or told too much: what is recorded keeps nobody
// waiting, what is dropped is counted, and nothing goes anywhere but to the configured address.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import type { Span } from '../../../src/core/tracing/span.ts';
import { createSpanExporter } from '../../../src/platform/fetch/span-exporter.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const url = 'https://otlp.example.com/v1/traces';

function spanOf(number: number): Span {
  const spanId = (number + 1).toString(16).padStart(16, '0');
  return {
    context: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId, sampled: true },
    ...{ parentSpanId: null, name: 'claim', kind: 'producer', startAt: 1, endAt: 2 },
    ...{ attributes: {}, failed: false, link: null },
  };
}

type Exported = {
  readonly resourceSpans: readonly [
    { readonly scopeSpans: readonly [{ readonly spans: readonly unknown[] }] },
  ];
};

/** Time goes on only by the waits of the exporter, each ended by `go`. */
function setUp(answer: () => Promise<Response>) {
  let now = 0;
  const waits: { readonly ms: number; readonly end: () => void }[] = [];
  const works: Promise<unknown>[] = [];
  const log: Readonly<Record<string, unknown>>[] = [];
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(answer);
  const sink = createSpanExporter({
    ...{ url, headers: { 'x-key': 'collector-key' } },
    clock: { now: () => now, wait: (ms) => new Promise((end) => waits.push({ ms, end })) },
    telemetry: { log: (level, event, fields) => void log.push({ level, event, ...fields }) },
    background: (work) => void works.push(work),
  });
  /** Ends the wait of the export under way, and the export with it. */
  const go = async (): Promise<number> => {
    const wait = waits.shift();
    if (wait === undefined) throw new Error('no export is under way');
    now += wait.ms;
    const work = works.shift();
    wait.end();
    await work;
    return wait.ms;
  };
  const sent = () =>
    fetched.mock.calls.map(([, init]) => {
      const body = JSON.parse(String(init?.body)) as Exported;
      return body.resourceSpans[0].scopeSpans[0].spans.length;
    });
  return { sink, go, sent, fetched, log, waiting: () => waits.length, pass: (ms: number) => (now += ms) };
}

const well = async () => Response.json({});

describe('the exporter of spans', () => {
  it('sends what has gathered in one call, to the one address, with the headers of the collector', async () => {
    const { sink, go, sent, fetched } = setUp(well);
    for (let n = 0; n < 5; n += 1) sink.record(spanOf(n));
    expect(fetched).not.toHaveBeenCalled();
    expect(await go()).toBe(limits.spanGatherMs);
    expect(sent()).toEqual([5]);
    const [address, init] = fetched.mock.calls[0] ?? [];
    expect(address).toBe(url);
    expect(init).toMatchObject({ method: 'POST', redirect: 'manual' });
    expect(init?.headers).toEqual({ 'x-key': 'collector-key', 'content-type': 'application/json' });
  });

  it('goes on until nothing is left, a bounded number at a time', async () => {
    const { sink, go, sent, waiting } = setUp(well);
    for (let n = 0; n < limits.maxSpansPerExport + 1; n += 1) sink.record(spanOf(n));
    await go();
    await go();
    expect(sent()).toEqual([limits.maxSpansPerExport, 1]);
    expect(waiting()).toBe(0);
  });

  it('keeps a bounded number, and counts what finds no room', async () => {
    const { sink, go, log } = setUp(well);
    for (let n = 0; n < limits.maxQueuedSpans + 7; n += 1) sink.record(spanOf(n));
    await go();
    expect(log).toEqual([
      { level: 'warn', event: 'spans.dropped', reason: 'queue_full', droppedCount: 7, status: null },
    ]);
  });

  it.each([
    ['does not answer', () => Promise.reject(new Error('connection refused')), 'no_answer', null],
    ['refuses', async () => new Response('no', { status: 503 }), 'refused', 503],
    ['sends it elsewhere', async () => Response.redirect('https://other.example.com/', 307), 'refused', 307],
  ])('drops and counts what a collector got that %s, and leaves it alone for a while', async (...given) => {
    const [, answer, reason, status] = given;
    const { sink, go, log, fetched } = setUp(answer);
    sink.record(spanOf(1));
    sink.record(spanOf(2));
    await go();
    expect(log).toEqual([{ level: 'warn', event: 'spans.dropped', reason, droppedCount: 2, status }]);
    expect(fetched).toHaveBeenCalledTimes(1);
    sink.record(spanOf(3));
    expect(await go()).toBe(limits.spanPauseMs);
  });

  it('counts what the collector says that it did not take', async () => {
    const { sink, go, log } = setUp(async () => Response.json({ partialSuccess: { rejectedSpans: '2' } }));
    for (let n = 0; n < 3; n += 1) sink.record(spanOf(n));
    await go();
    expect(log).toMatchObject([{ event: 'spans.dropped', reason: 'rejected', droppedCount: 2 }]);
  });

  it('begins anew where the invocation that was to send them was cut off', async () => {
    const { sink, waiting, pass } = setUp(well);
    sink.record(spanOf(1));
    sink.record(spanOf(2));
    expect(waiting()).toBe(1);
    pass(60_000);
    sink.record(spanOf(3));
    expect(waiting()).toBe(2);
  });
});
