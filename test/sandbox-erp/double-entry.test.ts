// Properties of the sandbox ERP's books: whatever is asked of it, the ledger balances and the stock adds up.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createErpClient, type ErpClient, type Json, order, reset, state } from './support/erp-client.ts';

type Step = { readonly method: string; readonly path: string; readonly body: Record<string, unknown> };

let erp: ErpClient;

beforeEach(async () => {
  await reset();
  erp = await createErpClient();
});

const cents = (max: number) => fc.integer({ min: -5, max }).map((value) => (value / 100).toFixed(2));
const quantity = fc.integer({ min: -2_000, max: 600_000 }).map((value) => value / 10_000);
const sku = fc.constantFrom('SKU-1', 'SKU-2', 'SKU-3');
const orderId = fc.constantFrom('1', '2', '3');
const document = (prefix: string) =>
  fc.constantFrom('1', '2', '3', '4').map((number) => `${prefix}_${number}`);
const currency = fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY', 'KWD');

/** Its total is right for lines without a total of their own, so that most orders are accepted. */
const newOrder = fc
  .record({
    orderId,
    currency,
    quantity,
    price: fc.integer({ min: 0, max: 900 }),
    tax: fc.integer({ min: 0, max: 300 }),
  })
  .map((sale): Step => {
    const total = (Math.round(Math.round(sale.quantity * 10_000) * sale.price) / 10_000 + sale.tax).toFixed(
      0,
    );
    const lines = [
      { lineId: '1', sku: 'SKU-1', quantity: sale.quantity, unitPrice: String(sale.price), total: '0' },
    ];
    lines[0] = { ...lines[0], total: String(Number(total) - sale.tax) } as (typeof lines)[0];
    const totals = { shippingTotal: '0', discountTotal: '0', taxTotal: String(sale.tax), total };
    return {
      method: 'POST',
      path: '/api/orders',
      body: order(sale.orderId, { ...totals, currency: sale.currency, lines }),
    };
  });

const post = (path: string, body: fc.Arbitrary<Record<string, unknown>>) =>
  body.map((value): Step => ({ method: 'POST', path, body: value }));

const onDocument = (prefix: string, path: (id: string) => string) =>
  document(prefix).map((id): Step => ({ method: 'POST', path: path(id), body: {} }));

const amount = cents(2_000);
const paidAt = fc.constant('2026-11-20');
const restock = fc.boolean();
const refundLines = fc.array(fc.record({ lineId: fc.constant('1'), sku, quantity, amount }), {
  maxLength: 2,
});
const backorder = fc.constantFrom('create', 'cancel');
const soldLine = fc.record({ lineId: fc.constant('1'), sku: fc.constant('SKU-1'), quantity });
const soldLines = fc.option(fc.array(soldLine, { minLength: 1, maxLength: 2 }), { nil: undefined });
const disposition = fc.constantFrom('restock', 'scrap');
const returnLines = fc.array(
  fc.tuple(soldLine, disposition).map(([sold, to]) => ({ ...sold, disposition: to })),
  { minLength: 1, maxLength: 2 },
);
const stockLines = fc.array(fc.record({ sku, quantity }), { minLength: 1, maxLength: 3 });
const purchaseOrder = fc.constantFrom('PO-1', 'PO-2', undefined);
const location = fc.constantFrom('MAIN', 'BERLIN');

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: newOrder, weight: 3 },
  onDocument('ord', (id) => `/api/orders/${id}/cancel`),
  onDocument('ord', (id) => `/api/orders/${id}/deliver`),
  post('/api/invoices', fc.record({ orderId })),
  onDocument('inv', (id) => `/api/invoices/${id}/post`),
  post('/api/payments', fc.record({ paymentId: fc.uuid(), orderId, amount, currency, paidAt })),
  post(
    '/api/credit-notes',
    fc.record({ refundId: fc.uuid(), orderId, amount, currency, restock, lines: refundLines }),
  ),
  post('/api/shipments', fc.record({ shipmentId: fc.uuid(), orderId, lines: soldLines, backorder })),
  post('/api/returns', fc.record({ returnId: fc.uuid(), orderId, lines: returnLines })),
  post(
    '/api/purchase-receipts',
    fc.record({
      receiptId: fc.uuid(),
      purchaseOrder: fc.constant('PO-1'),
      backorder,
      location,
      lines: stockLines,
    }),
  ),
  post('/api/receipts', fc.record({ receiptId: fc.uuid(), purchaseOrder, location, lines: stockLines })),
  fc
    .record({ sku, quantity, location })
    .map(({ sku: counted, ...body }): Step => ({ method: 'PUT', path: `/api/stock/${counted}`, body })),
);

