// The last resorts on the real runtime: the queue away, doorbells lost, doubled and dead, an alarm that died, a consumer
// that one delivery always crashes, a book of alerts that gets every report in the end.

import { createMessageBatch, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import type { ClaimRequest, LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import type { Alerts, Sequencer, Telemetry } from '../../src/pipeline/ports.ts';
import { sequencerName } from '../../src/platform/doorbell.ts';
import { createObjectAlerts } from '../../src/platform/durable-objects/object-alerts.ts';
import { createObjectSequencers } from '../../src/platform/durable-objects/object-sequencer.ts';
import { consumeDeadDoorbells } from '../../src/platform/queue/consume-doorbells.ts';
import { makeEvent, makePayload } from '../support/records.ts';

const generation = Number(env.GENERATION);
const partitions = Number(env.PARTITIONS);
const alerts = createObjectAlerts(env.ALERTS);
let used = 0;

/** A partition nobody else in this file uses. */
function freshObject() {
  used += 1;
  const partition = 300 + used;
  const name = sequencerName(generation, partition);
  const object = env.SEQUENCER.get(env.SEQUENCER.idFromName(name));
  return { name, partition, object, stub: object as unknown as Sequencer };
}

function claimOf(eventId: string, changes: { orderingKey?: string; dead?: 'continue' } = {}): ClaimRequest {
  const { orderingKey = `order/${eventId}`, dead = 'block' } = changes;
  const retry = { attempts: 3, baseMs: 10, capMs: 20 };
  const policy = { after: [], waitMs: 3_600_000, onStale: 'run', onDeadLetter: dead, retry } as const;
  return {
    event: makeEvent({ eventId, orderingKey, receivedAt: Date.now(), occurredAt: Date.now() }),
    payload: makePayload(`{"id":"${eventId}"}`),
    deliveries: [
      {
        routeId: 'shop-orders.confirm-sale',
        target: 'erp',
        operation: 'sale.confirm',
        operationKey: `${orderingKey}/erp/sale.confirm/${eventId}`,
        staleKey: null,
        policy,
        problem: null,
      },
    ],
    partitions,
    generation,
  };
}

function settlementOf(leased: LeasedDelivery, kind: 'succeeded' | 'rejected'): Settlement {
  const document = { documentId: `doc-${leased.event.eventId}`, documentNumber: 'SO1', state: 'confirmed' };
  const refusal = { code: 'period_closed', message: 'closed', fieldErrors: [] } as const;
  return {
    deliveryId: leased.delivery.id,
    epoch: leased.epoch,
    result: {
      kind: 'outcome',
      outcome:
        kind === 'succeeded' ? { kind, effect: 'done', document } : { kind, effect: 'none', ...refusal },
      inputHash: 'h',
      spent: true,
      doubtCleared: false,
    },
    attempt: null,
  };
}

const lease = { max: 10, leaseMs: 20_000 };

/** Asks until the answer is not null, a bounded number of times. */
async function until<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await ask();
    if (answer !== null) return answer;
    await scheduler.wait(25);
  }
  throw new Error(`${what}: not in time`);
}

async function openAlert(rule: string, cause?: string) {
  const open = await alerts.list({ status: 'open', before: null, limit: 100 });
  return open.find((alert) => alert.rule === rule && (cause === undefined || alert.cause === cause)) ?? null;
}

describe('a queue that takes no doorbells', () => {
  it('loses nothing: the alarm rings again, and what is ready can be leased all the while', async () => {
    const { object, stub } = freshObject();
    const send = vi.fn(() => Promise.reject(new Error('the queue is away')));
    await runInDurableObject(object, (instance) => {
      const bindings = Reflect.get(instance, 'env') as { DOORBELLS: unknown };
      bindings.DOORBELLS = { send };
    });
    await stub.claim(claimOf('q1'));
    await until('a refused ring', async () => (send.mock.calls.length > 0 ? true : null));
    const alarmAt = await runInDurableObject(object, (_, state) => state.storage.getAlarm());
    expect(alarmAt).not.toBeNull();
    expect((await stub.lease(lease)).leased).toHaveLength(1);
  });
});

describe('doorbells', () => {
  it('that are doubled hand out each delivery once', async () => {
    const { stub } = freshObject();
    for (const id of ['d1', 'd2', 'd3']) await stub.claim(claimOf(id));
    const answers = await Promise.all([stub.lease(lease), stub.lease(lease), stub.lease(lease)]);
    const ids = answers.flatMap(({ leased }) => leased.map(({ delivery }) => delivery.id));
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
  });

  it('that are lost leave an alarm that rings again', async () => {
    const { object, stub } = freshObject();
    await stub.claim(claimOf('l1'));
    expect(await runDurableObjectAlarm(object)).toBe(true);
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).not.toBeNull();
  });

  it('that failed to the end are an alert, and wake the partition they name', async () => {
    const { object, stub, partition } = freshObject();
    await stub.claim(claimOf('dead1'));
    await runInDurableObject(object, (_, state) => state.storage.deleteAlarm());
    const body = { v: 1, generation, partition };
    const batch = createMessageBatch('holdfast-doorbells-dead', [
      { id: 'm1', timestamp: new Date(), attempts: 1, body },
    ]);
    const telemetry: Telemetry = { log: () => {} };
    await consumeDeadDoorbells(batch, { namespace: env.SEQUENCER, alerts, telemetry });
    expect(await openAlert('doorbell_dead')).toMatchObject({
      count: 1,
      details: { partitions: String(partition) },
    });
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).not.toBeNull();
  });
});

