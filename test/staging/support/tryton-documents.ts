// Tryton's documents as the suite compares them, read over its JSON-RPC by another user than the relay. It interprets no
// more than it must: a sale is cancelled, an entry is balanced.

import { plain, type Row, type TrytonClient } from '../../../scripts/tryton/tryton-client.ts';
import type {
  ErpDocuments,
  Goods,
  InvoiceDocument,
  SaleDocument,
  ShipmentDocument,
} from './staging-target.ts';

type Rows = readonly Row[];

const text = (value: unknown): string => String(plain(value));
const rows = (value: unknown): Rows => (Array.isArray(value) ? (value as Rows) : []);

/** `30`, `30.00` and `30.0000` are one amount. */
const amount = (value: unknown): string => Number(text(value)).toFixed(2);

export function createTrytonDocuments({ find, call, context }: TrytonClient): ErpDocuments {
  const invoicesWhere = async (where: readonly unknown[]): Promise<InvoiceDocument[]> => {
    const found = await find('account.invoice', where, ['state', 'total_amount', 'amount_to_pay', 'move']);
    return Promise.all(
      found.map(async (invoice) => ({
        state: ['posted', 'paid'].includes(text(invoice.state)) ? 'posted' : (invoice.state as 'draft'),
        total: amount(invoice.total_amount),
        isBalanced: invoice.move !== null && (await isBalanced(invoice.move)),
        residual: amount(invoice.amount_to_pay),
      })),
    );
  };
  const isBalanced = async (move: unknown): Promise<boolean> => {
    const lines = await find('account.move.line', [['move', '=', move]], ['debit', 'credit']);
    const sum = (side: 'debit' | 'credit') =>
      lines.reduce((total, line) => total + Math.round(Number(text(line[side])) * 100), 0);
    return lines.length > 1 && sum('debit') === sum('credit');
  };
  const goodsOf = async (moves: unknown): Promise<Goods[]> => {
    const where = [
      ['id', 'in', moves],
      ['state', '!=', 'cancelled'],
      ['quantity', '>', 0],
    ];
    const found = await find('stock.move', where, ['quantity', 'product.code']);
    return found.map((move) => ({
      sku: String((move['product.'] as { code: string }).code),
      quantity: move.quantity as number,
    }));
  };
  const shipmentsWhere = async (model: string, where: readonly unknown[], moves: string) => {
    const found = await find(model, where, ['reference', 'state', moves]);
    return Promise.all(
      found.map(
        async (shipment): Promise<ShipmentDocument> => ({
          reference: (shipment.reference as string | null) ?? null,
          state: text(shipment.state),
          lines: await goodsOf(shipment[moves]),
        }),
      ),
    );
  };
  return {
    sales: async (orderId) => (await readSales(find, orderId)).map(toSale),
    invoices: (orderId) => invoicesWhere([['sales.reference', '=', orderId]]),
    creditNotes: (refundId) => invoicesWhere([['sales.reference', '=', refundId]]),
    payments: async (paymentId) => {
      const money = await find('account.move.line', [['description', '=', paymentId]], ['move', 'debit']);
      return Promise.all(
        money.map(async (line) => {
          const [move] = await find('account.move', [['id', '=', line.move]], ['state']);
          const where = [
            ['move', '=', line.move],
            ['reconciliation', '!=', null],
          ];
          return {
            state: text(move?.state),
            amount: amount(line.debit),
            isBalanced: await isBalanced(line.move),
            isReconciled: (await find('account.move.line', where, [])).length > 0,
          };
        }),
      );
    },
    shipments: async (orderId) => {
      const sales = await readSales(find, orderId);
      const ids = sales.flatMap((sale) => sale.shipments as number[]);
      return shipmentsWhere('stock.shipment.out', [['id', 'in', ids]], 'outgoing_moves');
    },
    receipts: (receiptId) =>
      shipmentsWhere('stock.shipment.in', [['reference', '=', receiptId]], 'incoming_moves'),
    customers: async (customerId) => {
      const found = await find('party.party', [['code', '=', customerId]], ['name', 'email']);
      return found.map(({ name, email }) => ({
        name: text(name),
        email: email === '' ? null : (email as string),
      }));
    },
    onHand: async (sku) => {
      const [storage] = await find('stock.location', [['code', '=', 'STO']], []);
      const [product] = await find('product.product', [['code', '=', sku]], []);
      const at = { ...context, locations: [storage?.id] };
      const read = await call('model.product.product.read', [product?.id], ['quantity'], at);
      return rows(read)[0]?.quantity as number;
    },
    price: async (sku) => {
      const [product] = await find('product.product', [['code', '=', sku]], ['list_price']);
      return amount(product?.list_price);
    },
    periodState: async (lastDay) => {
      const [year, month, day] = lastDay.split('-').map(Number);
      const where = [['end_date', '=', { __class__: 'date', year, month, day }]];
      const state = text((await find('account.period', where, ['state']))[0]?.state);
      return state === 'open' ? 'open' : 'closed';
    },
  };
}

const readSales = (find: TrytonClient['find'], orderId: string): Promise<Rows> =>
  find(
    'sale.sale',
    [['reference', '=', orderId]],
    [
      'state',
      'total_amount',
      'currency.code',
      'shipments',
      'invoices.state',
      'shipments.state',
      'lines.quantity',
      'lines.product.code',
    ],
  );

function toSale(sale: Row): SaleDocument {
  const came = [...rows(sale['invoices.']), ...rows(sale['shipments.'])];
  const isCancelled =
    sale.state === 'cancelled' ||
    (sale.state === 'done' && came.length > 0 && came.every(({ state }) => state === 'cancelled'));
  const isConfirmed = ['confirmed', 'processing', 'done'].includes(text(sale.state));
  return {
    state: isCancelled ? 'cancelled' : isConfirmed ? 'confirmed' : 'draft',
    total: amount(sale.total_amount),
    currency: String((sale['currency.'] as { code: string }).code),
    lines: rows(sale['lines.']).map((line) => ({
      sku: String((line['product.'] as { code?: string } | null)?.code),
      quantity: line.quantity as number,
    })),
  };
}
