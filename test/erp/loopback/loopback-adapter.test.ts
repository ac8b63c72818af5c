// The loopback adapter: one document a key, without a call.
import { describe, expect, it } from 'vitest';
import type { ErpConnection } from '../../../src/core/erp.ts';
import { loopbackAdapter } from '../../../src/erp/loopback/loopback-adapter.ts';
import { relaySmoke } from '../../../src/operations/index.ts';

const erp: ErpConnection = {
  send: () => Promise.reject(new Error('the loopback adapter makes no call')),
};
const call = {
  input: { note: 'smoke-1' },
  key: 'event/smoke/1/loopback/relay.smoke/smoke-1',
  idempotencyKey: 'k',
  erp,
};
const handler = loopbackAdapter.operations['relay.smoke'];

describe('the loopback adapter', () => {
  it('answers the document that the operation promises', async () => {
    const performed = await handler.perform(call, null);
    if (performed.kind !== 'performed') throw new Error(performed.kind);
    const verified = await handler.verify(call, performed.answer);
    if (verified.kind !== 'verified') throw new Error(verified.kind);
    const document = relaySmoke.output.parse(verified.output);
    expect(document).toEqual({
      documentId: `loopback:${call.key}`,
      documentNumber: 'smoke-1',
      state: 'done',
      note: 'smoke-1',
    });
    expect(relaySmoke.compare(call.input, document)).toEqual([]);
  });

  it('finds for a key what it would have answered', async () => {
    const [found, performed] = [await handler.lookup(call), await handler.perform(call, null)];
    expect([found.kind, performed.kind]).toEqual(['found', 'performed']);
    expect('answer' in found && 'answer' in performed && found.answer).toEqual(
      'answer' in performed && performed.answer,
    );
  });

  it('logs in without a credential', async () => {
    const login = await loopbackAdapter.session.login(erp, {}, 1_000);
    expect(login).toMatchObject({ kind: 'logged_in', expiresAt: 86_401_000 });
  });
});