describe('an alarm that died', () => {
  it('is set again by the knock of the watchdog', async () => {
    const { object, stub } = freshObject();
    await stub.claim(claimOf('w1'));
    await runInDurableObject(object, (_, state) => state.storage.deleteAlarm());
    await (object as unknown as { wake(): Promise<void> }).wake();
    expect(await runInDurableObject(object, (_, state) => state.storage.getAlarm())).not.toBeNull();
  });
});

describe('a delivery that always crashes its consumer', () => {
  it('is leased alone, dead-lettered after three lone crashes, and stops no other line', async () => {
    const { stub } = freshObject();
    await stub.claim(claimOf('poison', { orderingKey: 'order/poison', dead: 'continue' }));
    await stub.claim(claimOf('behind', { orderingKey: 'order/poison' }));
    const done = new Set<string>();
    let others = 0;
    const short = { max: 10, leaseMs: 60 };
    const status = await until('poison', async () => {
      others += 1;
      await stub.claim(claimOf(`other-${others}`));
      const { leased } = await stub.lease(short);
      // A consumer that got it never settles anything it holds.
      const crashes = leased.some(({ event }) => event.eventId === 'poison');
      if (!crashes)
        await stub.settle({ ...short, max: 0, settlements: leased.map((l) => settlementOf(l, 'succeeded')) });
      for (const { event } of crashes ? [] : leased) done.add(event.eventId);
      const dead = await stub.listOpen({ filter: { reason: 'poison' }, cursor: null, limit: 10 });
      return dead[0]?.event.eventId ?? null;
    });
    expect(status).toBe('poison');
    expect([...done].filter((id) => id.startsWith('other-')).length).toBeGreaterThan(1);
    await until('the line behind it', async () => {
      const { leased } = await stub.lease(short);
      await stub.settle({ ...short, max: 0, settlements: leased.map((l) => settlementOf(l, 'succeeded')) });
      return leased.some(({ event }) => event.eventId === 'behind') || done.has('behind') ? true : null;
    });
  }, 30_000);
});

describe('an overloaded sequencer', () => {
  it('is not asked again at once: the caller is told that it is overloaded', async () => {
    const claim = vi.fn(() =>
      Promise.reject(Object.assign(new Error('too much'), { overloaded: true, retryable: true })),
    );
    const namespace = { idFromName: () => 'id', get: () => ({ claim }) } as unknown as typeof env.SEQUENCER;
    const sequencers = createObjectSequencers(namespace, {
      partitions: 1,
      generation: 1,
      previousPartitions: [],
    });
    await expect(sequencers.of(0).claim(claimOf('o1'))).rejects.toMatchObject({ overloaded: true });
    expect(claim).toHaveBeenCalledTimes(1);
  });
});

describe('the alerts of a partition', () => {
  it('reach the book by its alarm, and end there when what they were about is closed', async () => {
    const { object, stub } = freshObject();
    await stub.claim(claimOf('a1'));
    const { leased } = await stub.lease(lease);
    await stub.settle({ ...lease, max: 0, settlements: leased.map((l) => settlementOf(l, 'rejected')) });
    const cause = 'erp/sale.confirm/rejected/period_closed';
    const opened = await until('the alert', async () => {
      await runDurableObjectAlarm(object);
      return openAlert('dead_letters', cause);
    });
    expect(opened.details).toMatchObject({ delivery: leased[0]?.delivery.id, code: 'period_closed' });
    const deliveryId = leased[0]?.delivery.id ?? '';
    const act = { deliveryId, as: 'dropped', documentId: null, actor: 'olga', note: 'a test' } as const;
    await stub.resolve(act);
    await until('its end', async () => {
      await runDurableObjectAlarm(object);
      return (await openAlert('dead_letters', cause)) === null ? true : null;
    });
  });

  it('are reported again while the book is away', async () => {
    const { object, stub } = freshObject();
    let calls = 0;
    const away: Pick<Alerts, 'report'> = {
      report: () => {
        calls += 1;
        return Promise.reject(new Error('the book is away'));
      },
    };
    const real = await runInDurableObject(object, (instance) => {
      const bindings = Reflect.get(instance, 'env') as { ALERTS: typeof env.ALERTS };
      const kept = bindings.ALERTS;
      const get = vi.spyOn(kept, 'get').mockReturnValue(away as never);
      return get;
    });
    await stub.claim(claimOf('b1', { orderingKey: 'order/b1' }));
    const { leased } = await stub.lease(lease);
    await stub.settle({ ...lease, max: 0, settlements: leased.map((l) => settlementOf(l, 'rejected')) });
    await until('a report nobody took', async () => {
      await runDurableObjectAlarm(object);
      return calls > 0 ? true : null;
    });
    real.mockRestore();
    await until('the report again', async () => {
      await runDurableObjectAlarm(object);
      return openAlert('dead_letters', 'erp/sale.confirm/rejected/period_closed');
    });
  });
});
