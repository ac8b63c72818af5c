// What a Tryton holds, in the shape in which the demo reads the sandbox's documents, so that the same promises judge both.
// It reads with a user of its own and changes nothing. What Tryton has and the sandbox has not (drafts, journals) is left out.

import { plain, type Row, type TrytonClient } from '../tryton/tryton-client.ts';
import type { ErpState } from './erp-state.ts';

type Rows = readonly Row[];

const rows = (value: unknown): Rows => (Array.isArray(value) ? (value as Rows) : []);
const text = (value: unknown): string => String(plain(value) ?? '');
const amount = (value: unknown): string => Math.abs(Number(text(value))).toFixed(2);
const codeOf = (value: unknown): string => String((value as { code?: string } | null)?.code ?? '');

/** Epoch ms with a fraction: the order of commits. Tryton counts in UTC. */
function instant(value: unknown): number {
  const at = value as Record<string, number> | null;
  if (at === null) return 0;
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0 } = at;
  return Date.UTC(year, month - 1, day, hour, minute, second) + microsecond / 1_000;
}

type Log = {
  number: number;
  operation: string;
  relayKey: string | null;
  documentId: string;
  reference: string;
}[];

export async function readTrytonState(client: TrytonClient): Promise<ErpState> {
  const log: Log = [];
  const { orders, returns } = await readSales(client, log);
  const saleOf = new Map([...orders, ...returns].map((sale) => [sale.documentId, sale]));
  const { invoices, creditNotes } = await readInvoices(client, saleOf, log);
  const state = {
    orders,
    invoices,
    creditNotes,
    payments: await readPayments(client, log),
    receipts: await readReceipts(client, log),
    adjustments: await readAdjustments(client, log),
    customers: (await client.find('party.party', [], ['code', 'name'])).map(({ code, name }) => ({
      customerId: code,
      name,
      documentNumber: code,
      state: 'active',
    })),
    stockOnHand: await readStock(client),
    journalEntries: await readEntries(client),
    operations: log.sort((a, b) => a.number - b.number),
    errors: {},
    truncated: [],
  };
  return state as unknown as ErpState;
}

type SaleView = {
  readonly documentId: string;
  readonly orderId: string;
  readonly originId: string | null;
  readonly relayKey: string | null;
  readonly createdAt: number;
} & Readonly<Record<string, unknown>>;

const saleFields = [
  ...['number', 'reference', 'description', 'origin', 'state', 'total_amount', 'currency.code', 'party.code'],
  ...[
    'invoices.state',
    'shipments.state',
    'lines.quantity',
    'lines.product.code',
    'create_date',
    'write_date',
  ],
  'comment',
];

async function readSales({ find }: TrytonClient, log: Log) {
  const sales = (await find('sale.sale', [], saleFields)).map(toSale);
  const orders = sales.filter(({ originId }) => originId === null);
  for (const sale of orders) {
    const base = { documentId: sale.documentId, reference: sale.orderId };
    if (sale.state !== 'draft')
      log.push({ ...base, number: sale.createdAt, operation: 'sale.confirm', relayKey: sale.relayKey });
    if (sale.state === 'cancelled')
      log.push({ ...base, number: sale.changedAt as number, operation: 'sale.cancel', relayKey: null });
  }
  return { orders, returns: sales.filter(({ originId }) => originId !== null) };
}

function toSale(sale: Row): SaleView {
  const came = [...rows(sale['invoices.']), ...rows(sale['shipments.'])];
  const isUndone = came.length > 0 && came.every(({ state }) => state === 'cancelled');
  const isCancelled = sale.state === 'cancelled' || (sale.state === 'done' && isUndone);
  const isConfirmed = ['confirmed', 'processing', 'done'].includes(text(sale.state));
  const isDelivered = rows(sale['shipments.']).every(
    ({ state }) => state === 'done' || state === 'cancelled',
  );
  return {
    documentId: String(sale.id),
    documentNumber: text(sale.number),
    orderId: text(sale.reference),
    customerId: codeOf(sale['party.']),
    originId: typeof sale.origin === 'string' ? (sale.origin.split(',')[1] ?? null) : null,
    relayKey: typeof sale.description === 'string' ? sale.description : null,
    state: isCancelled ? 'cancelled' : isConfirmed ? 'confirmed' : 'draft',
    total: amount(sale.total_amount),
    currency: codeOf(sale['currency.']),
    deliveryState: isCancelled ? 'released' : isDelivered ? 'delivered' : 'reserved',
    createdAt: instant(sale.create_date),
    changedAt: instant(sale.write_date),
    lines: rows(sale['lines.']).map((line) => ({ sku: codeOf(line['product.']), quantity: line.quantity })),
  };
}

