// The sequencer object on the real runtime: storage, group commit, alarm, journal feed and doorbell, over evictions, crashes
// and a journal that is away.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { ClaimRequest, LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import type { Sequencer } from '../../src/pipeline/ports.ts';
import { createD1Journal } from '../../src/platform/d1/d1-journal.ts';
import { parseSequencerName, sequencerName } from '../../src/platform/doorbell.ts';
import { crashObject } from '../support/crash-object.ts';
import { makeEvent, makePayload } from '../support/records.ts';

const journal = createD1Journal(env.DB);
const generation = Number(env.GENERATION);
const partitions = Number(env.PARTITIONS);
let used = 0;

/** A partition nobody else in this file uses. */
function freshObject(): { stub: DurableObjectStub & Sequencer; name: string } {
  used += 1;
  const name = sequencerName(generation, 100 + used);
  return { name, stub: env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as never };
}

function stubOf(name: string): Sequencer {
  return env.SEQUENCER.get(env.SEQUENCER.idFromName(name)) as never;
}

function claimOf(eventId: string, changes: { orderingKey?: string; body?: string } = {}): ClaimRequest {
  const orderingKey = changes.orderingKey ?? `order/${eventId}`;
  return {
    event: makeEvent({ eventId, orderingKey, receivedAt: Date.now(), occurredAt: Date.now() }),
    payload: makePayload(changes.body ?? `{"id":"${eventId}"}`),
    deliveries: [
      {
        routeId: 'shop-orders.confirm-sale',
        target: 'erp',
        operation: 'sale.confirm',
        operationKey: `${orderingKey}/erp/sale.confirm/${eventId}`,
        staleKey: null,
        policy: {
          after: [],
          waitMs: 3_600_000,
          onStale: 'run',
          onDeadLetter: 'block',
          retry: { attempts: 3, baseMs: 10, capMs: 20 },
        },
        problem: null,
      },
    ],
    partitions,
    generation,
  };
}

const lease = { max: 10, leaseMs: 20_000 };

function succeed(leased: LeasedDelivery): Settlement {
  const document = { documentId: `doc-${leased.event.eventId}`, documentNumber: 'SO1', state: 'confirmed' };
  return {
    deliveryId: leased.delivery.id,
    epoch: leased.epoch,
    result: {
      kind: 'outcome',
      outcome: { kind: 'succeeded', effect: 'done', document },
      inputHash: 'h',
      spent: true,
      doubtCleared: false,
    },
    attempt: {
      deliveryId: leased.delivery.id,
      epoch: leased.epoch,
      mode: 'perform',
      startedAt: Date.now(),
      endedAt: Date.now(),
      outcome: { kind: 'succeeded', effect: 'done', reason: null, message: null },
      exchanges: [],
      input: '{}',
    },
  };
}

async function storedRows(name: string, table: 'open' | 'settled'): Promise<number> {
  const stub = env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
  return runInDurableObject(stub, (_, state) =>
    Number(state.storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).one().n),
  );
}

describe('a claim', () => {
  it('is durable before it is answered: it is there after a crash of the object', async () => {
    const { stub, name } = freshObject();
    expect(await stub.claim(claimOf('a'))).toMatchObject({ kind: 'claimed', status: 'accepted' });
    await crashObject(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)));
    expect(await stubOf(name).claim(claimOf('a'))).toMatchObject({ kind: 'claimed', status: 'duplicate' });
    expect(await storedRows(name, 'open')).toBe(1);
  });

  it('of the same event, many at once, is fresh exactly once', async () => {
    const { stub } = freshObject();
    const answers = await Promise.all(Array.from({ length: 20 }, () => stub.claim(claimOf('b'))));
    const statuses = answers.map((answer) => (answer.kind === 'claimed' ? answer.status : answer.kind));
    expect(statuses.filter((status) => status === 'accepted')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'duplicate')).toHaveLength(19);
  });

  it('made under another number of partitions is refused and claims nothing', async () => {
    const { stub, name } = freshObject();
    await stub.claim(claimOf('c1'));
    expect(await stub.claim({ ...claimOf('c2'), partitions: partitions + 1 })).toMatchObject({
      kind: 'refused',
      reason: 'generation_mismatch',
    });
    expect(await storedRows(name, 'open')).toBe(1);
  });

  it('keeps the exact bytes of the body, also when they are no text', async () => {
    const { stub } = freshObject();
    const body = new Uint8Array(300_000).map((_, index) => (index * 7) % 256);
    await stub.claim({ ...claimOf('d'), payload: { headers: { 'x-shop': 'é' }, body } });
    const [leased] = (await stub.lease(lease)).leased;
    expect(leased?.payload.headers).toEqual({ 'x-shop': 'é' });
    expect(new Uint8Array(leased?.payload.body ?? new Uint8Array())).toEqual(body);
  });
});

