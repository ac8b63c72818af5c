// A callback makes the ERP be asked at once, and is believed no further.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../support/builders.ts';
import { createMemoryRelay, type MemoryRelay } from '../support/memory-relay.ts';

function runningSale(relay: MemoryRelay): string {
  const [deliveryId = ''] = relay.place({
    type: 'order.placed',
    data: { id: '1001', total: '10.00' },
    eventId: 'e-1',
  });
  relay.run(() => outcomes.accepted('job-1', 60_000));
  return deliveryId;
}

const statusOf = async (relay: MemoryRelay, deliveryId: string) =>
  ((await (await relay.ask(`/admin/deliveries/${deliveryId}`)).json()) as { status: string }).status;

describe('POST /callbacks/:deliveryId', () => {
  it('has the job asked after at once, whatever its body says', async () => {
    const relay = createMemoryRelay();
    const deliveryId = runningSale(relay);
    const answer = await relay.ask(`/callbacks/${deliveryId}`, { status: 'failed' });
    expect([answer.status, await answer.json()]).toEqual([202, { deliveryId, status: 'running' }]);
    relay.run(() => outcomes.succeeded());
    expect(await statusOf(relay, deliveryId)).toBe('succeeded');
  });

  it('is in order also after the end', async () => {
    const relay = createMemoryRelay();
    const deliveryId = runningSale(relay);
    await relay.ask(`/callbacks/${deliveryId}`, {});
    relay.run(() => outcomes.succeeded());
    const answer = await relay.ask(`/callbacks/${deliveryId}`, {});
    expect([answer.status, await answer.json()]).toEqual([200, { deliveryId, status: 'succeeded' }]);
  });

  it('needs the key, and a delivery that exists', async () => {
    const relay = createMemoryRelay();
    const deliveryId = runningSale(relay);
    const url = `http://relay.test/callbacks/${deliveryId}`;
    expect((await relay.app.request(url, { method: 'POST' })).status).toBe(401);
    expect((await relay.ask('/callbacks/dlv_0_zz', {})).status).toBe(404);
    expect((await relay.ask('/callbacks/nothing', {})).status).toBe(404);
  });
});
