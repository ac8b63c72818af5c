// What a replay runs with: the mapping's input, an edited one whose changes are kept, or the one that was sent; and what a dry run shows
// of the calls, to whoever may see payloads and to others.
import { describe, expect, it } from 'vitest';
import type { ErpConnections } from '../../../src/pipeline/ports.ts';
import { outcomes } from '../../support/builders.ts';
import { administratorOf, makeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { relayWith, testAdapter } from '../../support/relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const mapped = {
  orderId: '1',
  customer: { customerId: '7', name: 'Ada' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'mug', quantity: 1, unitPrice: '10.00' }],
  total: '10.00',
};
const edited = {
  ...mapped,
  customer: { customerId: '7', name: 'Grace' },
  lines: [{ ...mapped.lines[0], sku: 'cup', quantity: 2, unitPrice: '5.00' }],
};
const changes = [
  { path: '/customer/name', before: 'Ada', after: 'Grace' },
  { path: '/lines/0/sku', before: 'mug', after: 'cup' },
  { path: '/lines/0/quantity', before: 1, after: 2 },
  { path: '/lines/0/unitPrice', before: '10.00', after: '5.00' },
];

/** @param sent the input kept with the attempt */
function dead(relay: MemoryRelay, sent: unknown = null): string {
  const [id = ''] = relay.place({ type: 'order.placed', data: { id: '1', total: '10.00' }, eventId: 'e' });
  relay.run(() => outcomes.rejected(), sent);
  return id;
}

type Call = { readonly path: string; readonly body?: unknown };

async function call(relay: MemoryRelay, key: string, asked: Call): Promise<Json> {
  const response = await askAs(relay.app, key, asked);
  return { ...((await response.json()) as object), http: response.status };
}

async function start(services: Parameters<typeof createMemoryRelay>[0] = {}) {
  const relay = createMemoryRelay(services);
  return { relay, key: await administratorOf(relay) };
}

const replay = (id: string, query = '') => `/admin/deliveries/${id}/replay${query}`;

describe('an edited replay', () => {
  it('keeps who changed what and why, with the delivery and in the audit', async () => {
    const { relay, key } = await start();
    const id = dead(relay);
    const body = { input: edited, reason: 'the customer wrote' };
    const { deliveryId } = await call(relay, key, { path: replay(id), body });
    const shown = await call(relay, key, { path: `/admin/deliveries/${deliveryId}` });
    expect(shown).toMatchObject({
      editedInput: edited,
      edit: { by: expect.stringMatching(/^crd_/), reason: body.reason, changes, otherChangeCount: 0 },
      replay: { edited: true, mapping: null },
    });
    expect(Date.parse(shown.edit.at)).toBe(relay.services.clock.now());
    const { acts } = await call(relay, key, { path: `/admin/audit?deliveryId=${id}&action=replayed` });
    const masked = changes.map((change) =>
      change.path === '/customer/name' ? { ...change, before: '[masked]', after: '[masked]' } : change,
    );
    expect(acts).toMatchObject([{ actor: shown.edit.by, reason: body.reason }]);
    expect(acts[0].after).toBe(`${deliveryId} edited ${JSON.stringify(masked)}`);
    expect(JSON.stringify(acts)).not.toMatch(/Ada|Grace/);
  });

  it('shows its changes masked to who may not see payloads', async () => {
    const { relay, key } = await start();
    const { deliveryId } = await call(relay, key, { path: replay(dead(relay)), body: { input: edited } });
    const reader = await makeCredential(relay, { scopes: ['deliveries:read'] });
    const shown = await call(relay, reader.key, { path: `/admin/deliveries/${deliveryId}` });
    expect(shown.edit.changes).toMatchObject([
      { path: '/customer/name', before: '[masked]', after: '[masked]' },
      ...changes.slice(1),
    ]);
    expect(shown.redacted).toContain('edit.changes');
    expect(JSON.stringify(shown)).not.toMatch(/Ada|Grace/);
  });

  it('has no changes where the input is what the mapping gives', async () => {
    const { relay, key } = await start();
    const { deliveryId } = await call(relay, key, { path: replay(dead(relay)), body: { input: mapped } });
    const shown = await call(relay, key, { path: `/admin/deliveries/${deliveryId}` });
    expect(shown.edit).toMatchObject({ changes: [], otherChangeCount: 0 });
  });
});

