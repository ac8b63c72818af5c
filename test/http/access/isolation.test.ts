// Two integrations, two keys: neither can list, count, read, replay or infer what is the other's. And what leaves of a delivery for
// whoever may not see payloads.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
import { makeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const own = ['operations:run', 'deliveries:read', 'deliveries:replay'];
const stockOnErp = { operation: 'stock.set', target: 'erp' };

async function json(relay: MemoryRelay, key: string, ...[path, body]: [string, unknown?]): Promise<Json> {
  const response = await askAs(relay.app, key, { path, body });
  return { ...((await response.json()) as object), http: response.status };
}

async function run(relay: MemoryRelay, key: string, sku: string): Promise<Json> {
  const response = await askAs(relay.app, key, {
    path: '/operations/stock.set',
    body: { input: { sku, quantity: 3 } },
    headers: { 'idempotency-key': 'the-same', prefer: 'respond-async' },
  });
  return { ...((await response.json()) as object), http: response.status };
}

async function twoIntegrations() {
  const relay = createMemoryRelay();
  const a = await makeCredential(relay, { scopes: own, sources: [], grants: [stockOnErp] });
  const b = await makeCredential(relay, { scopes: own, sources: [], grants: [stockOnErp] });
  return { relay, a, b };
}

describe('two integrations with a key each', () => {
  it('do not meet in the same Idempotency-Key, and see their own jobs only', async () => {
    const { relay, a, b } = await twoIntegrations();
    const [ofA, ofB] = [await run(relay, a.key, 'SKU-A'), await run(relay, b.key, 'SKU-B')];
    expect([ofA.http, ofB.http]).toEqual([202, 202]);
    expect(ofA.id).not.toBe(ofB.id);
    expect((await json(relay, a.key, `/jobs/${ofA.id}`)).http).not.toBe(404);
    expect(await json(relay, a.key, `/jobs/${ofB.id}`)).toMatchObject({ code: 'not_found' });
  });

  it('list, count, show and replay their own deliveries only', async () => {
    const { relay, a, b } = await twoIntegrations();
    await run(relay, a.key, 'SKU-A');
    const { deliveryId } = await run(relay, b.key, 'SKU-B');
    relay.run(() => outcomes.rejected());
    const listed = await json(relay, a.key, '/admin/deliveries');
    expect(listed.deliveries).toHaveLength(1);
    expect(JSON.stringify(listed)).not.toMatch(/SKU-B/);
    for (const path of ['/admin/lines', '/admin/deliveries?limit=1'])
      expect(JSON.stringify(await json(relay, a.key, path))).not.toMatch(/SKU-B/);
    const other = deliveryId as string;
    const unknown = other.replace(/_[^_]+$/, '_zzzz');
    for (const action of ['', '/replay']) {
      const body = action === '' ? undefined : {};
      const [theirs, nothing] = [
        await json(relay, a.key, `/admin/deliveries/${other}${action}`, body),
        await json(relay, a.key, `/admin/deliveries/${unknown}${action}`, body),
      ];
      expect({ ...theirs, requestId: '' }).toEqual({ ...nothing, requestId: '' });
      expect(theirs.http).toBe(404);
    }
    const { id, http } = await json(relay, a.key, '/admin/replays', { reason: 'a test' });
    expect(http).toBe(202);
    expect((await json(relay, b.key, `/admin/replays/${id}`)).http).toBe(404);
    expect((await json(relay, b.key, `/admin/replays/${id}/cancel`, { note: 'not mine' })).http).toBe(404);
    expect((await json(relay, b.key, '/admin/replays')).replays).toEqual([]);
    await relay.runBulkJobs();
    const replayed = await json(relay, a.key, `/admin/replays/${id}`);
    expect(replayed).toMatchObject({ status: 'succeeded', total: 1, done: 1, refused: 0 });
  });

  it('of one line see who stands in it of theirs, without the ids and the number of the others', async () => {
    const relay = createMemoryRelay();
    const place = (eventId: string, type: string) =>
      relay.place({ type, data: { id: '7', total: '1.00', payment: 'p', amount: '1.00' }, eventId });
    place('e1', 'order.placed');
    place('e2', 'order.paid');
    relay.run(() => outcomes.rejected());
    const confirms = { operation: 'sale.confirm', target: 'erp' };
    const registers = { operation: 'payment.register', target: 'erp' };
    const first = await makeCredential(relay, { scopes: own, sources: ['shop'], grants: [confirms] });
    const second = await makeCredential(relay, { scopes: own, sources: ['shop'], grants: [registers] });
    const [line] = (await json(relay, first.key, '/admin/lines')).lines;
    expect(line).toMatchObject({ behindCount: 0, head: { operation: 'sale.confirm' } });
    const [waiting] = (await json(relay, second.key, '/admin/deliveries')).deliveries;
    expect(waiting.waiting).toEqual({ cause: 'behind_position', until: null });
    expect(waiting.redacted).toEqual(['waiting.on']);
  });
});

describe('an operation that was not granted', () => {
  it('is 403, in the audit and an alert at once, and nothing is claimed', async () => {
    const { relay, a } = await twoIntegrations();
    const answer = await askAs(relay.app, a.key, {
      path: '/operations/sale.confirm',
      body: { input: {} },
      headers: { 'idempotency-key': 'k' },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'not_granted' });
    const acts = await relay.services.audit.list({
      filter: { actor: a.id, action: 'refused', deliveryId: null, orderingKey: null, target: null },
      before: null,
      limit: 10,
    });
    expect(acts).toMatchObject([{ after: 'sale.confirm on any target' }]);
    expect([...relay.alerts.book.open.values()]).toMatchObject([{ rule: 'access_refused' }]);
    expect((await json(relay, a.key, '/admin/deliveries')).deliveries).toEqual([]);
  });

  it('in a loop fills neither the audit nor the log of alerts', async () => {
    const { relay, a } = await twoIntegrations();
    for (let count = 0; count < 50; count += 1) await json(relay, a.key, '/admin/audit');
    const filter = { actor: a.id, action: 'refused', deliveryId: null, orderingKey: null, target: null };
    expect(await relay.services.audit.list({ filter, before: null, limit: 100 })).toHaveLength(30);
    expect(relay.log.filter(({ event }) => event === 'act.refused')).toHaveLength(50);
    expect(relay.alerts.book.open.size).toBe(1);
  });
});

describe('a caller without payloads:read', () => {
  async function shown(scopes: readonly string[]) {
    const relay = createMemoryRelay();
    const [id = ''] = relay.place({
      type: 'order.placed',
      data: {
        id: '9',
        total: '10.00',
        name: 'Ada',
        customer: { email: 'ada@example.com', note: 'ring twice' },
      },
      eventId: 'e',
    });
    relay.run(() => outcomes.rejected());
    const { key } = await makeCredential(relay, { scopes: [...scopes] });
    const response = await askAs(relay.app, key, { path: `/admin/deliveries/${id}` });
    const dry = await askAs(relay.app, key, { path: `/admin/deliveries/${id}/replay?dryRun=true`, body: {} });
    return { body: (await response.json()) as Json, dry: (await dry.json()) as Json };
  }

  it('sees the shape of a payload with personal data masked, and is told what is missing', async () => {
    const { body } = await shown(['deliveries:read', 'deliveries:replay']);
    expect(body.event.body).toBeUndefined();
    expect(body.event.headers).toBeUndefined();
    expect(body.event.parsed.data.customer).toEqual({ email: '[masked]', note: '[masked]' });
    expect(body.event.parsed.data.total).toBe('10.00');
    expect(JSON.stringify(body)).not.toContain('ada@example.com');
    for (const path of ['event.body', 'event.headers', 'event.parsed.data.customer.email'])
      expect(body.redacted).toContain(path);
  });

  it('sees the input of a dry run masked, too', async () => {
    const { dry } = await shown(['deliveries:read', 'deliveries:replay']);
    expect(dry.input.customer.name).toBe('[masked]');
    expect(dry.redacted).toContain('input.customer.name');
  });

  it('sees it all once it has the scope', async () => {
    const { body } = await shown(['deliveries:read', 'deliveries:replay', 'payloads:read']);
    expect(body.event.parsed.data.customer.email).toBe('ada@example.com');
    expect(body.redacted).toEqual([]);
  });
});
