// Credentials over their lives: the bootstrap key and its end, keys that are shown once, rotation with an overlap, revocation,
// nobody giving more than they have, the report of what is not used, and the registry being away.
import { describe, expect, it } from 'vitest';
import { formatApiKey } from '../../../src/core/identity/api-key.ts';
import { limits } from '../../../src/core/limits.ts';
import { administratorOf, makeCredential, revokeCredential } from '../../support/credentials.ts';
import { adminKey, askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

async function ask(relay: MemoryRelay, key: string, ...[path, body]: [string, unknown?]): Promise<Json> {
  const response = await askAs(relay.app, key, { path, body });
  return { http: response.status, ...((await response.json()) as object) };
}

const reason = 'a test';

describe('the bootstrap key', () => {
  it('does everything until a credential that manages credentials is made with it, and then nothing', async () => {
    const relay = createMemoryRelay();
    const viewer = { name: 'v', preset: 'viewer', reason };
    expect((await ask(relay, adminKey, '/admin/credentials', viewer)).http).toBe(201);
    expect((await ask(relay, adminKey, '/admin/deliveries')).http).toBe(200);
    const admin = await ask(relay, adminKey, '/admin/credentials', { name: 'a', preset: 'admin', reason });
    expect(admin.http).toBe(201);
    expect((await ask(relay, adminKey, '/admin/deliveries')).http).toBe(401);
    expect((await ask(relay, admin.key, '/admin/deliveries')).http).toBe(200);
    expect(relay.log.some(({ event }) => event === 'bootstrap_key.ended')).toBe(true);
    const refused = relay.log.findLast(({ event }) => event === 'admin.refused');
    expect(refused).toMatchObject({ reason: 'bootstrap_ended' });
  });

  it('of another value is a new one: so whoever sets the secrets gets in again', async () => {
    const first = createMemoryRelay();
    await administratorOf(first);
    const { config } = first.services;
    const another = 'hf_another_bootstrap_key_0123456789abcdef';
    const { createIdentities } = await import('../../../src/pipeline/identify-caller.ts');
    const identities = createIdentities({
      ...{ copy: first.access.newCopy(), registry: first.access.registry, tokens: null },
      ...{ bootstrapKey: another, clock: first.services.clock, background: () => {} },
    });
    expect(config.adminKey).toBe(adminKey);
    expect(await identities.identify({ kind: 'bearer', token: another })).toMatchObject({ kind: 'caller' });
  });
});

describe('a key', () => {
  it('is shown once, in a form that can be checked, and nowhere again', async () => {
    const relay = createMemoryRelay();
    const { id, key } = await makeCredential(relay, { preset: 'operator' });
    expect(key).toMatch(/^hf_[0-9A-Za-z]{49}$/);
    const admin = await administratorOf(relay);
    const seen = [
      await ask(relay, admin, '/admin/credentials'),
      await ask(relay, admin, `/admin/credentials/${id}`),
      await ask(relay, admin, '/admin/audit'),
      relay.log,
      relay.access.rows.credentials(),
    ];
    expect(JSON.stringify(seen)).not.toContain(key);
    expect(JSON.stringify(seen)).not.toContain(key.slice(3, 20));
  });

  it('that was mistyped is told from a wrong one in the log, and not outside', async () => {
    const relay = createMemoryRelay();
    const { key } = await makeCredential(relay, { preset: 'viewer' });
    const mistyped = key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    expect((await ask(relay, mistyped, '/admin/sources')).http).toBe(401);
    expect(relay.log.findLast(({ event }) => event === 'admin.refused')).toMatchObject({
      reason: 'malformed_key',
    });
  });

  it('is rotated with an overlap in which both are good', async () => {
    const relay = createMemoryRelay();
    const { id, key } = await makeCredential(relay, { preset: 'viewer' });
    const admin = await administratorOf(relay);
    const rotated = await ask(relay, admin, `/admin/credentials/${id}/rotate`, {
      overlapSeconds: 60,
      reason,
    });
    expect([await status(relay, key), await status(relay, rotated.key)]).toEqual([200, 200]);
    relay.advance(60_000);
    expect([await status(relay, key), await status(relay, rotated.key)]).toEqual([401, 200]);
  });

  it('rotated without one is good no longer', async () => {
    const relay = createMemoryRelay();
    const { id, key } = await makeCredential(relay, { preset: 'viewer' });
    const body = { overlapSeconds: 0, reason };
    const admin = await administratorOf(relay);
    const rotated = await ask(relay, admin, `/admin/credentials/${id}/rotate`, body);
    expect([await status(relay, key), await status(relay, rotated.key)]).toEqual([401, 200]);
  });
});

const status = async (relay: MemoryRelay, key: string) => (await ask(relay, key, '/admin/sources')).http;

describe('revoking', () => {
  it('stops one at once and no other, and is not taken back', async () => {
    const relay = createMemoryRelay();
    const [one, other] = [
      await makeCredential(relay, { preset: 'viewer' }),
      await makeCredential(relay, { preset: 'viewer' }),
    ];
    await revokeCredential(relay, one.id);
    expect([await status(relay, one.key), await status(relay, other.key)]).toEqual([401, 200]);
    const admin = await administratorOf(relay);
    const rotated = await ask(relay, admin, `/admin/credentials/${one.id}/rotate`, { reason });
    expect(rotated).toMatchObject({ http: 409, code: 'credential_not_active' });
    expect(await ask(relay, admin, '/admin/credentials/crd_nobody/revoke', { reason })).toMatchObject({
      http: 404,
    });
  });
});

describe('nobody', () => {
  it('gives a scope they do not hold, nor takes the key of who may do more', async () => {
    const relay = createMemoryRelay();
    const manager = await makeCredential(relay, { scopes: ['credentials:manage', 'deliveries:read'] });
    const wanted = { name: 'x', scopes: ['payloads:read'], reason };
    expect(await ask(relay, manager.key, '/admin/credentials', wanted)).toMatchObject({
      http: 403,
      code: 'exceeds_own_access',
    });
    const powerful = await makeCredential(relay, { preset: 'operator' });
    const path = `/admin/credentials/${powerful.id}/rotate`;
    expect(await ask(relay, manager.key, path, { reason })).toMatchObject({ http: 403 });
    expect(
      (await ask(relay, manager.key, '/admin/credentials', { ...wanted, scopes: ['deliveries:read'] })).http,
    ).toBe(201);
  });

  it('narrows to names that do not exist', async () => {
    const relay = createMemoryRelay();
    const admin = await administratorOf(relay);
    const base = { name: 'x', preset: 'integration', reason };
    for (const [wrong, field] of [
      [{ sources: ['shopp'] }, 'sources[0]'],
      [{ grants: [{ operation: 'sale.confrim', target: 'erp' }] }, 'grants[0].operation'],
      [{ grants: [{ operation: '*', target: 'erpp' }] }, 'grants[0].target'],
    ] as const) {
      const answer = await ask(relay, admin, '/admin/credentials', { ...base, ...wrong });
      expect(answer).toMatchObject({ http: 400, errors: [{ field }] });
    }
  });
});

describe('GET /admin/credentials/:id/usage', () => {
  it('says what was used and which scopes and grants never were', async () => {
    const relay = createMemoryRelay();
    const grants = [
      { operation: 'stock.set', target: 'erp' },
      { operation: 'sale.confirm', target: 'erp' },
    ];
    const scopes = ['operations:run', 'deliveries:read', 'deliveries:replay'];
    const { id, key } = await makeCredential(relay, { scopes, grants });
    await ask(relay, key, '/admin/deliveries');
    await askAs(relay.app, key, {
      path: '/operations/stock.set',
      body: { input: { sku: 'S', quantity: 1 } },
      headers: { 'idempotency-key': 'k', prefer: 'respond-async' },
    });
    await relay.access.settled();
    const admin = await administratorOf(relay);
    const usage = await ask(relay, admin, `/admin/credentials/${id}/usage`);
    expect(usage.unusedScopes).toEqual(['deliveries:replay']);
    expect(usage.unusedGrants).toEqual([{ operation: 'sale.confirm', target: 'erp' }]);
    expect(usage.operations).toMatchObject([{ operation: 'stock.set' }]);
    expect((await ask(relay, admin, `/admin/credentials/${id}`)).lastUsedAt).not.toBeNull();
  });
});

describe('without the registry', () => {
  it('callers get 503 and never 401, once the copy is older than stated', async () => {
    const relay = createMemoryRelay();
    const { key } = await makeCredential(relay, { preset: 'viewer' });
    expect(await status(relay, key)).toBe(200);
    relay.access.down.value = true;
    relay.advance(limits.registryFreshMs);
    expect(await status(relay, key)).toBe(200);
    relay.advance(limits.registryStaleMs);
    const answer = await ask(relay, key, '/admin/sources');
    expect(answer).toMatchObject({ http: 503, code: 'registry_unavailable' });
    relay.access.down.value = false;
    expect(await status(relay, key)).toBe(200);
  });

  it('a cold isolate says 503, to the right key and to the wrong one', async () => {
    const relay = createMemoryRelay();
    relay.access.down.value = true;
    for (const key of [adminKey, formatApiKey(new Uint8Array(32))])
      expect(await ask(relay, key, '/admin/sources')).toMatchObject({ http: 503 });
  });
});

describe('a strict body', () => {
  it.each([
    ['neither scopes nor a preset', { name: 'x', reason }],
    ['both', { name: 'x', preset: 'viewer', scopes: ['audit:read'], reason }],
    ['a scope nobody knows', { name: 'x', scopes: ['deliveries:write'], reason }],
    ['no reason', { name: 'x', preset: 'viewer' }],
    ['an end in the past', { name: 'x', preset: 'viewer', expiresAt: '2020-01-01T00:00:00Z', reason }],
  ])('refuses %s', async (_what, body) => {
    expect((await ask(createMemoryRelay(), adminKey, '/admin/credentials', body)).http).toBe(400);
  });
});
