// How the relay does, as a dashboard and as Prometheus ask: the same counts, whole or named as incomplete, and nothing of others.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { outcomes } from '../../support/builders.ts';
import { makeCredential } from '../../support/credentials.ts';
import { createMemoryRelay } from '../../support/memory-relay.ts';

type Flow = { readonly id: string; readonly received: number; readonly openFailures: number };
type Wire = Flow & {
  readonly all: Flow;
  readonly isWhole: boolean;
  readonly missing: readonly string[];
  readonly sources: readonly Flow[];
  readonly targets: readonly Flow[];
};

/** Three orders: two delivered, one refused. */
async function busyRelay() {
  const relay = createMemoryRelay();
  for (const id of ['1', '2', '3'])
    relay.place({ type: 'order.placed', data: { id, total: '10.00' }, eventId: `event-${id}` });
  let runs = 0;
  relay.run(() => (++runs === 1 ? outcomes.rejected() : outcomes.succeeded()));
  return relay;
}

const read = async (relay: Awaited<ReturnType<typeof busyRelay>>, query = '') =>
  (await (await relay.ask(`/admin/overview${query}`)).json()) as Wire;

describe('GET /admin/overview', () => {
  it('counts what came, by source and by target, with what is still open', async () => {
    const relay = await busyRelay();
    const overview = await read(relay);
    const flow = { received: 3, delivered: 2, deadLettered: 1, waiting: 0, held: 0 };
    expect(overview).toMatchObject({
      isWhole: true,
      journal: 'current',
      missing: [],
      redacted: [],
      all: flow,
    });
    expect(overview.sources.find(({ id }) => id === 'shop')).toMatchObject({ ...flow, openFailures: 1 });
    expect(overview.targets.find(({ id }) => id === 'erp')).toMatchObject({
      ...{ ...flow, openFailures: 1, circuit: 'closed', paused: false, unauthorized: false },
      latencyMs: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
    });
    expect(overview).toMatchObject({ issues: { open: 1, acknowledged: 0, ignored: 0 } });
  });

  it('leaves out what came before the window, but neither what is still dead of it nor when it came', async () => {
    const relay = await busyRelay();
    relay.advance(2 * 60_000);
    const overview = await read(relay, '?windowMinutes=1');
    expect(overview.all).toMatchObject({ received: 0, latencyMs: null });
    const shop = overview.sources.find(({ id }) => id === 'shop');
    expect(shop).toMatchObject({ received: 0, openFailures: 1, lastReceivedAt: expect.any(String) });
    expect((await relay.ask('/admin/overview?windowMinutes=0')).status).toBe(400);
    expect((await relay.ask('/admin/overview?windowMinutes=1441')).status).toBe(400);
  });

  it('says since when the oldest line that could go on waits', async () => {
    const relay = await busyRelay();
    relay.place({ type: 'order.placed', data: { id: '9', total: '10.00' }, eventId: 'event-9' });
    relay.advance(30_000);
    expect(await read(relay)).toMatchObject({ backlogAgeMs: 30_000 });
  });

  it('names what did not answer, and shows the rest', async () => {
    const relay = await busyRelay();
    relay.journal.state = 'away';
    const overview = await read(relay);
    expect([...overview.missing].sort()).toEqual(['deliveries', 'issues', 'last_events']);
    expect(overview.isWhole).toBe(false);
    expect(overview.targets.find(({ id }) => id === 'erp')).toMatchObject({ circuit: 'closed' });
    expect(relay.log.filter(({ event }) => event === 'overview.incomplete')).not.toHaveLength(0);
  });

  it('is shown again for some seconds, to callers with the same view alone', async () => {
    const relay = await busyRelay();
    const { key: whole } = await makeCredential(relay, { scopes: ['deliveries:read'] });
    const readWhole = async () => (await (await relay.askAs(whole, '/admin/overview')).json()) as Wire;
    expect((await readWhole()).all.received).toBe(3);
    relay.place({ type: 'order.placed', data: { id: '9', total: '10.00' }, eventId: 'event-9' });
    expect((await readWhole()).all.received).toBe(3);
    const { key } = await makeCredential(relay, { scopes: ['deliveries:read'], sources: ['spare'] });
    const others = (await (await relay.askAs(key, '/admin/overview')).json()) as Wire;
    expect(others).toMatchObject({ all: { received: 0 }, issues: { open: 0 } });
    expect(others.sources.map(({ id }) => id)).toEqual(['spare']);
    expect(others).not.toHaveProperty('alerts');
    expect(others.targets[0]).not.toHaveProperty('circuit');
    relay.advance(limits.overviewFreshMs);
    expect((await readWhole()).all.received).toBe(4);
  });
});

describe('GET /metrics', () => {
  it('is text in the form of Prometheus, each family once and each sample of its family', async () => {
    const relay = await busyRelay();
    const answer = await relay.ask('/metrics');
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    const text = await answer.text();
    expect(text).toContain('holdfast_target_deliveries{target="erp",status="delivered"} 2\n');
    expect(text).toContain('holdfast_source_open_failures{source="shop"} 1\n');
    expect(text).toContain('holdfast_target_circuit{target="erp",state="closed"} 1\n');
    expect(text).toContain('holdfast_issues{state="open"} 1\n');
    const families = [...text.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name);
    expect(new Set(families).size).toBe(families.length);
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?[0-9.]+$/);
      expect(families).toContain(/^[a-z_]+/.exec(line)?.[0]);
    }
  });

  it('has one series for all direct requests, whoever makes them', async () => {
    const relay = await busyRelay();
    const headers = { 'idempotency-key': 'k', prefer: 'respond-async' };
    const { key } = await makeCredential(relay, { scopes: ['operations:run', 'relay:read'] });
    const asked = { input: { sku: 'SKU-1', quantity: 3 } };
    const request = new Request('http://relay.test/operations/stock.set', {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(asked),
    });
    expect((await relay.app.request(request)).status).toBe(202);
    const text = await (await relay.askAs(key, '/metrics')).text();
    expect(text).toContain('source="operations"');
    expect(text).not.toContain('operations/');
  });
});