describe('a replay as of the original mapping', () => {
  const asSent = { ...mapped, customer: { customerId: '7', name: 'Old Name' } };

  it('runs with what was sent, whatever the mapping gives by now, and its dry run shows that', async () => {
    const { relay, key } = await start();
    const id = dead(relay, asSent);
    const body = { mapping: 'original', reason: 'as it was' };
    const dry = await call(relay, key, { path: replay(id, '?dryRun=true'), body });
    expect(dry).toMatchObject({ http: 200, would: 'perform', input: asSent });
    const current = await call(relay, key, { path: replay(id, '?dryRun=true'), body: {} });
    expect(current.input.customer.name).toBe('Ada');
    const { deliveryId } = await call(relay, key, { path: replay(id), body });
    const inputs: unknown[] = [];
    relay.run((leased) => {
      inputs.push(leased.delivery.replay?.edited?.input);
      return outcomes.succeeded();
    });
    expect(inputs).toEqual([asSent]);
    const shown = await call(relay, key, { path: `/admin/deliveries/${deliveryId}` });
    expect(shown).toMatchObject({ edit: null, editedInput: null });
    expect(shown.replay).toMatchObject({ edited: false, mapping: 'original' });
    const { acts } = await call(relay, key, { path: `/admin/audit?deliveryId=${id}&action=replayed` });
    expect(acts[0].after).toBe(`${deliveryId} with the input that was sent`);
  });

  it('finds what was sent in the journal where the sequencer has let it go', async () => {
    const { relay, key } = await start();
    const id = dead(relay, asSent);
    for (const sequencer of relay.sequencers.all()) await sequencer.flushJournal();
    const dry = await call(relay, key, { path: replay(id, '?dryRun=true'), body: { mapping: 'original' } });
    expect(dry.input).toEqual(asSent);
  });

  it('is refused where no input is kept, and where the rules of today refuse it', async () => {
    const none = await start();
    const body = { mapping: 'original' };
    expect(await call(none.relay, none.key, { path: replay(dead(none.relay)), body })).toMatchObject({
      ...{ http: 409, code: 'original_missing' },
    });
    const broken = await start();
    const id = dead(broken.relay, { ...mapped, total: '11.00' });
    expect(await call(broken.relay, broken.key, { path: replay(id), body })).toMatchObject({
      ...{ http: 422, code: 'invalid_input', errors: [{ field: 'total' }] },
    });
    const both = { mapping: 'original', input: mapped };
    expect(await call(broken.relay, broken.key, { path: replay(id), body: both })).toMatchObject({
      ...{ http: 400, errors: [{ field: 'mapping' }] },
    });
  });
});

