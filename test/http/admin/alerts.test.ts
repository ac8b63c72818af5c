// The alerts of a relay as an operator asks for them.
import { describe, expect, it } from 'vitest';
import { createMemoryRelay } from '../../support/memory-relay.ts';

async function relayWithAlerts(causes: readonly string[]) {
  const relay = createMemoryRelay();
  const conditions = causes.map((cause) => ({
    rule: 'dead_letters' as const,
    cause,
    count: 1,
    since: relay.services.clock.now(),
    summary: 'it was refused',
    details: { delivery: 'dlv_0_1' },
  }));
  await relay.alerts.report({ reporter: 'g1/p0', conditions });
  return relay;
}

type Listed = { readonly alerts: readonly { readonly id: string }[]; readonly nextCursor: string | null };

describe('GET /admin/alerts', () => {
  it('lists the newest first, page by page, by status', async () => {
    const relay = await relayWithAlerts(['erp/a/rejected', 'erp/b/rejected', 'erp/c/rejected']);
    const first = (await (await relay.ask('/admin/alerts?limit=2')).json()) as Listed;
    expect(first.alerts.map(({ id }) => id)).toEqual(['alr_3', 'alr_2']);
    const second = (await (await relay.ask(`/admin/alerts?cursor=${first.nextCursor}`)).json()) as Listed;
    expect(second).toMatchObject({ alerts: [{ id: 'alr_1', status: 'open' }], nextCursor: null });
    expect(await (await relay.ask('/admin/alerts?status=resolved')).json()).toMatchObject({ alerts: [] });
  });

  it('refuses a status and a cursor it does not know', async () => {
    const relay = createMemoryRelay();
    expect((await relay.ask('/admin/alerts?status=loud')).status).toBe(400);
    expect((await relay.ask('/admin/alerts?cursor=7')).status).toBe(400);
  });
});

describe('POST /admin/alerts/:id/acknowledge', () => {
  it('keeps who looks after it and why, and wants to know why', async () => {
    const relay = await relayWithAlerts(['erp/a/rejected']);
    expect((await relay.ask('/admin/alerts/alr_1/acknowledge', {})).status).toBe(400);
    const answer = await relay.ask('/admin/alerts/alr_1/acknowledge', { note: 'on it' });
    expect(await answer.json()).toMatchObject({
      status: 'open',
      acknowledged: { by: 'admin_key', note: 'on it' },
    });
    expect(relay.log.some(({ event }) => event === 'alert.acknowledged')).toBe(true);
  });

  it('is 404 for what is not open', async () => {
    const relay = createMemoryRelay();
    expect((await relay.ask('/admin/alerts/alr_9/acknowledge', { note: 'x' })).status).toBe(404);
    expect((await relay.ask('/admin/alerts/nonsense/acknowledge', { note: 'x' })).status).toBe(404);
  });
});
