// Bulk jobs through the HTTP surface: what they do step by step, who may start, see and stop them, and every reason why not.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { outcomes } from '../../support/builders.ts';
import { administratorOf, makeCredential, revokeCredential } from '../../support/credentials.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';
import { testTime } from '../../support/records.ts';

function manyDead(count: number) {
  const relay = createMemoryRelay();
  for (let number = 0; number < count; number += 1) {
    const data = { id: `${number}`, total: '10.00' };
    relay.place({ type: 'order.placed', data, eventId: `event-${number}`, receivedAt: testTime + number });
  }
  relay.run(() => outcomes.rejected());
  return relay;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

async function read(response: Response | Promise<Response>): Promise<Json> {
  const answered = await response;
  return { ...((await answered.json()) as object), http: answered.status };
}

/** As its administrator: a credential was made, which ends the bootstrap key. */
async function asAdministrator(relay: MemoryRelay, path: string, body?: unknown): Promise<Json> {
  return read(relay.askAs(await administratorOf(relay), path, body));
}

const reason = 'the period is open again';
const start = (relay: MemoryRelay, body: object = {}) =>
  read(relay.ask('/admin/replays', { reason, ...body }));
const show = (relay: MemoryRelay, id: string) => read(relay.ask(`/admin/replays/${id}`));

async function actsOf(relay: MemoryRelay, action: string) {
  const filter = { actor: null, action, deliveryId: null, orderingKey: null, target: null };
  return relay.services.audit.list({ filter, before: null, limit: 50 });
}

describe('a bulk job', () => {
  it('is answered at once, and replays every dead letter over all partitions, each place once, at its rate', async () => {
    const relay = manyDead(20);
    const response = await relay.ask('/admin/replays', { reason, ratePerSecond: 4 });
    const job = await read(response.clone());
    expect(response.headers.get('location')).toBe(`/admin/replays/${job.id}`);
    expect(job).toMatchObject({
      ...{ http: 202, act: 'replay', filter: {}, reason, actor: 'admin_key', status: 'running', total: null },
      ...{
        ratePerSecond: 4,
        done: 0,
        refused: 0,
        refusals: [],
        deliveryIds: [],
        finishedAt: null,
        redacted: [],
      },
    });
    expect(job).not.toHaveProperty('problem');

    const seen: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      await relay.runBulkJobs(1);
      seen.push((await show(relay, job.id)).done);
    }
    expect(seen.slice(0, 5)).toEqual([4, 8, 12, 16, 20]);
    const ended = await show(relay, job.id);
    expect(ended).toMatchObject({
      status: 'succeeded',
      total: 20,
      done: 20,
      refused: 0,
      estimatedEndAt: null,
    });
    expect(ended.deliveryIds).toHaveLength(20);
    relay.run(() => outcomes.succeeded());
    const left = await read(relay.ask('/admin/deliveries?status=dead_lettered'));
    expect(left.deliveries).toEqual([]);
    expect(await read(relay.ask(`/admin/deliveries/${ended.deliveryIds[0].deliveryId}`))).toMatchObject({
      status: 'succeeded',
      replay: { of: ended.deliveryIds[0].replayOf, actor: 'admin_key', reason },
    });
  });

  it('says when it will be done, while it goes on', async () => {
    const relay = manyDead(20);
    const { id } = await start(relay, { ratePerSecond: 5 });
    await relay.runBulkJobs(1);
    const { total, done, estimatedEndAt } = await show(relay, id);
    expect([total, done]).toEqual([20, 5]);
    expect(Date.parse(estimatedEndAt) - relay.services.clock.now()).toBe(3_000);
  });

  it('keeps to its filter and its limit', async () => {
    const relay = manyDead(12);
    const one = await start(relay, { filter: { orderingKey: 'order/3' } });
    const receivedFrom = '2026-03-01T12:00:00.004Z';
    const some = await start(relay, { filter: { receivedFrom }, limit: 5 });
    await relay.runBulkJobs();
    expect(await show(relay, one.id)).toMatchObject({
      total: 1,
      done: 1,
      filter: { orderingKey: 'order/3' },
    });
    expect(await show(relay, some.id)).toMatchObject({
      total: 5,
      done: 5,
      limit: 5,
      filter: { receivedFrom },
    });
    const left = await read(relay.ask(`/admin/deliveries?status=dead_lettered&receivedFrom=${receivedFrom}`));
    expect(left.deliveries.length).toBeGreaterThanOrEqual(8);
    expect((await read(relay.ask('/admin/replays/plan', { filter: { receivedFrom } }))).count).toBe(3);
  });

  it('does not take again what died of it', async () => {
    const relay = manyDead(3);
    const { id } = await start(relay, { ratePerSecond: 1 });
    for (let round = 0; round < 10; round += 1) {
      await relay.runBulkJobs(1);
      relay.run(() => outcomes.rejected());
    }
    expect(await show(relay, id)).toMatchObject({ status: 'succeeded', total: 3, done: 3 });
  });

  it('names what it could not replay', async () => {
    const relay = createMemoryRelay();
    const data = { id: '1', amount: '5.00' };
    const [unplanned = ''] = relay.place({ type: 'order.paid', data, eventId: 'e' });
    const { id } = await start(relay);
    await relay.runBulkJobs();
    expect(await show(relay, id)).toMatchObject({
      ...{ status: 'succeeded', done: 0, refused: 1 },
      refusals: [{ deliveryId: unplanned, reason: 'mapping_failed' }],
    });
  });

  it('skips, resolves and releases as it replays', async () => {
    const relay = manyDead(3);
    const skip = await start(relay, { act: 'skip', filter: { orderingKey: 'order/0' } });
    const resolve = await start(relay, { act: 'resolve', as: 'done', filter: { orderingKey: 'order/1' } });
    expect(resolve.as).toBe('done');
    await relay.runBulkJobs();
    for (const { id } of [skip, resolve])
      expect(await show(relay, id)).toMatchObject({ status: 'succeeded', done: 1 });
    const { deliveries } = await read(relay.ask('/admin/deliveries?status=resolved'));
    expect(deliveries).toHaveLength(2);
    const held = createMemoryRelay();
    held.place({ type: 'order.placed', data: { id: '1', total: '10.00' }, eventId: 'e' });
    held.run(() => outcomes.unauthorized());
    expect((await read(held.ask('/admin/replays/plan', { act: 'release' }))).count).toBe(1);
    const release = await start(held, { act: 'release', filter: { status: 'held' } });
    await held.runBulkJobs();
    expect(await show(held, release.id)).toMatchObject({ act: 'release', done: 1 });
    expect((await read(held.ask('/admin/deliveries?status=pending'))).deliveries).toHaveLength(1);
  });

  it('is waited for where its caller prefers', async () => {
    const relay = manyDead(2);
    const { key } = await makeCredential(relay, { scopes: ['deliveries:replay'] });
    const asked = relay.askWith(key, {
      ...{ path: '/admin/replays', body: { reason }, headers: { prefer: 'wait=60' } },
    });
    await expect.poll(() => relay.timers.pendingCount(), { timeout: 5_000 }).toBeGreaterThan(0);
    await relay.runBulkJobs();
    relay.timers.elapse();
    const response = await asked;
    expect([response.status, response.headers.get('preference-applied')]).toEqual([202, 'wait=60']);
    expect(await response.json()).toMatchObject({ status: 'succeeded', done: 2 });
  });

  it('is told to the audit at its start and its end, with what it did, and to the log', async () => {
    const relay = manyDead(2);
    const { id } = await start(relay, { filter: { target: 'erp' } });
    expect(await actsOf(relay, 'bulk_started')).toMatchObject([
      { id: `${id}_started`, actor: 'admin_key', target: 'erp', reason, after: expect.stringContaining(id) },
    ]);
    await relay.runBulkJobs();
    expect(await actsOf(relay, 'bulk_ended')).toMatchObject([
      { before: 'running', after: `${id}: succeeded, 2 done and 0 refused of 2` },
    ]);
    expect((await read(relay.ask('/admin/audit?action=replayed'))).acts).toHaveLength(2);
    const line = relay.log.find(({ event }) => event === 'bulk_job.ended');
    expect(line).toMatchObject({ job: id, status: 'succeeded', done: 2, refused: 0, total: 2 });
  });

  it('is told to the audit once it answers again, where it was away', async () => {
    const relay = manyDead(1);
    const { record } = relay.services.audit;
    Object.assign(relay.services.audit, { record: () => Promise.reject(new Error('away')) });
    const { id } = await start(relay);
    await relay.runBulkJobs(3);
    expect(await show(relay, id)).toMatchObject({ status: 'succeeded' });
    Object.assign(relay.services.audit, { record });
    await relay.runBulkJobs(3);
    expect([await actsOf(relay, 'bulk_started'), await actsOf(relay, 'bulk_ended')]).toMatchObject([
      [{}],
      [{}],
    ]);
  });
});

