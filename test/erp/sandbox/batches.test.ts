// Batches of the adapter against the real sandbox ERP: all or nothing, partly done, done before, and found again.
import { describe, expect, it } from 'vitest';
import type { BatchCall } from '../../../src/core/erp.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { sale } from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

function handlerOf(name: string) {
  const handler = sandboxAdapter.batches?.[name];
  if (handler === undefined) throw new Error(`the adapter has no batch ${name}`);
  return handler;
}

function callOf(inputs: readonly Record<string, unknown>[]): BatchCall {
  const records = inputs.map((input, index) => {
    const recordId = String(input.sku ?? input.orderId);
    return { recordId, key: `count/1/${recordId}`, index: index + 10, input };
  });
  return { records, key: 'count/1', idempotencyKey: 'count/1#1', erp: harness.erp };
}

const counts = (quantities: readonly number[]) =>
  callOf(quantities.map((quantity, index) => ({ sku: `SKU-${index + 1}`, quantity })));

describe('stock.set_many', () => {
  it('does the good records and names the refused ones', async () => {
    await harness.sandbox.setFaults({ invalidSkus: ['SKU-2'] });
    const performed = await handlerOf('stock.set_many').perform(counts([5, 6, 7]), { atomic: false });
    expect(performed).toMatchObject({
      kind: 'performed',
      done: [{ recordId: 'SKU-1' }, { recordId: 'SKU-3' }],
      refused: [{ recordId: 'SKU-2', code: 'invalid_record' }],
    });
    expect((await harness.sandbox.state()).adjustments).toMatchObject([
      { sku: 'SKU-1', onHand: 5, relayKey: 'count/1/SKU-1' },
      { sku: 'SKU-3', onHand: 7, relayKey: 'count/1/SKU-3' },
    ]);
  });

  it('does nothing where one is refused and all or nothing is asked for, and says which', async () => {
    await harness.sandbox.setFaults({ invalidSkus: ['SKU-2'] });
    const performed = await handlerOf('stock.set_many').perform(counts([5, 6, 7]), { atomic: true });
    expect(performed).toMatchObject({
      kind: 'rejected',
      code: 'batch_refused',
      fieldErrors: [{ field: expect.stringMatching(/^records\[11\]/) }],
    });
    expect((await harness.sandbox.state()).adjustments).toEqual([]);
  });

  it('finds the records an earlier attempt did by their keys', async () => {
    const handler = handlerOf('stock.set_many');
    expect(await handler.lookup(counts([5, 6]))).toEqual({ kind: 'looked_up', done: [] });
    await handler.perform(counts([5, 6]), { atomic: false });
    expect(await handler.lookup(counts([5, 6, 7]))).toMatchObject({
      kind: 'looked_up',
      done: [{ recordId: 'SKU-1', answer: { onHand: 5 } }, { recordId: 'SKU-2' }],
    });
  });
});

describe('invoice.post_many', () => {
  it('posts each, and takes what was posted before for done', async () => {
    for (const orderId of ['1001', '1002']) {
      const made = await harness.run('sale.confirm', { ...sale, orderId }, `key/${orderId}`).perform();
      expect(made).toMatchObject({ kind: 'succeeded' });
    }
    await harness.run('invoice.post', { orderId: '1001' }, 'key/before').perform();
    const call = callOf(['1001', '1002', '1003'].map((orderId) => ({ orderId })));
    expect(await handlerOf('invoice.post_many').perform(call, { atomic: false })).toMatchObject({
      kind: 'performed',
      done: [
        { recordId: '1001', answer: { state: 'posted', relayKey: 'key/before' } },
        { recordId: '1002', answer: { state: 'posted' } },
      ],
      refused: [{ recordId: '1003', code: 'unknown_order' }],
    });
    expect(await harness.sandbox.state('?summary=1')).toMatchObject({
      doubledReferences: [],
      balanced: true,
    });
  });
});
