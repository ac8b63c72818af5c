// The whole Worker on the real runtime: a webhook secret set by API counts without a deploy, with D1 away too, and a credential that
// was revoked is good for nothing in the next request.
import { SELF } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { signedRequest } from '../scripts/lib/senders.ts';
import { testSecrets } from './support/test-bindings.ts';

const url = 'https://relay.test';
const secret = 'whsec_d29ya2VyLXRlc3QtbmV3LXNlY3JldC0wMTIzNDU2Nzg=';
const reason = 'a test';
let administrator = testSecrets.ADMIN_KEY as string;

async function call(key: string, path: string, ...[body, method]: [unknown?, string?]) {
  const response = await SELF.fetch(`${url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

async function send(id: string, signedWith: string): Promise<number> {
  const payload = { type: 'smoke.sent', timestamp: '2026-03-01T12:00:00Z', data: { id } };
  const signed = signedRequest('standard-webhooks', {
    ...{ topic: 'smoke.sent', id, payload, now: Date.now(), secret: signedWith },
  });
  const response = await SELF.fetch(`${url}/hooks/smoke`, {
    method: 'POST',
    headers: signed.headers,
    body: signed.body,
  });
  await response.text();
  return response.status;
}

describe('the Worker', () => {
  it('replaces the bootstrap key by a credential', async () => {
    const made = await call(administrator, '/admin/credentials', { name: 'olga', preset: 'admin', reason });
    expect(made.status).toBe(201);
    expect((await call(administrator, '/admin/sources')).status).toBe(401);
    administrator = made.body.key as unknown as string;
    expect((await call(administrator, '/admin/sources')).status).toBe(200);
  });

  it('takes webhooks signed with a secret that was set by API, at once and beside the one before', async () => {
    expect(await send('smoke-1', testSecrets.SMOKE_WEBHOOK_SECRET)).toBe(202);
    expect(await send('smoke-2', secret)).toBe(401);
    const path = '/admin/secrets/source/smoke';
    expect((await call(administrator, path, { values: { secret }, reason }, 'PUT')).status).toBe(200);
    expect(await send('smoke-3', secret)).toBe(202);
    expect(await send('smoke-4', testSecrets.SMOKE_WEBHOOK_SECRET)).toBe(202);
    await call(administrator, `${path}/end-previous`, { reason });
    expect(await send('smoke-4b', testSecrets.SMOKE_WEBHOOK_SECRET)).toBe(401);
    const next = 'whsec_d29ya2VyLXRlc3QtbmV4dC1zZWNyZXQtMDEyMzQ1Njc=';
    await call(administrator, path, { values: { secret: next }, reason }, 'PUT');
    expect([await send('smoke-5', secret), await send('smoke-6', next)]).toEqual([202, 202]);
    await call(administrator, path, { reason }, 'DELETE');
    expect(await send('smoke-7', testSecrets.SMOKE_WEBHOOK_SECRET)).toBe(202);
  });

  it('turns a revoked key away in the next request, and no other', async () => {
    const make = async (name: string) => {
      const body = { name, preset: 'viewer', reason };
      const made = await call(administrator, '/admin/credentials', body);
      return made.body as unknown as { key: string; credential: { id: string } };
    };
    const [one, other] = [await make('one'), await make('other')];
    expect((await call(one.key, '/admin/sources')).status).toBe(200);
    await call(administrator, `/admin/credentials/${one.credential.id}/revoke`, { reason });
    expect((await call(one.key, '/admin/sources')).status).toBe(401);
    expect((await call(other.key, '/admin/sources')).status).toBe(200);
  });

  it('works while D1 has no tables: the registry has no part in it', async () => {
    await env.DB.exec('DROP TABLE deliveries');
    expect((await call(administrator, '/admin/sources')).status).toBe(200);
    expect(await send('smoke-8', testSecrets.SMOKE_WEBHOOK_SECRET)).toBe(202);
  });
});