describe('cancelling a bulk job', () => {
  it('stops it between two steps: what was replayed stays replayed', async () => {
    const relay = manyDead(10);
    const { id } = await start(relay, { ratePerSecond: 3 });
    await relay.runBulkJobs(1);
    const cancelled = await read(relay.ask(`/admin/replays/${id}/cancel`, { note: 'the ERP is slow' }));
    expect(cancelled).toMatchObject({
      ...{ http: 200, status: 'cancelled', done: 3 },
      cancelled: { by: 'admin_key', note: 'the ERP is slow' },
    });
    await relay.runBulkJobs();
    expect(await show(relay, id)).toMatchObject({ done: 3, finishedAt: cancelled.finishedAt });
    expect((await read(relay.ask('/admin/replays/plan', {}))).count).toBe(7);
    expect(await actsOf(relay, 'bulk_cancelled')).toMatchObject([
      {
        actor: 'admin_key',
        reason: 'the ERP is slow',
        after: `${id}: cancelled, 3 done and 0 refused of 10`,
      },
    ]);
    const again = await read(relay.ask(`/admin/replays/${id}/cancel`, { note: 'again' }));
    expect(again).toMatchObject({
      http: 409,
      code: 'wrong_state',
      detail: 'The job has ended: it is cancelled.',
    });
  });

  it('counts what a step under way did', async () => {
    const relay = manyDead(4);
    const { id } = await start(relay, { ratePerSecond: 2 });
    const round = relay.bulkJobs.round();
    const cancelled = await read(relay.ask(`/admin/replays/${id}/cancel`, { note: 'stop' }));
    await round;
    const { done } = await show(relay, id);
    expect(cancelled.done).toBe(done);
    expect((await read(relay.ask('/admin/replays/plan', {}))).count).toBe(4 - done);
    expect(await actsOf(relay, 'bulk_cancelled')).toHaveLength(1);
  });

  it('of one there is none of is 404', async () => {
    const relay = manyDead(1);
    for (const id of ['bulk_none', 'dlv_0_1', encodeURIComponent('../..')]) {
      expect((await relay.ask(`/admin/replays/${id}/cancel`, { note: 'stop' })).status).toBe(404);
      expect((await relay.ask(`/admin/replays/${id}`)).status).toBe(404);
    }
  });
});

