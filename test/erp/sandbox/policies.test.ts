// What an input says where an ERP would guess, on the running sandbox ERP: locked days, warnings, rests, and goals that were
// reached before.
import { describe, expect, it } from 'vitest';
import { checkSamples } from '../../../src/erp/check-samples.ts';
import { sandboxSamples } from '../../../src/erp/sandbox/sandbox-samples.ts';
import {
  everythingShipped,
  invoice,
  payment,
  purchaseReceipt,
  receipt,
  reconciliation,
  returned,
  sale,
  shipment,
} from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

const settings = (changes: Record<string, unknown>) => harness.sandbox.control('PATCH', '/settings', changes);

async function done(name: string, input: unknown): Promise<void> {
  expect(await harness.run(name, input, `before/${name}`).finish()).toMatchObject({ kind: 'succeeded' });
}

describe('a day that is locked', () => {
  it.each([
    ['invoice.post', invoice],
    ['payment.register', payment],
    ['shipment.deliver', { ...shipment, postingDate: '2026-11-20' }],
  ] as const)('is refused by %s, or moved on where the input says so', async (name, input) => {
    await done('sale.confirm', sale);
    await settings({ closedThrough: '2026-11-20' });
    const refused = await harness.run(name, { ...input, whenLocked: 'reject' }).finish();
    expect(refused).toMatchObject({ kind: 'rejected', code: 'period_closed' });
    const unfinished = await harness.run(name, input).lookup();
    const moved = harness.run(name, { ...input, whenLocked: 'next_open_day' });
    const ended = await moved.finish(unfinished.kind === 'unfinished' ? unfinished.answer : undefined);
    expect(ended).toMatchObject({ kind: 'succeeded', document: { accountingDate: '2026-11-21' } });
  });

  it('and that the ERP leaves without a word is a difference', async () => {
    await done('sale.confirm', sale);
    await settings({ closedThrough: '2026-11-20', closedPeriod: 'post_today' });
    expect(await harness.run('invoice.post', invoice).perform()).toMatchObject({
      kind: 'state_mismatch',
      differences: [{ field: 'accountingDate', expected: '2026-11-20' }],
    });
  });
});

describe('a warning', () => {
  it('is refused by its code, and passed over where the input names it', async () => {
    const price = { sku: 'SKU-1', currency: 'EUR', price: '1.00' };
    expect(await harness.run('price.set', price).perform()).toMatchObject({
      ...{ kind: 'rejected', code: 'warning_not_acknowledged' },
      fieldErrors: [
        {
          field: 'acknowledgeWarnings',
          rule: 'must name price_below_cost to go on: SKU-1 costs 2.50 EUR.',
        },
      ],
    });
    const acknowledged = { ...price, acknowledgeWarnings: ['price_below_cost'] };
    expect(await harness.run('price.set', acknowledged).perform()).toMatchObject({ kind: 'succeeded' });
    await settings({ receiptWithoutOrder: 'warn' });
    const { purchaseOrder: _, ...loose } = receipt;
    expect(await harness.run('stock.receive', loose).perform()).toMatchObject({
      code: 'warning_not_acknowledged',
    });
    const named = { ...loose, acknowledgeWarnings: ['receipt_without_order'] };
    expect(await harness.run('stock.receive', named).perform()).toMatchObject({ kind: 'succeeded' });
  });
});

describe('a rest', () => {
  it('that is given up is gone from the order and the purchase order', async () => {
    await done('sale.confirm', sale);
    await done('shipment.deliver', { ...shipment, backorder: 'cancel' });
    await done('purchase.receive', purchaseReceipt);
    const { orders, purchaseOrders, stockOnHand } = await harness.sandbox.state();
    expect(orders).toMatchObject([{ deliveryState: 'delivered', lines: [{ cancelledQuantity: 0.5 }, {}] }]);
    const purchase = purchaseOrders.find(
      (order: { purchaseOrder: string }) => order.purchaseOrder === 'PO-1',
    );
    expect(purchase.state).toBe('closed');
    expect(purchase.lines[0]).toMatchObject({ received: 60, cancelled: 40 });
    expect(stockOnHand.every(({ reserved }: { reserved: number }) => reserved === 0)).toBe(true);
  });
});

