// Which trace a request is in, what its spans hang under, and what is told of it at all.

import { describe, expect, it } from 'vitest';
import type { WebhookEvent } from '../../src/core/event.ts';
import { limits } from '../../src/core/limits.ts';
import type { Span } from '../../src/core/tracing/span.ts';
import { parseTraceparent } from '../../src/core/tracing/trace-context.ts';
import { createTracing, type TraceRules } from '../../src/pipeline/tracing.ts';

const senderId = '4bf92f3577b34da6a3ce929d0e0e4736';
const senderSpan = '00f067aa0ba902b7';
const fromSender = {
  headers: { traceparent: `00-${senderId}-${senderSpan}-00`, tracestate: 'shop=1' },
  repeatedHeaders: [],
};
const hook = { method: 'POST', route: '/hooks/:source' };
const isWell = () => true;

function setUp(rules: Partial<TraceRules> = {}) {
  const spans: Span[] = [];
  let now = 1_000;
  const tracing = createTracing({
    rules: { sampleRatio: 1, senderTrace: 'parent', ...rules },
    sink: { record: (span) => void spans.push(span) },
    clock: { now: () => (now += 1) },
    randomness: { uuid: () => crypto.randomUUID() },
  });
  const named = (name: string) => spans.find((span) => span.name === name);
  return { tracing, spans, named };
}

const eventWith = (trace: WebhookEvent['trace']) => ({ trace }) as WebhookEvent;

describe('the trace of a request', () => {
  it('is one of its own where the sender says nothing, with its stages under it', async () => {
    const { tracing, spans, named } = setUp();
    const trace = tracing.request(hook);
    await trace.stage({ name: 'receive', isWell }, async () => 1);
    trace.adopt({ headers: {}, repeatedHeaders: [] });
    await trace.stage({ name: 'claim', isWell }, async () => 1);
    trace.end(202);
    const root = named('POST /hooks/:source');
    expect(root).toMatchObject({ kind: 'server', parentSpanId: null, link: null, failed: false });
    expect(new Set(spans.map(({ context }) => context.traceId))).toEqual(new Set([trace.traceId()]));
    for (const name of ['receive', 'claim']) expect(named(name)?.parentSpanId).toBe(root?.context.spanId);
    expect(named('claim')?.context.spanId).toBe(trace.toKeep().spanId);
  });

  it("goes on with the sender's, and passes its state on", () => {
    const { tracing, spans } = setUp();
    const trace = tracing.request(hook);
    trace.adopt(fromSender);
    trace.end(202);
    expect(spans).toMatchObject([
      { context: { traceId: senderId, state: 'shop=1' }, parentSpanId: senderSpan, link: null },
    ]);
    expect(trace.toKeep()).toMatchObject({ traceId: senderId, state: 'shop=1', sampled: true });
  });

  it("points at the sender's where it is to be one of its own, and takes nothing of it along", () => {
    const { tracing, spans } = setUp({ senderTrace: 'link' });
    const trace = tracing.request(hook);
    trace.adopt(fromSender);
    trace.end(202);
    expect(trace.traceId()).not.toBe(senderId);
    expect(trace.toKeep()).not.toHaveProperty('state');
    expect(spans).toMatchObject([
      { parentSpanId: null, link: { traceId: senderId, spanId: senderSpan, state: 'shop=1' } },
    ]);
  });

  it('is told of only where it is sampled, and is passed on all the same', async () => {
    const { tracing, spans } = setUp({ sampleRatio: 0 });
    const trace = tracing.request(hook);
    trace.adopt({ ...fromSender, headers: { traceparent: `00-${senderId}-${senderSpan}-01` } });
    await trace.stage({ name: 'claim', isWell }, async () => 1);
    trace.end(202);
    const attempt = tracing.attempt(eventWith(trace.toKeep()), 'attempt sale.confirm');
    const call = attempt?.call({ 'http.request.method': 'POST' });
    call?.end({}, false);
    attempt?.end({}, false);
    expect(spans).toEqual([]);
    expect(parseTraceparent(call?.headers.traceparent)).toMatchObject({ traceId: senderId, sampled: false });
  });

  it('says which stage went wrong, also where it threw', async () => {
    const { tracing, named } = setUp();
    const trace = tracing.request(hook);
    await trace.stage({ name: 'verify', isWell: () => false }, async () => 1);
    const thrown = trace.stage({ name: 'claim', isWell }, async () => {
      throw new Error('a bug');
    });
    await expect(thrown).rejects.toThrow('a bug');
    trace.end(503);
    expect(named('verify')?.failed).toBe(true);
    expect(named('claim')?.failed).toBe(true);
    expect(named('POST /hooks/:source')).toMatchObject({ failed: true, attributes: { 'error.type': '503' } });
  });
});

describe('the trace of an attempt', () => {
  const kept = { traceId: senderId, spanId: 'aaaaaaaaaaaaaaaa', sampled: true };

  it('hangs under the claim, and each call under it, with the id the ERP was given', () => {
    const { tracing, named } = setUp();
    const attempt = tracing.attempt(eventWith(kept), 'attempt sale.confirm');
    const call = attempt?.call({ 'http.request.method': 'POST' });
    call?.end({ 'http.response.status_code': 201 }, false);
    attempt?.end({ 'holdfast.outcome': 'succeeded' }, false);
    const told = named('attempt sale.confirm');
    expect(told).toMatchObject({ kind: 'consumer', parentSpanId: kept.spanId });
    expect(named('POST')).toMatchObject({ kind: 'client', parentSpanId: told?.context.spanId });
    expect(parseTraceparent(call?.headers.traceparent)?.spanId).toBe(named('POST')?.context.spanId);
  });

  it('is none for an event that is kept without one', () => {
    expect(setUp().tracing.attempt(eventWith(undefined), 'attempt sale.confirm')).toBeNull();
  });

  it('tells of a bounded number of calls', () => {
    const { tracing, spans } = setUp();
    const attempt = tracing.attempt(eventWith(kept), 'attempt invoice.create');
    for (let n = 0; n < limits.maxSpansPerAttempt + 5; n += 1) attempt?.call({}).end({}, false);
    expect(spans).toHaveLength(limits.maxSpansPerAttempt);
    expect(attempt?.callCount()).toBe(limits.maxSpansPerAttempt + 5);
  });
});
