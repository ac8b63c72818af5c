// The plan of a bulk replay, and that the replay keeps to it.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
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

async function send(relay: MemoryRelay, path: string, body: unknown) {
  const response = await relay.ask(path, body);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a bulk replay', () => {
  it('takes what its plan said before, which takes nothing', async () => {
    const relay = manyDead(12);
    const filter = { receivedFrom: '2026-03-01T12:00:00.004Z' };

    const plan = await send(relay, '/admin/replays/plan', { filter });
    expect(plan.status).toBe(200);
    expect(plan.body).toMatchObject({
      ...{ count: 8, callCount: 1, oldestReceivedAt: '2026-03-01T12:00:00.004Z', otherGroupCount: 0 },
      groups: [{ target: 'erp', operation: 'sale.confirm', reason: 'rejected', count: 8 }],
    });
    expect(plan.body.sample).toHaveLength(8);
    const { body } = await send(relay, '/admin/replays', { filter, reason: 'the period is open' });
    await relay.runBulkJobs();
    const job = await (await relay.ask(`/admin/replays/${body.id}`)).json();
    expect(job).toMatchObject({ status: 'succeeded', total: plan.body.count, done: plan.body.count });
    expect((await send(relay, '/admin/replays/plan', { filter })).body).toMatchObject({
      count: 0,
      groups: [],
    });
  });

  it('is planned by the same filter, and a misspelt one plans nothing', async () => {
    const answer = await send(manyDead(1), '/admin/replays/plan', { filter: { sorce: 'shop' } });
    expect([answer.status, answer.body.code]).toEqual([400, 'invalid_body']);
  });
});
