// The credential of an ERP by API, on a whole relay: with a wrong one deliveries are held and lost by nobody; a good one is tried at once,
// and they go on. And what a dry run shows of an ERP that runs, which it does not change.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopEvents } from '../../scripts/lib/order-run.ts';
import {
  createErpClient,
  createRelayClient,
  type RelayClient,
  until,
} from '../../scripts/lib/relay-client.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-erp-secret-'));
const path = '/admin/secrets/target/erp';
const reason = 'a test';
let relay: LocalRelay;
let client: RelayClient;

beforeAll(async () => {
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
  client = createRelayClient(relay);
}, 120_000);

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const erp = () => createErpClient(relay.erpUrl);

/** All it counts, without the time of the look. */
async function effects(): Promise<Json> {
  const { at: _at, ...counts } = await erp().summary();
  return counts;
}

/** The order that was paid first waits for nobody: one sale. */
const sales = shopEvents({ orders: 2, now: Date.now() }).filter(({ topic }) => topic === 'orders/create');

async function send(sale: (typeof sales)[number] | undefined): Promise<string> {
  if (sale === undefined) throw new Error('there are not so many orders');
  const { source, topic, id, payload } = sale;
  const sent = await client.send(source, { topic, id, payload, now: Date.now() });
  expect(sent.status).toBe(202);
  return id;
}

const found = (query: string, within = 20_000) =>
  until(query, async () => (await client.deliveries(query))[0] ?? null, within);

describe('a wrong credential of an ERP', () => {
  it('holds what comes, and the good one that takes its place is tried at once', async () => {
    const wrong = { keyId: relay.secrets.SANDBOX_ERP_KEY_ID ?? '', secret: 'a-wrong-secret-of-the-erp' };
    const set = await client.admin('PUT', path, { values: wrong, overlapSeconds: 0, reason });
    expect(set).toMatchObject({ status: 200, body: { login: { status: 'not_needed' } } });
    // The isolates have heard of it after three seconds; from then on nobody can log in.
    await until(
      'a refused login',
      async () => {
        await erp().setFaults({ tokenExpired: true });
        const refused = await client.admin('POST', '/admin/targets/erp/release', { note: reason });
        if ((refused.body as Json).code === 'target_unauthorized') return true;
        if ((await client.deliveries('status=held')).length === 0) await send(sales[0]);
        return (await client.deliveries('status=held')).length > 0 ? true : null;
      },
      30_000,
    );
    const held = await found('status=held');
    expect(held).toMatchObject({ reason: 'unauthorized', attemptCount: 0 });
    const before = await client.admin('GET', '/admin/targets/erp');
    expect((before.body as Json).unauthorized).not.toBeNull();

    await erp().setFaults({});
    const good = { ...wrong, secret: relay.secrets.SANDBOX_ERP_KEY_SECRET ?? '' };
    const at = Date.now();
    const mended = await client.admin('PUT', path, { values: good, overlapSeconds: 0, reason });
    expect(mended).toMatchObject({ status: 200, body: { login: { status: 'authorized', message: null } } });
    expect((await found(`status=succeeded&operation=sale.confirm`)).id).toBe(held.id);
    // Without the login of the act it would have been a minute.
    expect(Date.now() - at).toBeLessThan(15_000);
  }, 90_000);
});

describe('a dry run', () => {
  it('shows that nothing would be sent of what is done', async () => {
    const eventId = await send(sales[1]);
    const done = await found(`eventId=${eventId}&status=succeeded`);
    const before = await effects();
    const dry = (await client.admin('POST', `/admin/deliveries/${done.id}/replay?dryRun=true`, {}))
      .body as Json;
    expect(dry).toMatchObject({ would: 'answer_duplicate', calls: [], callsEnd: { kind: 'nothing_to_do' } });
    expect(await effects()).toEqual(before);
  });

  it('of a refused sale shows the call that would be made, word for word as it is sent by the replay', async () => {
    const [, second] = sales;
    const payload = { ...(second?.payload as Json), id: 919_999, total_price: '0.01' };
    await client.send('shopify', { topic: 'orders/create', id: 'refused-sale', payload, now: Date.now() });
    const dead = await found('eventId=refused-sale&status=dead_lettered');
    const mapped = (await client.admin('POST', `/admin/deliveries/${dead.id}/replay?dryRun=true`, {}))
      .body as Json;
    expect(mapped).toMatchObject({ would: 'nothing', calls: [] });
    const good = (await client.admin('GET', `/admin/deliveries?status=succeeded&operation=sale.confirm`))
      .body as Json;
    const sale = (await client.admin('GET', `/admin/deliveries/${good.deliveries[0].id}`)).body as Json;
    const input = { ...sale.attempts.at(-1).input, orderId: String(payload.id) };
    const before = await effects();
    const dry = (await client.admin('POST', `/admin/deliveries/${dead.id}/replay?dryRun=true`, { input }))
      .body as Json;
    expect(dry.callsEnd).toMatchObject({ kind: 'first_write', later: ['perform', 'verify'] });
    const call = dry.calls.at(-1);
    expect(call).toMatchObject({ step: 'perform', sent: false, headers: { authorization: '[redacted]' } });
    expect(await effects()).toEqual(before);
    await client.admin('POST', `/admin/deliveries/${dead.id}/replay`, { input, reason });
    const replayed = await found('eventId=refused-sale&status=succeeded');
    const run = (await client.admin('GET', `/admin/deliveries/${replayed.id}`)).body as Json;
    const { request } = run.attempts.at(-1).exchanges.find((each: Json) => each.request.method === 'POST');
    expect(request).toMatchObject({ method: call.method, url: call.url });
    expect(JSON.parse(request.body)).toEqual(call.body);
    expect(run.edit).toMatchObject({ by: 'admin_key', reason });
    expect(run.log.map(({ event }: Json) => event)).toContain('delivery.succeeded');
  });
});
