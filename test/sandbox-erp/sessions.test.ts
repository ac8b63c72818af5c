// Logins of the sandbox ERP: tokens that end, keys that may do only some things, and the lockout.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  changeSettings,
  control,
  createErpClient,
  logIn,
  mainKey,
  order,
  request,
  reset,
  setFaults,
  state,
} from './support/erp-client.ts';

beforeEach(reset);

describe('a token', () => {
  it('lives 300 seconds and is refused with 401 afterwards', async () => {
    const erp = await createErpClient();
    await changeSettings({ clockOffsetMs: 299_000 });
    expect((await erp.get('/api/stock/SKU-1')).status).toBe(200);
    await changeSettings({ clockOffsetMs: 301_000 });
    expect(await erp.get('/api/stock/SKU-1')).toMatchObject({
      status: 401,
      body: { error: { code: 'session_expired' } },
    });
  });

  it('lives as long as the settings say, and the answer says how long', async () => {
    await changeSettings({ tokenTtlSeconds: 5 });
    expect((await logIn()).body).toMatchObject({ tokenType: 'bearer', expiresInSeconds: 5 });
  });

  it('can be ended for all at once, and an ended one can be answered in an envelope', async () => {
    const erp = await createErpClient();
    await setFaults({ tokenExpired: true, expiredAs: 'envelope' });
    expect(await erp.get('/api/stock/SKU-1')).toMatchObject({
      status: 200,
      body: { error: { code: 'session_expired' } },
    });
    expect((await control('GET', '/faults')).body.tokenExpired).toBe(false);
    const again = await createErpClient();
    expect((await again.get('/api/stock/SKU-1')).body.onHand).toBe(1000);
  });

  it('is needed', async () => {
    const answer = await request('GET', '/api/stock/SKU-1');
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 'token_missing' } });
  });

  it('survives a reset of the documents', async () => {
    const erp = await createErpClient();
    await reset();
    expect((await erp.get('/api/stock/SKU-1')).status).toBe(200);
  });
});

describe('a key', () => {
  it('of few scopes is refused with 403 elsewhere', async () => {
    await control('PUT', '/keys/warehouse', { secret: 'warehouse-secret', scopes: ['stock'] });
    const warehouse = await createErpClient({ keyId: 'warehouse', secret: 'warehouse-secret' });
    expect((await warehouse.get('/api/stock/SKU-1')).status).toBe(200);
    const refused = await warehouse.call('POST', '/api/orders', order('1001'));
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'scope_missing' } } });
  });

  it('can ask for a token of fewer scopes than it holds', async () => {
    const narrow = await createErpClient({ ...mainKey, scopes: ['stock'] });
    expect((await narrow.get('/api/trial-balance')).status).toBe(403);
  });

  it('is kept by a reset and ends when it is removed', async () => {
    await control('PUT', '/keys/warehouse', { secret: 'warehouse-secret', scopes: ['stock'] });
    await reset();
    const warehouse = await createErpClient({ keyId: 'warehouse', secret: 'warehouse-secret' });
    await control('DELETE', '/keys/warehouse');
    expect((await warehouse.get('/api/stock/SKU-1')).status).toBe(401);
    expect((await logIn({ keyId: 'warehouse', secret: 'warehouse-secret' })).status).toBe(401);
  });

  it('is locked for a while after six failed logins, for the right secret too', async () => {
    const wrong = { ...mainKey, secret: 'not the secret' };
    for (let attempt = 1; attempt <= 6; attempt += 1) expect((await logIn(wrong)).status).toBe(401);
    const locked = await logIn();
    expect(locked).toMatchObject({ status: 429, body: { error: { code: 'locked_out' } } });
    expect(locked.headers.get('retry-after')).toBeNull();
    await changeSettings({ clockOffsetMs: 61_000 });
    expect((await logIn()).status).toBe(200);
    expect(await state('?summary=1')).toMatchObject({ logins: 1, failedLogins: 7 });
  });

  it('is not locked by failures that a success came between', async () => {
    const wrong = { ...mainKey, secret: 'not the secret' };
    for (let attempt = 1; attempt <= 5; attempt += 1) await logIn(wrong);
    expect((await logIn()).status).toBe(200);
    for (let attempt = 1; attempt <= 5; attempt += 1) expect((await logIn(wrong)).status).toBe(401);
    expect((await logIn()).status).toBe(200);
  });
});

describe('an API key', () => {
  const bearer = (apiKey: string) => ({ headers: { authorization: `Bearer ${apiKey}` } });
  const first = async (options = {}) => (await control('POST', '/api-keys', options)).body.apiKey as string;
  const issue = async (apiKey: string, body: unknown = {}) => {
    const answer = await request('POST', '/auth/keys', { ...bearer(apiKey), body });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const revoke = async (apiKey: string, old: string) =>
    (await request('POST', '/auth/keys/revoke', { ...bearer(apiKey), body: { apiKey: old } })).status;
  const read = async (apiKey: string) => (await request('GET', '/api/stock/SKU-1', bearer(apiKey))).status;

  it('issues another one, which ends it', async () => {
    const old = await first({ owner: 'rotation' });
    const { status, body } = await issue(old, { expiresInSeconds: 3_600 });
    expect(status).toBe(201);
    const fresh = String(body.apiKey);
    expect([await read(old), await read(fresh)]).toEqual([200, 200]);
    expect(await revoke(fresh, old)).toBe(200);
    expect([await read(old), await read(fresh)]).toEqual([401, 200]);
    expect(await revoke(fresh, old)).toBe(404);
  });

  it("gives no more than it has, and is not another owner's to end", async () => {
    const old = await first({ owner: 'narrow', scopes: ['sales'] });
    expect((await issue(old, { scopes: ['sales', 'stock'] })).body).toMatchObject({ scopes: ['sales'] });
    expect(await revoke(await first({ owner: 'other' }), old)).toBe(404);
  });

  it('lives as long as it was issued for, not as long as a token, and outlives the end of all tokens', async () => {
    const apiKey = await first({ owner: 'long', expiresInSeconds: 1_000 });
    await setFaults({ tokenExpired: true });
    await changeSettings({ clockOffsetMs: 999_000 });
    expect(await read(apiKey)).toBe(200);
    await changeSettings({ clockOffsetMs: 1_001_000 });
    expect(await read(apiKey)).toBe(401);
  });

  it('is the last of ten', async () => {
    const apiKey = await first({ owner: 'many' });
    for (let count = 2; count <= 10; count += 1) expect((await issue(apiKey)).status).toBe(201);
    expect(await issue(apiKey)).toMatchObject({ status: 422, body: { error: { code: 'too_many_keys' } } });
  });
});
