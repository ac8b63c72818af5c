// Holding and cancelling one delivery through the HTTP surface: the answer, the list, the audit, the log, and the refusals.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
import { makeCredential } from '../../support/credentials.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

function waitingRelay() {
  const relay = createMemoryRelay();
  const data = { id: '1', total: '10.00' };
  const [waiting = ''] = relay.place({ type: 'order.placed', data, eventId: 'event-1' });
  return { ...relay, waiting };
}

async function act(relay: MemoryRelay, id: string, name: string): Promise<Json> {
  const response = await relay.ask(`/admin/deliveries/${id}/${name}`, { note: 'the customer calls back' });
  return { ...((await response.json()) as object), http: response.status };
}

async function show(relay: MemoryRelay, id: string): Promise<Json> {
  return (await relay.ask(`/admin/deliveries/${id}`)).json();
}

describe('a delivery that waits', () => {
  it('is held, not attempted, and sent on by a release', async () => {
    const relay = waitingRelay();
    expect(await act(relay, relay.waiting, 'hold')).toEqual({
      ...{ http: 200, deliveryId: relay.waiting, status: 'held' },
    });
    relay.run(() => outcomes.succeeded());
    expect(await show(relay, relay.waiting)).toMatchObject({
      ...{ status: 'held', reason: 'by_operator', message: 'the customer calls back', attemptCount: 0 },
      waiting: { cause: 'held' },
    });
    const again = await act(relay, relay.waiting, 'hold');
    expect(again).toMatchObject({
      http: 409,
      code: 'wrong_state',
      detail: expect.stringMatching(/held already/),
    });
    expect(await act(relay, relay.waiting, 'release')).toMatchObject({ http: 200, status: 'pending' });
    relay.run(() => outcomes.succeeded());
    expect((await show(relay, relay.waiting)).status).toBe('succeeded');
  });

  it('is cancelled, never attempted, and says so', async () => {
    const relay = waitingRelay();
    expect(await act(relay, relay.waiting, 'cancel')).toMatchObject({ http: 200, status: 'skipped' });
    relay.run(() => outcomes.succeeded());
    expect(await show(relay, relay.waiting)).toMatchObject({
      ...{ status: 'skipped', reason: 'cancelled', message: 'the customer calls back', attemptCount: 0 },
    });
    expect(await act(relay, relay.waiting, 'cancel')).toMatchObject({ http: 409, code: 'wrong_state' });
  });

  it('has both in the audit and the log', async () => {
    const relay = waitingRelay();
    await act(relay, relay.waiting, 'hold');
    await act(relay, relay.waiting, 'cancel');
    const { acts } = (await (await relay.ask('/admin/audit')).json()) as Json;
    expect(acts.map(({ action, before, after }: Json) => [action, before, after])).toEqual([
      ['cancelled', 'held', 'skipped'],
      ['held', 'pending', 'held'],
    ]);
    const lines = relay.log.filter(({ event }) => event === 'delivery.stopped');
    expect(lines).toMatchObject([{ as: 'held' }, { as: 'cancelled', delivery: relay.waiting }]);
  });

  it('of another source is not there', async () => {
    const relay = waitingRelay();
    const { key } = await makeCredential(relay, { scopes: ['deliveries:manage'], sources: ['spare'] });
    for (const name of ['hold', 'cancel']) {
      const path = `/admin/deliveries/${relay.waiting}/${name}`;
      expect((await relay.askAs(key, path, { note: 'mine' })).status).toBe(404);
    }
  });
});

describe('what cannot be held or cancelled', () => {
  it('is being attempted, with what to do instead', async () => {
    const relay = waitingRelay();
    for (const sequencer of relay.sequencers.all()) await sequencer.lease({ max: 10, leaseMs: 30_000 });
    for (const name of ['hold', 'cancel'])
      expect(await act(relay, relay.waiting, name)).toMatchObject({
        ...{ http: 409, code: 'wrong_state', detail: expect.stringMatching(/pause its target/) },
      });
  });

  it('is a dead letter, or is not there', async () => {
    const relay = waitingRelay();
    relay.run(() => outcomes.rejected());
    expect(await act(relay, relay.waiting, 'cancel')).toMatchObject({
      ...{ http: 409, detail: expect.stringMatching(/skip or resolve/) },
    });
    for (const id of ['dlv_0_zzz', 'nonsense']) expect((await act(relay, id, 'hold')).http).toBe(404);
  });
});
