// Subscriptions by API: a secret shown once, addresses refused that are private, each act in the audit, and for each credential only
// what is its own and what it sees.
import { describe, expect, it } from 'vitest';
import { administratorOf, makeCredential, revokeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const path = '/admin/subscriptions';
const reason = 'a test';
const wanted = { url: 'https://hooks.example.com/events', types: ['sale.confirmed'], reason };

async function call(
  relay: MemoryRelay,
  key: string,
  asked: { path: string; body?: unknown; method?: string },
) {
  const response = await askAs(relay.app, key, asked);
  return { ...((await response.json()) as Json), http: response.status } as Json;
}

async function start() {
  const relay = createMemoryRelay();
  return { relay, key: await administratorOf(relay) };
}

describe('a subscription', () => {
  it('shows its secret when it is made or rotated, and nowhere else', async () => {
    const { relay, key } = await start();
    const made = await call(relay, key, { path, body: wanted });
    expect(made).toMatchObject({ http: 201, subscription: { state: 'active', types: ['sale.confirmed'] } });
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const own = `${path}/${made.subscription.id}`;
    const rotated = await call(relay, key, { path: `${own}/rotate`, body: { reason } });
    expect(rotated.secret).not.toBe(made.secret);
    const shown = await call(relay, key, { path });
    const audit = await call(relay, key, { path: '/admin/audit' });
    const all = JSON.stringify([shown, await call(relay, key, { path: own }), audit, relay.log]);
    for (const secret of [made.secret, rotated.secret]) expect(all).not.toContain(secret.slice(6, 30));
    const acts = audit.acts.map(({ action }: { action: string }) => action);
    expect(acts).toEqual(expect.arrayContaining(['subscription_made', 'subscription_rotated']));
  });

  it('is refused for an address inside, a type, a source or a target that is not there', async () => {
    const { relay, key } = await start();
    for (const [wrong, field] of [
      [{ url: 'https://169.254.169.254/' }, 'url'],
      [{ url: 'http://hooks.example.com/' }, 'url'],
      [{ types: ['sale.invented'] }, 'types[0]'],
      [{ types: ['subscription.test'] }, 'types[0]'],
      [{ sources: ['nowhere'] }, 'sources[0]'],
      [{ targets: ['nowhere'] }, 'targets[0]'],
    ] as const) {
      const answer = await call(relay, key, { path, body: { ...wanted, ...wrong } });
      expect([answer.http, answer.errors?.[0]?.field]).toEqual([400, field]);
    }
  });

  it('is tested at once: signed, and what the receiver answered is told', async () => {
    const { relay, key } = await start();
    const { subscription } = await call(relay, key, { path, body: wanted });
    const sent = await call(relay, key, { path: `${path}/${subscription.id}/test`, body: { reason } });
    expect(sent).toMatchObject({ http: 200, status: 204, taken: true, message: null });
    expect(relay.received).toHaveLength(1);
    expect(relay.received[0]?.headers['webhook-signature']).toMatch(/^v1,/);
    expect(JSON.parse(relay.received[0]?.body ?? '')).toMatchObject({
      type: 'subscription.test',
      data: { subscriptionId: subscription.id },
    });
  });

  it('is disabled, enabled and removed by its owner', async () => {
    const { relay, key } = await start();
    const { subscription } = await call(relay, key, { path, body: wanted });
    const own = `${path}/${subscription.id}`;
    expect(await call(relay, key, { path: `${own}/disable`, body: { reason } })).toMatchObject({
      ...{ state: 'disabled', disabled: { reason } },
    });
    expect(await call(relay, key, { path: `${own}/enable`, body: { reason } })).toMatchObject({
      ...{ state: 'active', disabled: null },
    });
    const removed = await call(relay, key, { path: own, method: 'DELETE', body: { reason } });
    expect(removed).toMatchObject({ http: 200, removed: true });
    expect((await call(relay, key, { path: own })).http).toBe(404);
  });

  it('is its owner’s alone, sees no more than it, and ends with it', async () => {
    const { relay, key } = await start();
    const scopes = ['subscriptions:manage'];
    const narrow = await makeCredential(relay, { scopes, sources: ['spare'] });
    const other = await makeCredential(relay, { scopes, sources: ['spare'] });
    const beyond = await call(relay, narrow.key, { path, body: { ...wanted, sources: ['shop'] } });
    expect([beyond.http, beyond.errors[0].field]).toEqual([400, 'sources[0]']);
    const { subscription } = await call(relay, narrow.key, { path, body: wanted });
    expect(subscription.sources).toEqual(['spare', `operations/${narrow.id}`]);
    const own = `${path}/${subscription.id}`;
    expect((await call(relay, other.key, { path })).subscriptions).toEqual([]);
    expect((await call(relay, other.key, { path: own })).http).toBe(404);
    expect((await call(relay, other.key, { path: own, method: 'DELETE', body: { reason } })).http).toBe(404);
    await revokeCredential(relay, narrow.id);
    expect(await call(relay, key, { path: own })).toMatchObject({ http: 200, state: 'owner_ended' });
  });
});

describe('a change of a subscription', () => {
  const patch = (relay: MemoryRelay, key: string, asked: { id: string; body: object }) =>
    call(relay, key, { path: `${path}/${asked.id}`, method: 'PATCH', body: { reason, ...asked.body } });

  it('is of the address, the filter and whether it is on; what is not named stays', async () => {
    const { relay, key } = await start();
    const { subscription } = await call(relay, key, { path, body: { ...wanted, entities: ['order'] } });
    const { id } = subscription;
    const first = { url: 'https://other.example.com/in', types: ['stock.changed'], targets: ['erp'] };
    expect(await patch(relay, key, { id, body: first })).toMatchObject({
      ...{ http: 200, ...first, entities: ['order'], state: 'active', sources: null },
    });
    const second = { sources: ['shop'], entities: null, description: 'of the shop', enabled: false };
    expect(await patch(relay, key, { id, body: second })).toMatchObject({
      ...{ http: 200, ...first, sources: ['shop'], entities: null, state: 'disabled', disabled: { reason } },
    });
    expect(await patch(relay, key, { id, body: { enabled: true, sources: null } })).toMatchObject({
      ...{ http: 200, state: 'active', disabled: null, sources: null },
    });
  });

  it('stands in the audit with what was before and after, and no path of an address', async () => {
    const { relay, key } = await start();
    const { subscription } = await call(relay, key, { path, body: wanted });
    const body = { url: 'https://other.example.com/a-hidden-path', types: ['stock.changed'] };
    await patch(relay, key, { id: subscription.id, body });
    const { acts } = await call(relay, key, { path: '/admin/audit?action=subscription_changed' });
    expect(acts).toMatchObject([
      {
        before: `${subscription.id} {"url":"https://hooks.example.com","types":["sale.confirmed"]}`,
        after: `${subscription.id} {"url":"https://other.example.com","types":["stock.changed"]}`,
        reason,
      },
    ]);
    expect(JSON.stringify(acts)).not.toContain('hidden');
  });

  it.each([
    ['an address inside', { url: 'https://10.0.0.1/' }, 'url'],
    ['a source that is not there', { sources: ['nowhere'] }, 'sources[0]'],
    ['a target that is not there', { targets: ['nowhere'] }, 'targets[0]'],
    ['no type at all', { types: [] }, 'types'],
    ['a field nobody knows', { secret: 'x' }, 'body'],
    ['nothing', {}, 'body'],
  ])('is refused for %s', async (_what, body, field) => {
    const { relay, key } = await start();
    const { subscription } = await call(relay, key, { path, body: wanted });
    const answer = await patch(relay, key, { id: subscription.id, body });
    expect([answer.http, answer.code]).toEqual([400, 'invalid_body']);
    if (field !== 'body') expect(answer.errors[0].field).toBe(field);
    const shown = await call(relay, key, { path: `${path}/${subscription.id}` });
    expect(shown.url).toBe(wanted.url);
  });

  it('never opens more than its owner sees, whoever makes it', async () => {
    const { relay, key } = await start();
    const owner = await makeCredential(relay, { scopes: ['subscriptions:manage'], sources: ['shop'] });
    const { subscription } = await call(relay, owner.key, { path, body: wanted });
    const { id } = subscription;
    for (const by of [key, owner.key])
      expect(await patch(relay, by, { id, body: { sources: ['spare'] } })).toMatchObject({
        ...{ http: 400, errors: [{ field: 'sources[0]' }] },
      });
    expect(await patch(relay, key, { id, body: { sources: null } })).toMatchObject({ sources: ['shop'] });
    const stranger = await makeCredential(relay, { scopes: ['subscriptions:manage'], sources: ['spare'] });
    expect((await patch(relay, stranger.key, { id, body: { enabled: false } })).http).toBe(404);
  });
});
