// The way in to the live tail: who is let in with a header and who with a ticket, once, and what a listener asked for.
import { describe, expect, it } from 'vitest';
import { makeCredential, revokeCredential } from '../../support/credentials.ts';
import { adminKey, askAs, createMemoryRelay, type MemoryRelay } from '../../support/memory-relay.ts';

const upgrade = { upgrade: 'websocket' };

type Opening = { readonly path?: string; readonly headers?: Readonly<Record<string, string>> };

function open(relay: MemoryRelay, key: string | null, { path = '/admin/tail', headers = {} }: Opening = {}) {
  return askAs(relay.app, key, { path, headers: { ...upgrade, ...headers } });
}

async function ticketOf(relay: MemoryRelay, key: string): Promise<string> {
  const answer = await askAs(relay.app, key, { path: '/admin/tail/tickets', body: {} });
  expect(answer.status).toBe(200);
  const { ticket, expiresAt } = (await answer.json()) as { ticket: string; expiresAt: string };
  expect(new Date(expiresAt).getTime()).toBeGreaterThan(relay.services.clock.now());
  return ticket;
}

const offering = (ticket: string) => ({ 'sec-websocket-protocol': `holdfast.tail.v1, ticket.${ticket}` });

describe('GET /admin/tail', () => {
  it('opens for a key, with the filter it names', async () => {
    const relay = createMemoryRelay();
    const path = '/admin/tail?status=held,dead_lettered&source=shop&since=2026-03-01T12:00:00Z';
    expect((await open(relay, adminKey, { path })).status).toBe(200);
    expect(relay.tail.opened).toEqual([
      {
        holder: { credentialId: null, keyHash: null },
        filter: { status: ['held', 'dead_lettered'], source: 'shop' },
        since: Date.UTC(2026, 2, 1, 12),
        protocol: null,
      },
    ]);
    expect(relay.log.map(({ event }) => event)).toContain('tail.opened');
  });

  it('opens for a ticket once, and answers the protocol that was offered', async () => {
    const relay = createMemoryRelay();
    const { id, key } = await makeCredential(relay, { scopes: ['deliveries:read'] });
    const ticket = await ticketOf(relay, key);
    expect((await open(relay, null, { headers: offering(ticket) })).status).toBe(200);
    expect(relay.tail.opened[0]).toMatchObject({
      holder: { credentialId: id },
      protocol: 'holdfast.tail.v1',
    });
    expect((await open(relay, null, { headers: offering(ticket) })).status).toBe(401);
    expect(relay.log.findLast(({ event }) => event === 'admin.refused')).toMatchObject({
      reason: 'unknown_ticket',
    });
    expect(JSON.stringify(relay.log)).not.toContain(ticket);
  });

  it('takes no ticket of who has been revoked since, and none anywhere else', async () => {
    const relay = createMemoryRelay();
    const { id, key } = await makeCredential(relay, { scopes: ['deliveries:read'] });
    const [first, second] = [await ticketOf(relay, key), await ticketOf(relay, key)];
    expect((await open(relay, null, { path: '/admin/deliveries', headers: offering(second) })).status).toBe(
      401,
    );
    await revokeCredential(relay, id);
    relay.advance(10_000);
    expect((await open(relay, null, { headers: offering(first) })).status).toBe(401);
    expect(relay.tail.opened).toEqual([]);
  });

  it('is a problem without an upgrade, with a parameter nobody knows, and where too many listen', async () => {
    const relay = createMemoryRelay();
    const plain = await askAs(relay.app, adminKey, { path: '/admin/tail' });
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(
      (await open(relay, adminKey, { path: '/admin/tail?receivedFrom=2026-03-01T12:00:00Z' })).status,
    ).toBe(400);
    expect((await open(relay, adminKey, { path: '/admin/tail?issue=iss_9' })).status).toBe(404);
    relay.tail.isFull = true;
    const full = await open(relay, adminKey);
    expect([full.status, ((await full.json()) as { code: string }).code]).toEqual([503, 'tail_full']);
  });
});
