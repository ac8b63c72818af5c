// Intakes as an operator sees them: those under way, one with all its items, and what may be done about dead ones.
import { describe, expect, it } from 'vitest';
import { intakeId } from '../../../src/core/intake-id.ts';
import { limits } from '../../../src/core/limits.ts';
import type { IntakeRequest } from '../../../src/core/sequencer/intake-messages.ts';
import { intakeRequest, type WorldItem } from '../../support/intake-world.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

const partitions = 3;
const idOf = (digit: string) => intakeId(digit.repeat(64), partitions);

async function relayWith(id: string, items: readonly WorldItem[], changes: Partial<IntakeRequest> = {}) {
  const relay = createMemoryRelay({ partitions });
  await holder(relay, id).claimIntake(intakeRequest(id, items, changes));
  return relay;
}

function holder(relay: MemoryRelay, id: string) {
  return relay.sequencers.of(Number(id.split('_')[1]));
}

async function read(relay: MemoryRelay, path: string, body?: unknown) {
  const response = await relay.ask(path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function relayWithDead(id: string) {
  const relay = await relayWith(id, [{ eventId: 'e1', orderId: '1', kind: 'thin' }]);
  for (let failure = 0; failure < limits.maxEnrichFailures; failure += 1) {
    const leased = await holder(relay, id).leaseItems({ max: 5, leaseMs: 1_000 });
    const result = { kind: 'failed', reason: 'unavailable', message: 'the API answered 503' } as const;
    await holder(relay, id).settleItems(leased.map(({ itemId, epoch }) => ({ itemId, epoch, result })));
    relay.advance(limits.enrichCapMs);
  }
  return relay;
}

describe('GET /admin/intakes', () => {
  it('lists those under way over all partitions, the oldest first, with how many items are where', async () => {
    const relay = createMemoryRelay({ partitions });
    for (const [digit, age] of [
      ['a', 1],
      ['b', 3],
      ['c', 2],
    ] as const) {
      const id = idOf(digit);
      const items = [
        { eventId: `${digit}1`, orderId: '1' },
        { eventId: `${digit}2`, orderId: '2', kind: 'unreadable' },
      ] as const;
      await holder(relay, id).claimIntake(intakeRequest(id, items, { receivedAt: 1_000_000 - age }));
    }
    const { body } = await read(relay, '/admin/intakes');
    expect(body.intakes).toMatchObject([{ id: idOf('b') }, { id: idOf('c') }, { id: idOf('a') }]);
    expect(body.intakes).toMatchObject([
      { counts: { received: 1, rejected: 1 } },
      { counts: { received: 1 } },
      { counts: { received: 1 } },
    ]);
  });
});

describe('GET /admin/intakes/:id', () => {
  it('shows each item with its status while the intake is under way', async () => {
    const id = idOf('a');
    const relay = await relayWith(id, [
      { eventId: 'e1', orderId: '1' },
      { eventId: 'e2', orderId: '2', kind: 'thin' },
      { eventId: 'e3', orderId: '3', kind: 'unreadable' },
    ]);
    expect(await read(relay, `/admin/intakes/${id}`)).toMatchObject({
      status: 200,
      body: {
        id,
        source: 'mail',
        finishedAt: null,
        events: [
          { id: `${id}.0`, eventId: 'e1', status: 'received' },
          { id: `${id}.1`, eventId: 'e2', status: 'enriching', failureCount: 0, notBeforeAt: null },
          { id: `${id}.2`, eventId: null, status: 'rejected', field: 'item $.id' },
        ],
      },
    });
  });

  it('is 404 for an id of nothing, of another form, and of a partition beyond', async () => {
    const relay = await relayWith(idOf('a'), [{ eventId: 'e1', orderId: '1' }]);
    for (const id of [idOf('b'), 'int_x', `int_77_${'a'.repeat(32)}`, 'evt_0_1'])
      expect((await read(relay, `/admin/intakes/${id}`)).status).toBe(404);
  });
});

describe('a dead item', () => {
  it('is shown with why, and is fetched again on a retry', async () => {
    const id = idOf('a');
    const relay = await relayWithDead(id);
    expect((await read(relay, `/admin/intakes/${id}`)).body).toMatchObject({
      events: [{ status: 'dead', reason: 'unavailable', message: 'the API answered 503' }],
    });
    expect(await read(relay, `/admin/intakes/${id}/retry`, { note: 'the API is back' })).toEqual({
      status: 200,
      body: { intake: id, items: [`${id}.0`] },
    });
    expect(await holder(relay, id).leaseItems({ max: 1, leaseMs: 1_000 })).toHaveLength(1);
    expect(relay.log.find(({ event }) => event === 'intake.revived')).toMatchObject({
      intake: id,
      as: 'retry',
      itemCount: 1,
    });
  });

  it('may be dropped, which ends the intake; then nothing is left to say', async () => {
    const id = idOf('a');
    const relay = await relayWithDead(id);
    expect((await read(relay, `/admin/intakes/${id}/drop`, { note: 'a test order' })).status).toBe(200);
    expect((await read(relay, `/admin/intakes/${id}`)).body).toMatchObject({
      events: [{ status: 'dropped', note: 'a test order' }],
    });
    expect(await read(relay, `/admin/intakes/${id}/retry`, { note: 'after all' })).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    });
  });

  it('needs a note, and an intake that is there', async () => {
    const relay = await relayWithDead(idOf('a'));
    expect((await read(relay, `/admin/intakes/${idOf('a')}/retry`, {})).status).toBe(400);
    expect((await read(relay, `/admin/intakes/${idOf('b')}/retry`, { note: 'x' })).status).toBe(404);
  });
});
