// Acts of the admin API with an Idempotency-Key: done once, answered alike, kept by caller, and never with a secret.
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { PortError } from '../../src/pipeline/ports.ts';
import { makeCredential } from '../support/credentials.ts';
import { createMemoryKeptAnswers } from '../support/memory-kept-answers.ts';
import { adminKey, askAs, createMemoryRelay, type MemoryRelay } from '../support/memory-relay.ts';

const note = { note: 'close of month' };

type Sent = { readonly key?: string; readonly body?: unknown; readonly by?: string };

async function send(
  relay: MemoryRelay,
  path: string,
  { key = 'k-1', body = note, by = adminKey }: Sent = {},
) {
  const headers = { 'idempotency-key': key };
  const response = await askAs(relay.app, by, { path, body, headers });
  const replayed = response.headers.get('idempotency-replayed');
  return { status: response.status, replayed, body: (await response.json()) as Record<string, unknown> };
}

const actsOf = (relay: MemoryRelay) => relay.log.filter(({ event }) => event === 'target.controlled').length;

describe('an act with an Idempotency-Key', () => {
  it('is done once and answered alike as often as it is sent', async () => {
    const relay = createMemoryRelay();
    const first = await send(relay, '/admin/targets/erp/pause');
    const again = await send(relay, '/admin/targets/erp/pause', { key: '"k-1"' });
    expect([first.status, first.replayed]).toEqual([200, null]);
    expect([again.status, again.replayed]).toEqual([200, 'true']);
    expect(again.body).toEqual(first.body);
    expect(actsOf(relay)).toBe(1);
  });

  it('is 422 where the key stood for another body, query or path', async () => {
    const relay = createMemoryRelay();
    await send(relay, '/admin/targets/erp/pause');
    for (const other of [
      await send(relay, '/admin/targets/erp/pause', { body: { note: 'another' } }),
      await send(relay, '/admin/targets/erp/resume'),
    ])
      expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused']);
    expect(actsOf(relay)).toBe(1);
  });

  it('of another caller is another act', async () => {
    const relay = createMemoryRelay();
    const { key: by } = await makeCredential(relay, { scopes: ['targets:manage'] });
    const { key: other } = await makeCredential(relay, { scopes: ['targets:manage'] });
    await send(relay, '/admin/targets/erp/pause', { by });
    expect((await send(relay, '/admin/targets/erp/pause', { by: other })).replayed).toBeNull();
    expect(actsOf(relay)).toBe(2);
  });

  it('is 409 while the first one is worked on, and taken over once that is abandoned', async () => {
    const keptAnswers = createMemoryKeptAnswers();
    // The first one never ends.
    const relay = createMemoryRelay({
      services: { keptAnswers: { ...keptAnswers, finish: async () => {} } },
    });
    await send(relay, '/admin/targets/erp/pause');
    const waiting = await send(relay, '/admin/targets/erp/pause');
    expect([waiting.status, waiting.body.code]).toEqual([409, 'operation_in_progress']);
    relay.advance(limits.abandonedActMs + 1);
    expect((await send(relay, '/admin/targets/erp/pause')).status).toBe(200);
  });

  it('that was refused leaves its key free', async () => {
    const relay = createMemoryRelay();
    expect((await send(relay, '/admin/targets/erp/pause', { body: {} })).status).toBe(400);
    expect((await send(relay, '/admin/targets/erp/pause')).status).toBe(200);
  });

  it('is done again when its answer is a day old', async () => {
    const relay = createMemoryRelay();
    await send(relay, '/admin/targets/erp/pause');
    relay.advance(limits.keptAnswerMs + 1);
    expect((await send(relay, '/admin/targets/erp/pause')).replayed).toBeNull();
    expect(actsOf(relay)).toBe(2);
  });

  it('whose answer shows a key is not kept: it is said to be done, and not done again', async () => {
    const kept: unknown[] = [];
    const memory = createMemoryKeptAnswers();
    const finish: typeof memory.finish = (act, answer) => {
      kept.push(answer);
      return memory.finish(act, answer);
    };
    const relay = createMemoryRelay({ services: { keptAnswers: { ...memory, finish } } });
    const body = { name: 'nightly', scopes: ['deliveries:read'], reason: 'a test' };
    const made = await send(relay, '/admin/credentials', { body });
    expect(made.body.key).toMatch(/^hf_/);
    expect(JSON.stringify(kept)).not.toContain('hf_');
    const again = await send(relay, '/admin/credentials', { body });
    expect([again.status, again.body.code]).toEqual([409, 'already_done']);
    const listed = await (await relay.ask('/admin/credentials')).json();
    expect((listed as { credentials: unknown[] }).credentials).toHaveLength(1);
  });

  it('that only shows is never kept, for it shows payloads', async () => {
    const relay = createMemoryRelay();
    const [id] = relay.place({ type: 'order.placed', data: { id: '1', total: '1.00' }, eventId: 'e' });
    const path = `/admin/deliveries/${id}/replay?dryRun=true`;
    const first = await send(relay, path, { body: {} });
    const again = await send(relay, path, { body: {} });
    expect([first.status, again.status, again.replayed]).toEqual([200, 200, null]);
  });

  it('is not begun where nobody can say whether it was done', async () => {
    const away = async () => {
      throw new PortError('D1 is away', { retryable: false, overloaded: false });
    };
    const keptAnswers = { begin: away, finish: away, release: away };
    const relay = createMemoryRelay({ services: { keptAnswers } });
    const refused = await send(relay, '/admin/targets/erp/pause');
    expect([refused.status, refused.body.code]).toEqual([503, 'journal_unavailable']);
    expect(actsOf(relay)).toBe(0);
    // Without a key it works while D1 is away.
    expect((await relay.ask('/admin/targets/erp/pause', note)).status).toBe(200);
  });

  it('is answered although its answer cannot be kept, and the log says so', async () => {
    const keptAnswers = {
      ...createMemoryKeptAnswers(),
      finish: () => Promise.reject(new Error('D1 is away')),
    };
    const relay = createMemoryRelay({ services: { keptAnswers } });
    expect((await send(relay, '/admin/targets/erp/pause')).status).toBe(200);
    expect(relay.log.find(({ event }) => event === 'answer.not_kept')).toMatchObject({ actor: 'admin_key' });
  });

  it.each(['', ' ', 'ä', 'x'.repeat(256)])('with the key %j is refused', async (key) => {
    const relay = createMemoryRelay();
    const headers = new Headers({ authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' });
    headers.set('idempotency-key', key);
    const asked = { method: 'POST', headers, body: JSON.stringify(note) };
    const refused = await relay.app.request('http://relay.test/admin/targets/erp/pause', asked);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
      400,
      'idempotency_key_invalid',
    ]);
  });
});
