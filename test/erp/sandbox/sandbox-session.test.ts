// Logins of the sandbox adapter, and what it does where the ERP knows idempotency keys.
import { describe, expect, it } from 'vitest';
import { createSandboxAdapter, sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { receipt, sale } from './support/operation-cases.ts';
import { runOperation } from './support/run-operation.ts';
import { sandboxKey } from './support/start-sandbox.ts';
import { createTestConnection } from './support/test-connection.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

describe('the credential', () => {
  it('that is wrong is unauthorized and sends nothing else', async () => {
    harness.connect({ credential: { ...sandboxKey, secret: 'wrong' } });
    const refused = { kind: 'call_failed', failure: { kind: 'unauthorized' } };
    expect(await harness.run('sale.confirm', sale).perform()).toMatchObject(refused);
    expect(harness.erp.sent).toEqual([]);
  });

  it('of a locked key is unavailable, not refused: the lock passes', async () => {
    const wrong = { ...sandboxKey, secret: 'wrong' };
    const plain = {
      send: createTestConnection({ url: harness.sandbox.url, session: noSession, credential: {} }).send,
    };
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      expect((await sandboxAdapter.session.login(plain, wrong, 0)).kind).toBe('refused');
    }
    expect((await sandboxAdapter.session.login(plain, sandboxKey, 0)).kind).toBe('unavailable');
    await harness.sandbox.control('PATCH', '/settings', { clockOffsetMs: 61_000 });
    expect(await sandboxAdapter.session.login(plain, sandboxKey, 5_000)).toMatchObject({
      kind: 'logged_in',
      expiresAt: 305_000,
    });
  });

  /** A connection that brings no token, as the one a login is given. */
  const noSession = {
    login: async () => ({ kind: 'logged_in', token: '', expiresAt: 0 }) as const,
    authorize: () => ({}),
    isExpired: () => false,
  };
});

describe('with idempotency keys', () => {
  it('the adapter says so, and a repeated write is the first one', async () => {
    const adapter = createSandboxAdapter({ idempotencyKeys: true });
    expect([adapter.once, sandboxAdapter.once]).toEqual(['native_key', 'searchable_field']);
    const keyed = (name: string, input: unknown) => runOperation({ adapter, erp: harness.erp, name, input });
    await keyed('sale.confirm', sale).perform();
    const first = await keyed('stock.receive', receipt).perform();
    expect(await keyed('stock.receive', receipt).perform()).toEqual(first);
    await keyed('invoice.post', { orderId: '1001' }).perform();
    expect(await keyed('invoice.post', { orderId: '1001' }).perform()).toMatchObject({ kind: 'succeeded' });
    const state = await harness.sandbox.state();
    expect([state.receipts.length, state.invoices.length]).toEqual([1, 1]);
  });

  it('a write that is still under way stays in doubt', async () => {
    const adapter = createSandboxAdapter({ idempotencyKeys: true });
    const work = runOperation({ adapter, erp: harness.erp, name: 'stock.receive', input: receipt });
    await harness.sandbox.setFaults({ commitAfterMs: 60_000 });
    await work.perform();
    await harness.sandbox.setFaults({});
    expect(await work.perform()).toMatchObject({ kind: 'answer_lost' });
    expect((await harness.sandbox.state()).receipts).toEqual([]);
  });
});