/** Drafts are no invoices yet: Tryton makes one with each sale. */
async function readInvoices({ find }: TrytonClient, saleOf: ReadonlyMap<string, SaleView>, log: Log) {
  const where = [['state', 'in', ['posted', 'paid']]];
  const fields = ['number', 'description', 'total_amount', 'currency.code', 'sales', 'move.create_date'];
  const invoices: Record<string, unknown>[] = [];
  const creditNotes: Record<string, unknown>[] = [];
  for (const invoice of await find('account.invoice', where, fields)) {
    const sale = saleOf.get(String((invoice.sales as number[])[0]));
    if (sale === undefined) continue;
    const document = {
      documentId: String(invoice.id),
      documentNumber: text(invoice.number),
      state: 'posted',
      currency: codeOf(invoice['currency.']),
    };
    const number = instant((invoice['move.'] as Row | null)?.create_date ?? null);
    const base = { number, relayKey: text(invoice.description), documentId: String(invoice.id) };
    const origin = sale.originId === null ? undefined : saleOf.get(sale.originId);
    if (origin === undefined) {
      invoices.push({ ...document, orderId: sale.orderId, total: amount(invoice.total_amount) });
      log.push({ ...base, operation: 'invoice.post', reference: sale.orderId });
    } else {
      const credit = {
        refundId: sale.orderId,
        orderId: origin.orderId,
        amount: amount(invoice.total_amount),
      };
      creditNotes.push({ ...document, ...credit });
      log.push({ ...base, operation: 'credit_note.issue', reference: sale.orderId });
    }
  }
  return { invoices, creditNotes };
}

const entryFields = [
  ...['number', 'state', 'description', 'create_date', 'lines.debit', 'lines.credit', 'lines.description'],
];

async function readPayments({ find }: TrytonClient, log: Log) {
  const where = [['description', 'ilike', '%/payment.register/%']];
  return (await find('account.move', where, entryFields)).map((move) => {
    const lines = rows(move['lines.']);
    const money = lines.find(({ debit }) => Number(text(debit)) > 0);
    const owed = lines.find(({ credit }) => Number(text(credit)) > 0);
    const paymentId = text(money?.description);
    const base = { documentId: String(move.id), relayKey: text(move.description), reference: paymentId };
    log.push({ ...base, number: instant(move.create_date), operation: 'payment.register' });
    return {
      ...{
        documentId: String(move.id),
        documentNumber: text(move.number),
        state: text(move.state),
        paymentId,
      },
      ...{ orderId: text(owed?.description), amount: amount(money?.debit), currency: 'EUR' },
    };
  });
}

async function readReceipts({ find }: TrytonClient, log: Log) {
  const fields = [
    'number',
    'state',
    'reference',
    'moves.quantity',
    'moves.product.code',
    'moves.from_location.type',
  ];
  return (await find('stock.shipment.in', [], [...fields, 'write_date'])).map((receipt) => {
    const came = rows(receipt['moves.']).filter(
      (move) => (move['from_location.'] as { type?: string } | null)?.type === 'supplier',
    );
    const lines = came.map((move) => ({ sku: codeOf(move['product.']), quantity: move.quantity as number }));
    const receiptId = text(receipt.reference);
    const base = { documentId: String(receipt.id), relayKey: null, reference: receiptId };
    if (receipt.state === 'done')
      log.push({ ...base, number: instant(receipt.write_date), operation: 'stock.receive' });
    return {
      ...{ documentId: String(receipt.id), documentNumber: text(receipt.number), state: text(receipt.state) },
      ...{ receiptId, totalQuantity: lines.reduce((sum, { quantity }) => sum + quantity, 0), lines },
    };
  });
}

async function readAdjustments({ find }: TrytonClient, log: Log) {
  const where = [['number', 'ilike', '%/stock.set/%']];
  const fields = ['number', 'state', 'write_date', 'lines.quantity', 'lines.product.code'];
  return (await find('stock.inventory', where, fields)).map((count) => {
    const [line] = rows(count['lines.']);
    const sku = codeOf(line?.['product.']);
    const documentNumber = `inventory ${count.id}`;
    const base = { documentId: String(count.id), relayKey: text(count.number), reference: sku };
    log.push({ ...base, number: instant(count.write_date), operation: 'stock.set' });
    return {
      documentId: String(count.id),
      documentNumber,
      state: text(count.state),
      sku,
      onHand: line?.quantity,
    };
  });
}

/** Reserved is what a customer is to get and has not got. */
async function readStock({ find, call, context }: TrytonClient) {
  const [storage] = await find('stock.location', [['code', '=', 'STO']], []);
  const products = await find('product.product', [['type', '=', 'goods']], ['code']);
  const at = { ...context, locations: [storage?.id] };
  const ids = products.map(({ id }) => id);
  const counted = (await call('model.product.product.read', ids, ['quantity'], at)) as Rows;
  const where = [
    ['to_location.type', '=', 'customer'],
    ['state', 'in', ['draft', 'assigned']],
  ];
  const promised = await find('stock.move', where, ['product', 'quantity']);
  return products.map(({ id, code }) => ({
    sku: code as string,
    location: 'MAIN',
    onHand: (counted.find((each) => each.id === id)?.quantity as number) ?? 0,
    reserved: promised
      .filter(({ product }) => product === id)
      .reduce((sum, { quantity }) => sum + (quantity as number), 0),
  }));
}

async function readEntries({ find }: TrytonClient) {
  return (await find('account.move', [], entryFields)).map((move) => {
    const cents = (side: string) =>
      rows(move['lines.']).reduce((sum, line) => sum + Math.round(Number(text(line[side])) * 100), 0);
    return { documentNumber: text(move.number), balanced: cents('debit') === cents('credit') };
  });
}
