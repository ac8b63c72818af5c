// The audit by API: who did what with which key, what was refused, and an export that checks.
import { describe, expect, it } from 'vitest';
import { checkAudit } from '../../../scripts/lib/check-audit.ts';
import { outcomes } from '../../support/builders.ts';
import { administratorOf, makeCredential } from '../../support/credentials.ts';
import { askAs, createMemoryRelay } from '../../support/memory-relay.ts';

async function start() {
  const relay = createMemoryRelay();
  const [id = ''] = relay.place({
    type: 'order.placed',
    data: { id: '1', total: '10.00' },
    eventId: 'event-1',
  });
  relay.run(() => outcomes.rejected());
  return { relay, id, admin: await administratorOf(relay) };
}

describe('the audit', () => {
  it('says who did what, with the credential and the reason', async () => {
    const { relay, id, admin } = await start();
    const operator = await makeCredential(relay, { preset: 'operator' });
    const body = { note: 'a test order' };
    await askAs(relay.app, operator.key, { path: `/admin/deliveries/${id}/skip`, body });
    const response = await askAs(relay.app, admin, { path: `/admin/audit?actor=${operator.id}` });
    const { acts } = (await response.json()) as { acts: readonly object[] };
    expect(acts).toMatchObject([
      {
        actor: operator.id,
        action: 'skipped',
        deliveryId: id,
        before: 'dead_lettered',
        reason: 'a test order',
      },
    ]);
    expect(acts[0]).toMatchObject({
      number: expect.any(Number),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('is exported as JSON lines that anybody can check, from any place', async () => {
    const { relay, admin } = await start();
    for (let count = 0; count < 3; count += 1) await makeCredential(relay, { preset: 'viewer' });
    const response = await askAs(relay.app, admin, { path: '/admin/audit/export' });
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(await checkAudit(lines, null)).toMatchObject({ kind: 'whole', count: 4 });
    const rest = await askAs(relay.app, admin, { path: '/admin/audit/export?from=4' });
    expect((await rest.text()).trimEnd().split('\n')).toEqual(lines.slice(3));
  });
});
