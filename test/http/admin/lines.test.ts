// Blocked lines and the audit as an operator asks for them.
import { describe, expect, it } from 'vitest';
import { outcomes } from '../../support/builders.ts';
import { createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

type Line = {
  readonly orderingKey: string;
  readonly ageSeconds: number;
  readonly head: { readonly id: string };
};

async function read<T>(relay: MemoryRelay, path: string): Promise<T> {
  const response = await relay.ask(path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

function relayWithBlocked(ids: readonly string[]): MemoryRelay {
  const relay = createMemoryRelay();
  for (const id of ids) {
    relay.place({ type: 'order.placed', data: { id, total: '10.00' }, eventId: `placed-${id}` });
    relay.run(() => outcomes.rejected());
    relay.place({ type: 'order.paid', data: { id, amount: '10.00', payment: 'p' }, eventId: `paid-${id}` });
    relay.advance(1_000);
  }
  return relay;
}

describe('GET /admin/lines', () => {
  it('shows blocked lines of all partitions, longest blocked first, with cause and age, page by page', async () => {
    const relay = relayWithBlocked(['1', '2', '3', '4']);
    type Page = { readonly lines: readonly Line[]; readonly nextCursor: string | null };
    const page = await read<Page>(relay, '/admin/lines?blocked&limit=3');
    expect(page.lines.map(({ orderingKey }) => orderingKey)).toEqual(['order/1', 'order/2', 'order/3']);
    expect(page.lines[0]).toMatchObject({
      target: 'erp',
      blocked: true,
      cause: 'dead_letter',
      ageSeconds: 4,
      behindCount: 1,
      gaps: [],
      head: { reason: 'rejected', operation: 'sale.confirm' },
    });
    const next = await read<Page>(relay, `/admin/lines?blocked=true&cursor=${page.nextCursor}`);
    expect(next).toMatchObject({ lines: [{ orderingKey: 'order/4' }], nextCursor: null });
    expect((await read<Page>(relay, '/admin/lines?orderingKey=order/2')).lines).toHaveLength(1);
  });

  it('refuses a word it does not know', async () => {
    expect((await createMemoryRelay().ask('/admin/lines?blocked=perhaps')).status).toBe(400);
  });
});

describe('POST /admin/deliveries/:id/unblock', () => {
  it('lets the line go on, wants to know why, and stands in the audit', async () => {
    const relay = relayWithBlocked(['1']);
    const { lines } = await read<{ lines: readonly Line[] }>(relay, '/admin/lines?blocked');
    const head = lines[0]?.head.id ?? '';
    expect((await relay.ask(`/admin/deliveries/${head}/unblock`, {})).status).toBe(400);
    const answer = await relay.ask(`/admin/deliveries/${head}/unblock`, { note: 'the sale is in the ERP' });
    expect(answer.status).toBe(200);
    relay.run(() => outcomes.succeeded());
    expect(await read(relay, '/admin/lines?blocked')).toEqual({ lines: [], nextCursor: null });
    expect(await read(relay, '/admin/deliveries?status=succeeded')).toMatchObject({
      deliveries: [{ operation: 'payment.register' }],
    });
    expect(await read(relay, `/admin/audit?deliveryId=${head}`)).toMatchObject({
      acts: [
        {
          actor: 'admin_key',
          action: 'unblocked',
          deliveryId: head,
          orderingKey: 'order/1',
          target: 'erp',
          before: 'dead_lettered',
          reason: 'the sale is in the ERP',
        },
      ],
      journal: 'current',
    });
  });

  it('is refused for a delivery that holds up nothing', async () => {
    const relay = createMemoryRelay();
    const data = { id: '1', total: '10.00' };
    const [id = ''] = relay.place({ type: 'order.placed', data, eventId: 'e' });
    expect((await relay.ask(`/admin/deliveries/${id}/unblock`, { note: 'x' })).status).toBe(409);
  });
});

describe('GET /admin/audit', () => {
  it('holds every act on a delivery and on an alert, the newest first, page by page', async () => {
    const relay = relayWithBlocked(['1']);
    const { lines } = await read<{ lines: readonly Line[] }>(relay, '/admin/lines?blocked');
    const head = lines[0]?.head.id ?? '';
    await relay.ask(`/admin/deliveries/${head}/replay`, { reason: 'again' });
    relay.advance(10);
    relay.run(() => outcomes.rejected());
    await relay.ask(`/admin/deliveries/${head}/skip`, { note: 'a test order' });
    relay.advance(10);
    await relay.alerts.report({
      reporter: 'g1/p0',
      conditions: [
        { rule: 'drift', cause: 'erp/sale.confirm', count: 1, since: 1, summary: 's', details: {} },
      ],
    });
    await relay.ask('/admin/alerts/alr_1/acknowledge', { note: 'on it' });
    type Acts = { readonly acts: readonly { readonly action: string }[]; readonly nextCursor: string };
    const first = await read<Acts>(relay, '/admin/audit?limit=2');
    expect(first.acts.map(({ action }) => action)).toEqual(['acknowledged', 'skipped']);
    const second = await read<Acts>(relay, `/admin/audit?cursor=${first.nextCursor}`);
    expect(second.acts.map(({ action }) => action)).toEqual(['replayed']);
  });

  it('is 503 while the journal is away; what is done meanwhile is there afterwards', async () => {
    const relay = relayWithBlocked(['1']);
    const { lines } = await read<{ lines: readonly Line[] }>(relay, '/admin/lines?blocked');
    relay.journal.state = 'away';
    const path = `/admin/deliveries/${lines[0]?.head.id}/skip`;
    expect((await relay.ask(path, { note: 'a test order' })).status).toBe(200);
    expect((await relay.ask('/admin/audit')).status).toBe(503);
    relay.journal.state = 'here';
    expect(await read(relay, '/admin/audit')).toMatchObject({ acts: [{ action: 'skipped' }] });
  });
});
