// The sandbox ERP as a staging target: a second example of a module of one's own, and the proof that the suite knows nothing of Tryton.
// `STAGING_TARGET=./test/staging/support/sandbox-staging-target.ts` with a sandbox that runs. It keeps `autoCreateProducts` off there.

import { resolve } from 'node:path';
import type { ErpDocuments, InvoiceDocument, StagingTarget } from './staging-target.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents of many shapes
type Json = any;

const skus = ['SKU-1', 'SKU-2'] as const;

/** One call, ms: a busy machine takes seconds. */
const callTimeoutMs = 30_000;

export async function createStagingTarget(): Promise<StagingTarget> {
  const { STAGING_URL: baseUrl = '', STAGING_USER = '', STAGING_PASSWORD = '' } = process.env;
  const { STAGING_CLOSE_PERIOD: end = '' } = process.env;
  const send = async (route: string, body?: unknown, token?: string): Promise<Json> => {
    const [method = '', path = ''] = route.split(' ');
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    return response.json();
  };
  const login = { keyId: STAGING_USER, secret: STAGING_PASSWORD };
  const { token } = await send('POST /auth/token', login);
  if (token === undefined) throw new Error('the sandbox refused STAGING_USER and STAGING_PASSWORD');
  for (const sku of skus) {
    await send('POST /api/products', { sku }, token);
    // What is delivered has to be there.
    await send(`PUT /api/stock/${sku}`, { quantity: 1_000 }, token);
  }
  await send('PATCH /sandbox/settings', { autoCreateProducts: false });
  const company = () => send('GET /api/company', undefined, token);
  const state = () => send('GET /sandbox/state');
  return {
    erp: 'sandbox',
    erpTarget: resolve(import.meta.dirname, '../../../src/integrations/erp-target.ts'),
    baseUrl,
    variables: { SANDBOX_ERP_KEY_ID: STAGING_USER, SANDBOX_ERP_KEY_SECRET: STAGING_PASSWORD },
    skus,
    currency: 'EUR',
    closablePeriodEnd: end === '' ? null : end,
    receiptWarning: null,
    documents: createDocuments(state),
    version: async () => (await company()).version,
    shapes: async () => shapesOf(await state()),
    makePurchaseOrder: (purchaseOrder, lines) =>
      send('POST /api/purchase-orders', { purchaseOrder, lines }, token),
  };
}

const lists = [
  'orders',
  'invoices',
  'payments',
  'creditNotes',
  'shipments',
  'receipts',
  'customers',
] as const;

/** Of the newest document of each list. */
function shapesOf(state: Json): Record<string, Record<string, string>> {
  const shapeOf = (document: Json) =>
    Object.fromEntries(Object.entries(document ?? {}).map(([name, value]) => [name, typeof value]));
  return Object.fromEntries(lists.map((list) => [list, shapeOf(state[list].at(-1))]));
}

function createDocuments(state: () => Promise<Json>): ErpDocuments {
  const ofOrder = async (list: string, orderId: string): Promise<Json[]> =>
    (await state())[list].filter((document: Json) => document.orderId === orderId);
  return {
    sales: async (orderId) =>
      (await ofOrder('orders', orderId)).map(({ state: stands, total, currency, lines }) => ({
        ...{ state: stands, total, currency },
        lines: lines.map(({ sku, quantity }: Json) => ({ sku, quantity })),
      })),
    invoices: async (orderId) => {
      const { journalEntries, invoices } = await state();
      const mine = invoices.filter((invoice: Json) => invoice.orderId === orderId);
      return mine.map(
        (invoice: Json): InvoiceDocument => ({
          ...{ state: invoice.state, total: invoice.total, residual: invoice.residual },
          isBalanced: isBalanced(journalEntries, invoice),
        }),
      );
    },
    creditNotes: async (refundId) => {
      const { journalEntries, creditNotes } = await state();
      const mine = creditNotes.filter((note: Json) => note.refundId === refundId);
      return mine.map((note: Json) => ({
        ...{ state: note.state, total: `-${note.total}`, residual: `-${note.total}` },
        isBalanced: isBalanced(journalEntries, note),
      }));
    },
    payments: async (paymentId) => {
      const { journalEntries, payments, orders } = await state();
      const mine = payments.filter((payment: Json) => payment.paymentId === paymentId);
      return mine.map((payment: Json) => ({
        ...{ state: payment.state, amount: payment.amount },
        isBalanced: isBalanced(journalEntries, payment),
        // What is matched with no invoice stands with its order as open.
        isReconciled: !orders.some(({ openPayments }: Json) => openPayments.includes(payment.documentId)),
      }));
    },
    shipments: async (orderId) => {
      const done = (await ofOrder('shipments', orderId)).map(({ state: stands, shipmentId, lines }) => ({
        ...{ reference: shipmentId, state: stands },
        lines: lines.map(({ sku, quantity }: Json) => ({ sku, quantity })),
      }));
      const rest = (await ofOrder('orders', orderId)).flatMap(openLinesOf);
      return [...done, ...(rest.length === 0 ? [] : [{ reference: null, state: 'waiting', lines: rest }])];
    },
    receipts: async (receiptId) => {
      const { receipts } = await state();
      return receipts
        .filter((receipt: Json) => receipt.receiptId === receiptId)
        .map(({ state: stands, lines }: Json) => ({
          ...{ reference: receiptId, state: stands },
          lines: lines.map(({ sku, quantity }: Json) => ({ sku, quantity })),
        }));
    },
    customers: async (customerId) => {
      const { customers } = await state();
      return customers
        .filter((customer: Json) => customer.customerId === customerId)
        .map(({ name, email }: Json) => ({ name, email }));
    },
    onHand: async (sku) => {
      const { stockOnHand } = await state();
      const mine = stockOnHand.filter((stock: Json) => stock.sku === sku);
      return mine.reduce((sum: number, { onHand }: Json) => sum + onHand, 0);
    },
    price: async (sku) => {
      const { prices } = await state();
      return prices.find((price: Json) => price.sku === sku && price.priceList === null)?.price ?? '';
    },
    periodState: async (lastDay) => {
      const { periods } = await state();
      return periods.some(({ closedThrough }: Json) => closedThrough >= lastDay) ? 'closed' : 'open';
    },
  };
}

function isBalanced(entries: Json[], { documentId }: Json): boolean {
  const mine = entries.filter(({ sourceId }) => sourceId === documentId);
  return mine.length > 0 && mine.every(({ balanced }) => balanced === true);
}

/** Ordered, and neither delivered nor given up. */
function openLinesOf({ lines, state }: Json): { sku: string; quantity: number }[] {
  if (state !== 'confirmed') return [];
  return lines
    .map(({ sku, quantity, deliveredQuantity, cancelledQuantity }: Json) => ({
      sku,
      quantity: quantity - deliveredQuantity - cancelledQuantity,
    }))
    .filter(({ quantity }: Json) => quantity > 0);
}