describe('a bulk job whose starter may no longer', () => {
  it('ends as cancelled when its credential is revoked, with a problem, and touches no more', async () => {
    const relay = manyDead(10);
    const credential = await makeCredential(relay, { scopes: ['deliveries:replay'], sources: ['shop'] });
    const started = await read(relay.askAs(credential.key, '/admin/replays', { reason, ratePerSecond: 2 }));
    await relay.runBulkJobs(1);
    await revokeCredential(relay, credential.id);
    relay.advance(limits.registryFreshMs);
    await relay.runBulkJobs();
    expect(await asAdministrator(relay, `/admin/replays/${started.id}`)).toMatchObject({
      ...{ status: 'cancelled', done: 2, actor: credential.id },
      problem: { code: 'credential_not_active', message: expect.stringContaining('revoked') },
    });
    expect((await asAdministrator(relay, '/admin/replays/plan', {})).count).toBe(8);
    expect(await actsOf(relay, 'bulk_ended')).toMatchObject([{ reason: expect.stringContaining('revoked') }]);
  });

  it('takes only what its credential sees', async () => {
    const relay = manyDead(3);
    const spare = await makeCredential(relay, { scopes: ['deliveries:replay'], sources: ['spare'] });
    const job = await read(relay.askAs(spare.key, '/admin/replays', { reason }));
    await relay.runBulkJobs();
    expect(await read(relay.askAs(spare.key, `/admin/replays/${job.id}`))).toMatchObject({
      total: 0,
      done: 0,
    });
    expect((await asAdministrator(relay, '/admin/replays/plan', {})).count).toBe(3);
  });

  it('needs the scope of its act, and the refusal is told', async () => {
    const relay = manyDead(1);
    const replays = await makeCredential(relay, { scopes: ['deliveries:replay'] });
    const manages = await makeCredential(relay, { scopes: ['deliveries:manage'] });
    for (const [key, act, scope] of [
      [replays.key, 'skip', 'deliveries:manage'],
      [replays.key, 'release', 'deliveries:manage'],
      [manages.key, 'replay', 'deliveries:replay'],
    ] as const) {
      for (const [path, body] of [
        ['/admin/replays', { reason, act }],
        ['/admin/replays/plan', { act }],
      ] as const) {
        expect(await read(relay.askAs(key, path, body))).toMatchObject({
          ...{ http: 403, code: 'scope_missing', scope },
        });
      }
    }
    expect((await actsOf(relay, 'refused')).length).toBe(6);
    expect((await asAdministrator(relay, '/admin/replays')).replays).toEqual([]);
  });
});