/** `+ 0`: a sum of doubles that is a hair below zero rounds to -0. */
const sum = (items: Json[], of: (item: Json) => number): number =>
  Math.round(items.reduce((total, item) => total + of(item), 0) * 10_000) / 10_000 + 0;

function expectBooksToAgree(everything: Json): void {
  expect(everything.trialBalance.balanced).toBe(true);
  for (const entry of everything.journalEntries) {
    expect(entry.balanced).toBe(true);
    expect(sum(entry.lines, ({ debit }) => Number(debit))).toBe(
      sum(entry.lines, ({ credit }) => Number(credit)),
    );
  }
  for (const level of everything.stockOnHand) {
    const moves = everything.stockMoves.filter(
      (move: Json) => move.sku === level.sku && move.location === level.location,
    );
    const inState = (wanted: string) => moves.filter((move: Json) => move.state === wanted);
    expect(level.onHand).toBe(sum(inState('done'), (move) => move.quantity));
    expect(level.reserved).toBe(sum(inState('reserved'), (move) => -move.quantity));
  }
  for (const line of everything.orders.flatMap(({ lines }: Json) => lines)) {
    const moved = line.deliveredQuantity + line.cancelledQuantity;
    expect(moved).toBeLessThanOrEqual(line.quantity + 1e-9);
    expect(line.returnedQuantity).toBeLessThanOrEqual(line.deliveredQuantity);
  }
  const reserved = everything.stockOnHand.filter((level: Json) => level.location === 'MAIN');
  for (const { sku: of, reserved: held } of reserved) {
    const lines = everything.orders
      .filter(({ state: is }: Json) => is === 'confirmed')
      .flatMap(({ lines: sold }: Json) => sold.filter((line: Json) => line.sku === of));
    const open = (line: Json) => line.quantity - line.deliveredQuantity - line.cancelledQuantity;
    expect(held).toBe(sum(lines, open));
  }
  for (const invoice of everything.invoices.filter(({ state: is }: Json) => is === 'posted')) {
    const settled =
      Number(invoice.paidTotal) + Number(invoice.creditedTotal) + Number(invoice.writtenOffTotal);
    const left = Number(invoice.total) - settled;
    expect(Number(invoice.residual)).toBeCloseTo(left, 4);
    expect(Number(invoice.creditedTotal)).toBeLessThanOrEqual(Number(invoice.total));
  }
}

describe('the books of the sandbox ERP', () => {
  it('agree after any sequence of requests, refused ones among them', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 25 }), async (steps) => {
        await reset();
        for (const { method, path, body } of steps) {
          const { status } = await erp.call(method, path, body);
          expect(status).toBeLessThan(500);
          if (status < 300) done += 1;
        }
        expectBooksToAgree(await state());
      }),
      { numRuns: 40 },
    );
    // A property over refusals alone would prove nothing.
    expect(done).toBeGreaterThan(50);
  }, 60_000);

  it('keep what one order owes equal to its total less what was paid and credited', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 8 }),
        async (amounts) => {
          await reset();
          await erp.post('/api/orders', order('1'));
          for (const [index, value] of amounts.entries()) {
            if (index === 2) await erp.call('POST', '/api/invoices', { orderId: '1' });
            if (index === 2) await erp.call('POST', '/api/invoices/inv_1/post');
            const money = {
              orderId: '1',
              currency: 'EUR',
              amount: (value / 100).toFixed(2),
              paidAt: '2026-11-20',
            };
            const credits = index % 3 === 2;
            await erp.call('POST', credits ? '/api/credit-notes' : '/api/payments', {
              ...money,
              paymentId: `p${index}`,
              refundId: `r${index}`,
            });
          }
          const everything = await state();
          const [sale] = everything.orders;
          expect(sum(everything.payments, ({ amount: paid }) => Number(paid))).toBe(Number(sale.paidTotal));
          expect(Number(sale.paidTotal)).toBeLessThanOrEqual(29.35);
          expectBooksToAgree(everything);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});
