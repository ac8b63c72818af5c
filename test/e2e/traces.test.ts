// A webhook is one trace on the real runtime: from its receipt over claim, queue and a retry to the ERP, which gets the ids a
// collector is told. And nothing waits for a collector, or is traced without one.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { shopEvents } from '../../scripts/lib/order-run.ts';
import { createRelayClient, type DeliverySummary, until } from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import {
  type Collector,
  type ErpListener,
  type ReceivedSpan,
  startCollector,
  startErpListener,
} from './support/collector.ts';

type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

const senderTrace = '4bf92f3577b34da6a3ce929d0e0e4736';
const senderSpan = '00f067aa0ba902b7';
const collectorKey = 'Bearer collector-key-that-nobody-may-see';

let stateDir: string;
let relay: LocalRelay | null = null;
let collector: Collector | null = null;
let erp: ErpListener | null = null;

afterEach(async () => {
  await relay?.stop();
  await collector?.stop();
  await erp?.stop();
  relay = collector = erp = null;
  rmSync(stateDir, { recursive: true, force: true });
});

async function start(variables: Record<string, string>) {
  stateDir = mkdtempSync(join(tmpdir(), 'holdfast-traces-'));
  const lines: Line[] = [];
  const listener = await startErpListener(() => relay?.erpUrl ?? '');
  erp = listener;
  const started = await startLocalRelay({
    ...{ stateDir, scheduleEveryMs: 0, variables: { ERP_BASE_URL: listener.url, ...variables } },
    onLog: ({ message }) => {
      if (message.startsWith('{')) lines.push(JSON.parse(message) as Line);
    },
  });
  relay = started;
  const client = createRelayClient(started);
  const order = shopEvents({ orders: 1, now: Date.now() })[0];
  if (order === undefined) throw new Error('there is no order');
  const place = async (headers: Record<string, string>) => {
    const { topic, id, payload } = order;
    const signed = client.sign('shopify', { topic, id, payload, now: Date.now() });
    return client.post('shopify', { ...signed, headers: { ...signed.headers, ...headers } });
  };
  const delivered = (): Promise<DeliverySummary & { readonly traceId: string | null }> =>
    until(
      'the sale is confirmed',
      async () => {
        const [one] = await client.deliveries('status=succeeded&operation=sale.confirm');
        return (one as (DeliverySummary & { traceId: string | null }) | undefined) ?? null;
      },
      30_000,
    );
  return { listener, lines, order, place, delivered, secrets: started.secrets };
}

async function collected(): Promise<Collector> {
  collector = await startCollector();
  return collector;
}

const toCollector = ({ url }: Collector) => ({
  ...{ OTLP_ENDPOINT: url, OTLP_NETWORK: 'private' },
  OTLP_HEADERS: `authorization=${encodeURIComponent(collectorKey)}`,
});

/** All spans of a trace that has ended: those of its last attempt come last. */
function untilEnded({ spans }: Collector): Promise<readonly ReceivedSpan[]> {
  const isLast = (span: ReceivedSpan) =>
    span.attributes.some(({ key, value }) => key === 'holdfast.outcome' && value.stringValue === 'succeeded');
  return until('the last attempt is told', async () => (spans.some(isLast) ? spans : null), 20_000);
}

const attribute = (span: ReceivedSpan | undefined, wanted: string) => {
  const value = span?.attributes.find(({ key }) => key === wanted)?.value;
  return value?.stringValue ?? value?.intValue ?? value?.boolValue;
};