describe('a lease', () => {
  it('is exclusive, also over an eviction of the object', async () => {
    const { stub, name } = freshObject();
    await stub.claim(claimOf('e'));
    expect((await stub.lease(lease)).leased).toHaveLength(1);
    await evictDurableObject(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)));
    expect((await stubOf(name).lease(lease)).leased).toHaveLength(0);
  });

  it('given back costs nothing and is no doubt, also over an eviction', async () => {
    const { stub, name } = freshObject();
    await stub.claim(claimOf('f'));
    const [leased] = (await stub.lease(lease)).leased;
    if (leased === undefined) throw new Error('nothing was leased');
    const result = { kind: 'returned', target: null, notBeforeAt: null } as const;
    const settlements = [{ deliveryId: leased.delivery.id, epoch: leased.epoch, result, attempt: null }];
    await stub.settle({ ...lease, max: 0, settlements });
    await evictDurableObject(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)));
    const [again] = (await stubOf(name).lease(lease)).leased;
    expect(again?.delivery).toMatchObject({ attemptCount: 0, effect: null });
    expect(again?.ledger).toBeNull();
  });
});

describe('a settle', () => {
  it('hands out the next of the line in its answer', async () => {
    const { stub } = freshObject();
    await stub.claim(claimOf('g1', { orderingKey: 'order/g' }));
    await stub.claim(claimOf('g2', { orderingKey: 'order/g' }));
    const first = (await stub.lease(lease)).leased;
    expect(first.map(({ event }) => event.eventId)).toEqual(['g1']);
    const next = await stub.settle({ ...lease, settlements: first.map(succeed) });
    expect(next.leased.map(({ event }) => event.eventId)).toEqual(['g2']);
  });

  it('repeated because its answer was lost changes nothing', async () => {
    const { stub } = freshObject();
    await stub.claim(claimOf('h'));
    const settlements = (await stub.lease(lease)).leased.map(succeed);
    await stub.settle({ ...lease, settlements });
    await stub.settle({ ...lease, settlements });
    const id = settlements[0]?.deliveryId ?? '';
    expect((await stub.find(id))?.delivery).toMatchObject({
      attemptCount: 1,
      state: { status: 'succeeded' },
    });
  });
});

describe('the journal', () => {
  it('gets what was settled, and only then does the body leave the object', async () => {
    const { stub, name } = freshObject();
    await stub.claim(claimOf('i'));
    const settlements = (await stub.lease(lease)).leased.map(succeed);
    await stub.settle({ ...lease, settlements });
    expect(await storedRows(name, 'open')).toBe(1);
    expect(await stub.flushJournal()).toEqual({ behind: 0 });
    expect(await storedRows(name, 'open')).toBe(0);
    expect(await storedRows(name, 'settled')).toBe(1);
    expect((await journal.find(settlements[0]?.deliveryId ?? ''))?.status).toBe('succeeded');
  });

  it('being away stops neither claims nor deliveries, and catches up by the alarm', async () => {
    const { stub, name } = freshObject();
    await env.DB.prepare('ALTER TABLE journal_blocks RENAME TO blocks_away').run();
    const settlements: Settlement[] = [];
    try {
      await stub.claim(claimOf('j'));
      settlements.push(...(await stub.lease(lease)).leased.map(succeed));
      await stub.settle({ ...lease, settlements });
      expect(await stub.flushJournal()).toEqual({ behind: 1 });
    } finally {
      await env.DB.prepare('ALTER TABLE blocks_away RENAME TO journal_blocks').run();
    }
    expect(await runDurableObjectAlarm(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)))).toBe(true);
    expect((await journal.find(settlements[0]?.deliveryId ?? ''))?.status).toBe('succeeded');
  });

  it('goes on after an eviction where it stood', async () => {
    const { stub, name } = freshObject();
    const unrouted = (eventId: string) => ({ ...claimOf(eventId), deliveries: [] });
    await stub.claim(unrouted('k1'));
    await stub.flushJournal();
    await evictDurableObject(env.SEQUENCER.get(env.SEQUENCER.idFromName(name)));
    const again = stubOf(name);
    await again.claim(unrouted('k2'));
    expect(await again.flushJournal()).toEqual({ behind: 0 });
    const partition = parseSequencerName(name)?.partition;
    const { results } = await env.DB.prepare('SELECT event_count FROM journal_blocks WHERE partition = ?')
      .bind(partition)
      .all();
    expect(results).toEqual([{ event_count: 1 }, { event_count: 1 }]);
  });
});

describe('the alarm', () => {
  it('is set with the claim it is for', async () => {
    const { stub, name } = freshObject();
    await stub.claim(claimOf('l'));
    const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
    const alarmAt = await runInDurableObject(object, (_, state) => state.storage.getAlarm());
    expect(alarmAt).not.toBeNull();
    expect((alarmAt ?? 0) - Date.now()).toBeLessThanOrEqual(5_500);
  });

  it('is set again while something is open, and gone when nothing is', async () => {
    const { stub, name } = freshObject();
    const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
    await stub.claim(claimOf('m'));
    await runDurableObjectAlarm(object);
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).not.toBeNull();
    await stub.settle({ ...lease, settlements: (await stub.lease(lease)).leased.map(succeed) });
    await runDurableObjectAlarm(object);
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).toBeNull();
  });
});
