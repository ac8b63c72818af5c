// Conditional requests on what is configured: a tag with each answer that shows it, 304 for who has it, and no change by who saw another.
import { describe, expect, it } from 'vitest';
import { rows } from '../support/check-answer.ts';
import { administratorOf, makeCredential } from '../support/credentials.ts';
import { askAs, createMemoryRelay, type MemoryRelay } from '../support/memory-relay.ts';
import { createWorld, samples, type World } from '../support/route-samples.ts';

const secretBody = { values: { secret: 'whsec_bWVtb3J5LXJlbGF5LW5ldy1zZWNyZXQtMDEyMzQ=' }, reason: 'a test' };

type Place = { readonly relay: MemoryRelay; readonly key: string; readonly world: World };

async function start(): Promise<Place> {
  const relay = createMemoryRelay();
  const key = await administratorOf(relay);
  const other = await makeCredential(relay, { preset: 'viewer' });
  const world = await createWorld(relay, other.id);
  await askAs(relay.app, key, { path: '/admin/secrets/source/shop', method: 'PUT', body: secretBody });
  return { relay, key, world };
}

type Given = { readonly headers?: Readonly<Record<string, string>>; readonly path?: string };

function send({ relay, key, world }: Place, name: string, { headers, path }: Given = {}) {
  const [method = ''] = name.split(' ');
  const sample = samples[name];
  if (sample === undefined) throw new Error(`${name} has no sample`);
  return askAs(relay.app, key, { path: path ?? sample.path(world), method, body: sample.body, headers });
}

const named = (kind: 'shown' | 'changed') =>
  Object.entries(rows)
    .filter(([, { conditional }]) => conditional === kind)
    .map(([name]) => name);

/** Where the tag that a change is to name stands. */
function shownBy(name: string): string {
  const [, path = ''] = name.split(' ');
  const place = path.replace(/\/(rotate|revoke|disable|enable|end-previous|pause|resume|circuit)$/, '');
  return `GET ${place}`;
}

describe.each(named('shown'))('%s', (name) => {
  it('is shown with a tag, and answered 304 to who has it', async () => {
    const place = await start();
    const first = await send(place, name);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^"[0-9a-f]{16}(-[0-9a-f]{16})?"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await send(place, name, { headers: { 'if-none-match': known } });
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    }
    expect((await send(place, name, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });
});

describe.each(named('changed'))('%s', (name) => {
  const shown = shownBy(name);

  it('is refused to who saw another version, told the present one, and changes nothing', async () => {
    const place = await start();
    const before = await send(place, shown);
    const text = await before.text();
    for (const [header, present] of [
      ['"0000000000000000"', before.headers.get('etag')?.slice(1, 17)],
      ['W/"0000000000000000"', before.headers.get('etag')?.slice(1, 17)],
    ] as const) {
      const refused = await send(place, name, { headers: { 'if-match': header } });
      expect([refused.status, await refused.json()]).toMatchObject([
        412,
        { code: 'precondition_failed', version: `"${present}"` },
      ]);
    }
    expect(await (await send(place, shown)).text()).toBe(text);
  });

  it('is made by who saw the present one, or asks for none', async () => {
    const seen = await start();
    const tag = (await send(seen, shown)).headers.get('etag') ?? '';
    expect((await send(seen, name, { headers: { 'if-match': tag } })).status).toBe(200);
    for (const headers of [{ 'if-match': '*' }, {}])
      expect((await send(await start(), name, { headers })).status).toBe(200);
  });
});

describe('an entity tag', () => {
  it('of a change can be sent with the next one', async () => {
    const place = await start();
    const put = (headers: Record<string, string>) => send(place, 'PUT /admin/secrets/:kind/:id', { headers });
    const first = (await put({})).headers.get('etag') ?? '';
    const second = await put({ 'if-match': first });
    expect(second.status).toBe(200);
    expect((await put({ 'if-match': first })).status).toBe(412);
    expect((await put({ 'if-match': second.headers.get('etag') ?? '' })).status).toBe(200);
  });

  it('changes with what happened to a thing, and a change by the older one still goes through', async () => {
    const place = await start();
    const { relay, world } = place;
    const shown = 'GET /admin/credentials/:id';
    const before = (await send(place, shown)).headers.get('etag') ?? '';
    await relay.access.registry.noteUses([{ credentialId: world.credential, what: 'relay:read' }]);
    const after = await send(place, shown, { headers: { 'if-none-match': before } });
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).not.toBe(before);
    const revoked = await send(place, 'POST /admin/credentials/:id/revoke', {
      headers: { 'if-match': before },
    });
    expect(revoked.status).toBe(200);
  });

  it('lets a secret be set only where there is none', async () => {
    const place = await start();
    const put = (path: string) =>
      send(place, 'PUT /admin/secrets/:kind/:id', { path, headers: { 'if-none-match': '*' } });
    expect((await put('/admin/secrets/source/shop')).status).toBe(412);
    expect((await put('/admin/secrets/source/spare')).status).toBe(200);
  });

  it('is refused before a repetition is kept: the same key may be sent again', async () => {
    const place = await start();
    const name = 'POST /admin/targets/:id/pause';
    const headers = { 'idempotency-key': 'k', 'if-match': '"0000000000000000"' };
    expect((await send(place, name, { headers })).status).toBe(412);
    expect((await send(place, name, { headers: { 'idempotency-key': 'k' } })).status).toBe(200);
  });
});