describe('a goal that was reached under another key', () => {
  it.each([
    ['shipment.deliver', everythingShipped],
    ['return.receive', returned],
    ['purchase.receive', { ...purchaseReceipt, backorder: 'cancel' }],
  ] as const)('is a duplicate of %s', async (name, input) => {
    await done('sale.confirm', sale);
    if (name === 'return.receive') await done('shipment.deliver', everythingShipped);
    if (name === 'return.receive')
      await done('return.receive', {
        ...returned,
        returnId: 'rma-0',
        lines: [{ ...returned.lines[0], quantity: 0.5 }],
      });
    await done(name, input);
    expect(await harness.run(name, input, 'key/again').finish()).toMatchObject({ kind: 'duplicate' });
    const { operations } = await harness.sandbox.state();
    const effects = operations.filter((effect: { reference: string }) =>
      Object.values(input).includes(effect.reference as never),
    );
    expect(effects.filter(({ operation }: { operation: string }) => operation === name)).toHaveLength(1);
  });

  it('is one of a payment that the ERP reconciled by itself', async () => {
    for (const [name, input] of [
      ['sale.confirm', sale],
      ['invoice.post', invoice],
      ['payment.register', payment],
    ] as const)
      await done(name, input);
    expect(await harness.run('invoice.reconcile', reconciliation).perform()).toMatchObject({
      kind: 'duplicate',
      document: { residual: '0.00', invoiceNumber: 'INV/2026/00001' },
    });
  });

  it('is reached for books that are closed further, by whomever', async () => {
    await done('period.close', { through: '2025-12-31' });
    expect(await harness.run('period.close', { through: '2025-11-30' }, 'key/again').finish()).toMatchObject({
      kind: 'succeeded',
      document: { documentId: 'per_1', closedThrough: '2025-12-31' },
    });
    await settings({ closedThrough: '2026-01-31' });
    expect(await harness.run('period.close', { through: '2026-01-31' }, 'key/lock').finish()).toMatchObject({
      kind: 'succeeded',
      document: { closedThrough: '2026-01-31' },
    });
    expect(await harness.run('period.close', { through: '2099-12-31' }, 'key/future').finish()).toMatchObject(
      {
        kind: 'rejected',
        code: 'period_not_ended',
      },
    );
  });
});

describe('a price that was replaced since', () => {
  it('is found by its key, as what it was', async () => {
    const price = (amount: string) => ({ sku: 'SKU-1', currency: 'EUR', price: amount });
    const first = harness.run('price.set', price('9.95'), 'key/1');
    await first.perform();
    await harness.run('price.set', price('8.95'), 'key/2').perform();
    expect(await first.lookupAndVerify()).toMatchObject({ kind: 'duplicate', document: { price: '9.95' } });
    expect(await harness.run('price.set', price('7.95'), 'key/3').lookup()).toEqual({ kind: 'not_found' });
  });
});

describe('the samples', () => {
  it('tell receipts on a purchase order from those without one', async () => {
    const { purchaseOrder: _, ...loose } = receipt;
    await done('stock.receive', loose);
    await done('purchase.receive', purchaseReceipt);
    const findings = await checkSamples(sandboxSamples(), harness.erp);
    const of = (name: string) => findings.find(({ operation }) => operation === name);
    expect(of('stock.receive')).toMatchObject({ documentCount: 2, verdict: { kind: 'as_recorded' } });
    expect(of('purchase.receive')).toMatchObject({ documentCount: 1, verdict: { kind: 'as_recorded' } });
  });
});