describe('the calls a dry run shows', () => {
  /** Reads a customer by name, then writes the sale. */
  function withErp() {
    const sent: string[] = [];
    const handler: NonNullable<(typeof testAdapter.operations)[string]> = {
      lookup: async () => ({ kind: 'not_found' }),
      perform: async ({ erp, input }) => {
        const found = await erp.send({
          method: 'GET',
          path: '/customers',
          query: { name: 'Ada' },
          write: false,
        });
        if (found.kind !== 'response') return { kind: 'call_failed', failure: found };
        const body = input as never;
        const made = await erp.send({ method: 'POST', path: '/sales', body, write: true });
        return made.kind === 'response'
          ? { kind: 'performed', answer: null }
          : { kind: 'call_failed', failure: made };
      },
      verify: async () => ({ kind: 'verified', output: null }),
    };
    const adapter = { ...testAdapter, operations: { ...testAdapter.operations, 'sale.confirm': handler } };
    const definition = relayWith({});
    const erp = definition.targets.get('erp');
    if (erp === undefined) throw new Error('the test relay has no target erp');
    const connections: ErpConnections = {
      open: () => ({
        erp: {
          send: async ({ method, path }) => {
            sent.push(`${method} ${path}`);
            return { kind: 'response', status: 200, headers: {}, json: {}, text: '{}' };
          },
        },
        ...{ exchanges: [], lastWriteAt: () => null, writeCount: () => 0 },
      }),
    };
    const targets = new Map([['erp', { ...erp, adapter }]]);
    return { sent, services: { connections, definition: { ...definition, targets } } };
  }

  it('are its reads, made for real, and its first write, which is not', async () => {
    const { sent, services } = withErp();
    const { relay, key } = await start({ services });
    const dry = await call(relay, key, { path: replay(dead(relay), '?dryRun=true'), body: {} });
    expect(dry.calls).toMatchObject([
      {
        ...{ step: 'perform', method: 'GET', url: 'http://127.0.0.1:9/customers?name=Ada' },
        ...{ sent: true, status: 200 },
      },
      { method: 'POST', url: 'http://127.0.0.1:9/sales', body: mapped, sent: false, status: null },
    ]);
    expect(dry.callsEnd).toMatchObject({ kind: 'first_write', later: ['perform', 'verify'] });
    expect(sent).toEqual(['GET /customers']);
  });

  it('reach no ERP where that is not wanted', async () => {
    const { sent, services } = withErp();
    const { relay, key } = await start({ services });
    const path = replay(dead(relay), '?dryRun=true&reads=false');
    const dry = await call(relay, key, { path, body: {} });
    expect(dry.calls).toMatchObject([{ method: 'GET', sent: false }]);
    expect(dry.callsEnd.kind).toBe('not_asked');
    expect(sent).toEqual([]);
  });

  it('are shown without bodies and searches to who may not see payloads', async () => {
    const { services } = withErp();
    const { relay } = await start({ services });
    const { key } = await makeCredential(relay, { scopes: ['deliveries:replay', 'deliveries:read'] });
    const dry = await call(relay, key, { path: replay(dead(relay), '?dryRun=true'), body: {} });
    expect(dry.calls.map(({ url }: Json) => url)).toEqual([
      'http://127.0.0.1:9/customers',
      'http://127.0.0.1:9/sales',
    ]);
    expect(dry.redacted).toEqual(expect.arrayContaining(['calls[].body', 'calls[].url']));
    expect(JSON.stringify(dry)).not.toContain('Ada');
  });
});

describe('the log of a delivery', () => {
  const names = (shown: Json) => shown.log.map(({ event }: { event: string }) => event);

  it('tells its way from the webhook to where it stands, with what persons did', async () => {
    const { relay, key } = await start();
    const id = dead(relay, mapped);
    relay.advance(1_000);
    const { deliveryId } = await call(relay, key, { path: replay(id), body: { reason: 'again' } });
    relay.advance(1_000);
    relay.run(() => outcomes.succeeded());
    const old = await call(relay, key, { path: `/admin/deliveries/${id}` });
    expect(names(old)).toEqual([
      ...['event.received', 'delivery.planned', 'delivery.attempted'],
      ...['delivery.replayed', 'delivery.resolved'],
    ]);
    expect(old.log[3].fields).toMatchObject({ before: 'dead_lettered', after: deliveryId, reason: 'again' });
    const replayed = await call(relay, key, { path: `/admin/deliveries/${deliveryId}` });
    expect(names(replayed)).toEqual([
      ...['event.received', 'delivery.planned', 'delivery.attempted', 'delivery.succeeded'],
    ]);
    expect(replayed.log[1].fields).toMatchObject({ replayOf: id, reason: 'again' });
    for (const sequencer of relay.sequencers.all()) await sequencer.flushJournal();
    const archived = await call(relay, key, { path: `/admin/deliveries/${id}` });
    expect(archived.log).toEqual(old.log);
  });

  it('names no other credential to who sees a part of the relay', async () => {
    const { relay, key } = await start();
    const id = dead(relay);
    await call(relay, key, { path: replay(id), body: { reason: 'again' } });
    const part = await makeCredential(relay, { scopes: ['deliveries:read'], sources: ['shop'] });
    const shown = await call(relay, part.key, { path: `/admin/deliveries/${id}` });
    expect(names(shown)).toContain('delivery.replayed');
    expect(JSON.stringify(shown.log)).not.toContain('crd_');
    expect(shown.redacted).toContain('log[].fields.actor');
  });
});
