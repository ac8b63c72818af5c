// Secrets by API: write-only, checked before they are kept, with an overlap, only for what the caller sees, each act in the audit.
import { describe, expect, it } from 'vitest';
import { PortError } from '../../../src/pipeline/ports.ts';
import { administratorOf, makeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { createMemoryTargets } from '../../support/memory-targets.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const reason = 'a rotation';
const secrets = [
  'whsec_Zmlyc3Qtc2VjcmV0LW9mLXNob3AtMDEyMzQ1Njc4OQ==',
  'whsec_c2Vjb25kLXNlY3JldC1vZi1zaG9wLTAxMjM0NTY3ODk=',
];

type Call = { readonly method: string; readonly path: string; readonly body?: unknown };

async function call(relay: MemoryRelay, key: string, asked: Call): Promise<Json> {
  const response = await askAs(relay.app, key, asked);
  return { ...((await response.json()) as object), http: response.status };
}

const put = (path: string, body: object): Call => ({ method: 'PUT', path, body: { reason, ...body } });
const shop = '/admin/secrets/source/shop';

async function start() {
  const relay = createMemoryRelay();
  return { relay, key: await administratorOf(relay) };
}

describe('a secret set by API', () => {
  it('is never shown again: not in the answer, a list, the audit or the log', async () => {
    const { relay, key } = await start();
    const set = await call(relay, key, put(shop, { values: { secret: secrets[0] } }));
    expect(set).toMatchObject({ http: 200, name: 'source/shop', fields: ['secret'] });
    const listed = await call(relay, key, { method: 'GET', path: '/admin/secrets' });
    const audit = await call(relay, key, { method: 'GET', path: '/admin/audit' });
    expect(JSON.stringify([set, listed, audit, relay.log])).not.toContain(secrets[0]?.slice(6, 30));
    expect(audit.acts).toContainEqual(
      expect.objectContaining({ action: 'secret_set', after: 'source/shop version 1', reason }),
    );
  });

  it('is listed with the fields it needs before it is set, for whoever sets it', async () => {
    const { relay, key } = await start();
    const { secrets: set, settable } = await call(relay, key, { method: 'GET', path: '/admin/secrets' });
    expect(set).toEqual([]);
    expect(settable).toContainEqual({ name: 'source/shop', fields: ['secret'], optionalFields: [] });
    const targets = settable.filter(({ name }: { name: string }) => name.startsWith('target/'));
    expect(targets.length).toBeGreaterThan(0);
  });

  it('keeps the one before for the overlap, until somebody ends it', async () => {
    const { relay, key } = await start();
    for (const secret of secrets)
      await call(relay, key, put(shop, { values: { secret }, overlapSeconds: 60 }));
    const versions = async () =>
      (await call(relay, key, { method: 'GET', path: '/admin/secrets' })).secrets[0].versions.map(
        ({ version }: { version: number }) => version,
      );
    expect(await versions()).toEqual([2, 1]);
    await call(relay, key, { method: 'POST', path: `${shop}/end-previous`, body: { reason } });
    expect(await versions()).toEqual([2]);
  });

  it.each([
    ['that its sender could not sign with', shop, { values: { secret: 'not base64!' } }, 'values.secret'],
    ['without the field it is made of', shop, { values: {} }, 'values.secret'],
    ['with a field nobody knows', shop, { values: { secret: secrets[0], pin: '1' } }, 'values.pin'],
    [
      'of a target without a part of its credential',
      '/admin/secrets/target/erp',
      { values: {} },
      'values.key',
    ],
  ])('is refused %s', async (...[, path, body, field]) => {
    const { relay, key } = await start();
    const answer = await call(relay, key, put(path, body));
    expect(answer).toMatchObject({ http: 400, errors: [{ field }] });
    expect(JSON.stringify(answer)).not.toContain('not base64!');
  });

  it('of what does not exist is 404', async () => {
    const { relay, key } = await start();
    for (const path of ['source/nobody', 'target/nobody', 'target/erp@nobody', 'session/erp'])
      expect(await call(relay, key, put(`/admin/secrets/${path}`, { values: { key: 'k' } }))).toMatchObject({
        http: 404,
      });
  });

  it('can be set by a credential that is narrowed to its source, and no other', async () => {
    const { relay, key } = await start();
    const narrow = await makeCredential(relay, { scopes: ['secrets:rotate'], sources: ['spare'] });
    const body = { values: { secret: secrets[0] } };
    expect((await call(relay, narrow.key, put(shop, body))).http).toBe(404);
    expect((await call(relay, narrow.key, put('/admin/secrets/source/spare', body))).http).toBe(200);
    await call(relay, key, put(shop, body));
    const listed = await call(relay, narrow.key, { method: 'GET', path: '/admin/secrets' });
    expect(listed.secrets.map(({ name }: { name: string }) => name)).toEqual(['source/spare']);
  });

  it('is removed, and then the Worker secret counts again', async () => {
    const { relay, key } = await start();
    await call(relay, key, put(shop, { values: { secret: secrets[0] } }));
    expect((await call(relay, key, { method: 'DELETE', path: shop, body: { reason } })).http).toBe(200);
    expect((await call(relay, key, { method: 'DELETE', path: shop, body: { reason } })).http).toBe(404);
  });
});

describe('a token of a sender', () => {
  const list = '/admin/secrets/sender_list/shop';

  it('is set like a secret, for an API that the source asks with one, and shown nowhere', async () => {
    const { relay, key } = await start();
    const set = await call(relay, key, put(list, { values: { token: 'shpat_a-token-of-the-shop' } }));
    expect(set).toMatchObject({ http: 200, name: 'sender_list/shop', fields: ['token'] });
    const listed = await call(relay, key, { method: 'GET', path: list });
    const audit = await call(relay, key, { method: 'GET', path: '/admin/audit' });
    expect(JSON.stringify([set, listed, audit, relay.log])).not.toContain('shpat_');
    // The shop fetches no records, and the spare source lists none.
    for (const path of ['sender_api/shop', 'sender_list/spare', 'sender_list/nobody'])
      expect(await call(relay, key, put(`/admin/secrets/${path}`, { values: { token: 't' } }))).toMatchObject(
        {
          http: 404,
        },
      );
  });

  it.each([
    [{}, 'values.token'],
    [{ token: 'two words' }, 'values.token'],
    [{ token: 'ümlaut' }, 'values.token'],
    [{ token: 'one\r\nx-evil: 1' }, 'values.token'],
    [{ token: 'good', secret: 'x' }, 'values.secret'],
  ])('is refused as %j', async (values, field) => {
    const { relay, key } = await start();
    expect(await call(relay, key, put(list, { values }))).toMatchObject({ http: 400, errors: [{ field }] });
  });

  it('is set by who sees its source, and by nobody else who is narrowed', async () => {
    const { relay } = await start();
    const own = await makeCredential(relay, { scopes: ['secrets:rotate'], sources: ['shop'] });
    const other = await makeCredential(relay, { scopes: ['secrets:rotate'], sources: ['spare'] });
    const asked = put(list, { values: { token: 't' } });
    expect((await call(relay, other.key, asked)).http).toBe(404);
    expect((await call(relay, own.key, asked)).http).toBe(200);
  });
});

describe('the credential of a target that others use, too', () => {
  it('is set by nobody who sees a part of the relay: of its own source there alone', async () => {
    const { relay, key } = await start();
    const bySource = await makeCredential(relay, { scopes: ['secrets:rotate'], sources: ['shop'] });
    const grants = [{ operation: '*', target: 'erp' }];
    const byGrant = await makeCredential(relay, { scopes: ['secrets:rotate'], grants });
    const body = { values: { key: 'mine' } };
    await call(relay, key, put('/admin/secrets/target/erp', body));
    for (const narrow of [bySource, byGrant]) {
      expect((await call(relay, narrow.key, put('/admin/secrets/target/erp', body))).http).toBe(404);
      const { secrets: seen } = await call(relay, narrow.key, { method: 'GET', path: '/admin/secrets' });
      expect(seen).toEqual([]);
    }
    const own = '/admin/secrets/target/erp@shop';
    expect((await call(relay, bySource.key, put(own, body))).http).toBe(200);
    const others = '/admin/secrets/target/erp@spare';
    expect((await call(relay, bySource.key, put(others, body))).http).toBe(404);
  });
});

describe('a credential of a target', () => {
  const erp = put('/admin/secrets/target/erp', { values: { key: 'a-new-key' } });

  it.each([
    [
      { kind: 'authorized', already: true },
      { status: 'not_needed', message: null },
    ],
    [
      { kind: 'authorized', already: false },
      { status: 'authorized', message: null },
    ],
    [
      { kind: 'refused', message: 'Unknown key.' },
      { status: 'refused', message: 'Unknown key.' },
    ],
    [
      { kind: 'unavailable', message: 'timeout' },
      { status: 'unavailable', message: 'timeout' },
    ],
  ] as const)('is tried once where the target is held for want of a good one: %j', async (said, login) => {
    const plain = createMemoryRelay();
    const tried: string[] = [];
    const { targets } = createMemoryTargets(plain.definition, { now: () => 0 });
    const authorize = async (id: string) => {
      tried.push(id);
      return said;
    };
    const relay = createMemoryRelay({ services: { targets: { ...targets, authorize } } });
    const key = await administratorOf(relay);
    expect(await call(relay, key, erp)).toMatchObject({ http: 200, login });
    expect(tried).toEqual(['erp']);
    // A source's secret, and a source's own credential there, log in nowhere.
    const others = [
      put(shop, { values: { secret: secrets[0] } }),
      put('/admin/secrets/target/erp@shop', { values: { key: 'k' } }),
    ];
    for (const other of others) expect(await call(relay, key, other)).not.toHaveProperty('login');
    expect(tried).toHaveLength(1);
  });

  it('is set all the same where the target does not answer', async () => {
    const plain = createMemoryRelay();
    const { targets } = createMemoryTargets(plain.definition, { now: () => 0 });
    const authorize = () => Promise.reject(new PortError('away', { retryable: false, overloaded: false }));
    const relay = createMemoryRelay({ services: { targets: { ...targets, authorize } } });
    const answer = await call(relay, await administratorOf(relay), erp);
    expect(answer).toMatchObject({ http: 200, login: { status: 'unavailable' } });
  });
});

describe('without REGISTRY_KEY', () => {
  it('says what is missing', async () => {
    const relay = createMemoryRelay({ services: { registry: null } });
    expect((await relay.ask('/admin/secrets')).status).toBe(503);
    expect(await (await relay.ask('/admin/credentials')).json()).toMatchObject({
      code: 'registry_key_missing',
    });
  });
});