describe('a traced webhook', () => {
  it("is one tree under its sender's span, over a retry, with the ids that the ERP got", async () => {
    const told = await collected();
    const { listener, lines, order, place, delivered, secrets } = await start(toCollector(told));
    listener.refuse(1);
    const traceparent = `00-${senderTrace}-${senderSpan}-01`;
    expect((await place({ traceparent, tracestate: 'shop=abc' })).status).toBe(202);
    const delivery = await delivered();
    const spans = await untilEnded(told);

    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([senderTrace]));
    expect(new Set(spans.map(({ traceState }) => traceState))).toEqual(new Set(['shop=abc']));
    const byName = (name: string) => spans.filter((span) => span.name === name);
    const [root] = byName('POST /hooks/:source');
    expect(root).toMatchObject({ parentSpanId: senderSpan, kind: 2 });
    expect(attribute(root, 'http.response.status_code')).toBe('202');
    expect(attribute(root, 'messaging.message.id')).toBe(delivery.event.id);
    for (const stage of ['receive', 'verify', 'claim'])
      expect(byName(stage), stage).toMatchObject([{ parentSpanId: root?.spanId }]);
    const [claim] = byName('claim');
    const attempts = byName('attempt sale.confirm');
    expect(attempts.map((span) => attribute(span, 'holdfast.outcome'))).toEqual(['retryable', 'succeeded']);
    expect(attempts.map((span) => attribute(span, 'holdfast.attempt.number'))).toEqual(['1', '2']);
    expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([claim?.spanId]));
    expect(attempts[0]?.status).toEqual({ code: 2 });

    const calls = spans.filter(({ kind }) => kind === 3);
    for (const call of calls) expect(attempts.map(({ spanId }) => spanId)).toContain(call.parentSpanId);
    const traced = listener.calls.filter((call) => call.traceparent !== undefined);
    expect(traced.map((call) => call.traceparent)).toEqual(
      calls.map(({ spanId }) => `00-${senderTrace}-${spanId}-01`),
    );
    expect(traced.every((call) => call.tracestate === 'shop=abc')).toBe(true);
    // One whole: nothing hangs in the air.
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter((span) => span !== root && !ids.has(span.parentSpanId ?? ''))).toEqual([]);

    // Found from both sides: by the log and by the delivery.
    expect(delivery.traceId).toBe(senderTrace);
    for (const event of ['event.received', 'delivery.attempted'])
      expect(lines.find((line) => line.event === event)?.traceId, event).toBe(senderTrace);
    expect(told.headers[0]?.authorization).toBe(collectorKey);
    const said = told.bodies.join('\n');
    const { email, name } = order.payload as { readonly email: string; readonly name: string };
    for (const secret of [...Object.values(secrets), collectorKey, email, name, `"${order.orderId}`])
      expect(said).not.toContain(secret);
    expect(JSON.stringify(lines)).not.toContain(collectorKey);
  }, 90_000);

  it("of a sender without a trace, or with a broken one, is in one of the relay's own", async () => {
    const told = await collected();
    const { place, delivered } = await start(toCollector(told));
    expect((await place({ traceparent: `00-${senderTrace}-${senderSpan}`, tracestate: 'x' })).status).toBe(
      202,
    );
    const { traceId } = await delivered();
    const spans = await untilEnded(told);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe(senderTrace);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(spans.find(({ name }) => name === 'POST /hooks/:source')).not.toHaveProperty('parentSpanId');
  }, 90_000);

  it('of somebody who has not proven who it is is in no trace of theirs', async () => {
    const told = await collected();
    const { place } = await start(toCollector(told));
    const traceparent = `00-${senderTrace}-${senderSpan}-01`;
    expect((await place({ traceparent, 'x-shopify-hmac-sha256': 'forged' })).status).toBe(401);
    const spans = await until(
      'the refusal is told',
      async () => (told.spans.length > 0 ? told.spans : null),
      20_000,
    );
    expect(spans.map(({ traceId }) => traceId)).not.toContain(senderTrace);
    expect(spans.map(({ name }) => name).sort()).toEqual(['POST /hooks/:source', 'receive', 'verify']);
  }, 90_000);
});

it('a collector that is away costs a log line and nothing else', async () => {
  const gone = await startCollector();
  await gone.stop();
  const { lines, place, delivered } = await start(toCollector(gone));
  expect((await place({})).status).toBe(202);
  await delivered();
  const dropped = await until(
    'the loss is counted',
    async () => lines.find(({ event }) => event === 'spans.dropped') ?? null,
    20_000,
  );
  expect(dropped).toMatchObject({ level: 'warn', reason: 'no_answer', status: null });
  expect(dropped.droppedCount).toBeGreaterThan(0);
}, 90_000);

it('without a collector nothing is traced, kept or passed on', async () => {
  const { listener, lines, place, delivered } = await start({});
  expect((await place({ traceparent: `00-${senderTrace}-${senderSpan}-01` })).status).toBe(202);
  expect((await delivered()).traceId).toBeNull();
  expect(listener.calls.some(({ path }) => path.startsWith('/api/'))).toBe(true);
  expect(listener.calls.every(({ traceparent }) => traceparent === undefined)).toBe(true);
  expect(JSON.stringify(lines)).not.toContain(senderTrace);
}, 90_000);