describe('a bulk job at a partition that is away', () => {
  it('waits and goes on where it stood', async () => {
    const relay = manyDead(9);
    relay.down.add(1);
    const { id } = await start(relay);
    await relay.runBulkJobs(3);
    expect(await show(relay, id)).toMatchObject({ status: 'running' });
    expect(relay.log.some(({ event }) => event === 'bulk_job.step_failed')).toBe(true);
    relay.down.clear();
    await relay.runBulkJobs();
    expect(await show(relay, id)).toMatchObject({ status: 'succeeded', done: 9, total: 9 });
  });

  it('is failed after an hour of it, and an alert says so until it is acknowledged', async () => {
    const relay = manyDead(3);
    relay.down.add(0);
    const { id } = await start(relay);
    await relay.runBulkJobs(limits.bulkGiveUpMs / limits.bulkStepMs + 120);
    expect(await show(relay, id)).toMatchObject({
      ...{ status: 'failed', problem: { code: 'sequencer_unavailable' } },
    });
    const [alert] = [...relay.alerts.book.open.values()];
    expect(alert).toMatchObject({ rule: 'bulk_job_failed', cause: id, details: { job: id } });
    await relay.ask(`/admin/alerts/${alert?.id}/acknowledge`, { note: 'seen' });
    expect([relay.alerts.book.open.size, relay.alerts.book.reports.size]).toEqual([0, 0]);
  });
});

describe('bulk jobs', () => {
  it('are bounded in how many run at once, and listed running ones first, else the newest first', async () => {
    const relay = manyDead(8);
    const ids: string[] = [];
    for (let number = 0; number < limits.maxRunningBulkJobs; number += 1) {
      relay.advance(10);
      const job = await start(relay, { ratePerSecond: 1, filter: { orderingKey: `order/${number}` } });
      ids.push(job.id);
    }
    const tooMany = await start(relay);
    expect(tooMany).toMatchObject({
      http: 409,
      code: 'limit_reached',
      detail: expect.stringMatching(/At most 4/),
    });
    const [first = '', second = '', third = '', fourth = ''] = ids;
    await relay.ask(`/admin/replays/${fourth}/cancel`, { note: 'stop' });
    const page = await read(relay.ask('/admin/replays?limit=3'));
    expect(page.replays.map(({ id }: Json) => id)).toEqual([third, second, first]);
    const next = await read(relay.ask(`/admin/replays?limit=3&cursor=${page.nextCursor}`));
    expect([next.replays.map(({ id }: Json) => id), next.nextCursor]).toEqual([[fourth], null]);
  });

  it('that have ended are forgotten after their days, running ones never', async () => {
    const relay = manyDead(1);
    const { id } = await start(relay);
    await relay.runBulkJobs();
    relay.advance(limits.bulkJobRetentionMs);
    await start(relay);
    await relay.runBulkJobs();
    expect((await relay.ask(`/admin/replays/${id}`)).status).toBe(404);
    expect((await read(relay.ask('/admin/replays'))).replays).toHaveLength(1);
  });

  it('are started once for an Idempotency-Key', async () => {
    const relay = manyDead(3);
    const ask = () =>
      relay.askWith(null, {
        ...{ path: '/admin/replays', body: { reason }, headers: { 'idempotency-key': 'k' } },
      });
    const [first, again] = [await read(ask()), await read(ask())];
    expect(again.id).toBe(first.id);
    expect((await read(relay.ask('/admin/replays'))).replays).toHaveLength(1);
  });

  it.each([
    [{ reason, filter: { sorce: 'shop' } }, 'filter.sorce'],
    [{ reason, filter: { status: 'succeeded' } }, 'filter.status'],
    [{ reason, filter: { status: 'held' } }, 'filter.status'],
    [{ reason, act: 'release', filter: { status: ['dead_lettered'] } }, 'filter.status'],
    [{ reason, act: 'resolve' }, 'as'],
    [{ reason, act: 'skip', as: 'done' }, 'as'],
    [{ reason, act: 'forget' }, 'act'],
    [{ reason, limit: 0 }, 'limit'],
    [{ reason, limit: 100_001 }, 'limit'],
    [{ reason, ratePerSecond: 51 }, 'ratePerSecond'],
    [{ reason: '  ' }, 'reason'],
    [{ reason: 'x'.repeat(501) }, 'reason'],
    [{}, 'reason'],
    [{ reason, filtr: {} }, 'filtr'],
  ])('refuse %j: a misspelt filter must not take everything', async (body, field) => {
    const answer = await read(manyDead(1).ask('/admin/replays', body));
    expect([answer.http, answer.errors[0].field]).toEqual([400, field]);
  });
});
