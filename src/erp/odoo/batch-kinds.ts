// What the batches on Odoo are of: counts, which are one call to write and one to apply; invoices, whose drafts are made one by one
// and posted together. A draft that is left is no effect: it is posted by the next attempt, never made again.

import type { AdapterFailure, BatchRecord, RecordRefused } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { invoicePost } from '../../operations/invoicing.ts';
import type { stockSet } from '../../operations/stock.ts';
import { type BatchKind, type Prepared, type Ready, toRefused } from './batches.ts';
import { findInvoice, invoiceFieldNames, prepareInvoice, showInvoice } from './invoice-post.ts';
import { type OdooClient, refused } from './odoo-client.ts';
import { idOf, type Row } from './read-odoo.ts';
import { countFieldNames, showQuant } from './stock-set.ts';
import { locationOf } from './transfers.ts';

type Count = InputOf<typeof stockSet>;
type Invoice = InputOf<typeof invoicePost>;

export const invoiceBatch: BatchKind = {
  ...{ model: 'account.move', button: 'action_post', fieldNames: invoiceFieldNames },
  prepare: async (client, records, isAtomic): Promise<Prepared> => {
    const ready: Ready[] = [];
    const refusals: RecordRefused[] = [];
    for (const record of records) {
      if (isAtomic && refusals.length > 0) break;
      const prepared = await prepareInvoice(client, record.input as Invoice);
      if (prepared.kind === 'rejected') refusals.push(toRefused(record, prepared));
      else if (prepared.kind !== 'ready') return prepared;
      else ready.push({ record, id: Number(prepared.invoice.id), isDone: prepared.isPosted });
    }
    return { kind: 'prepared', ready, refused: refusals };
  },
  show: async (client, records) => {
    const done = new Map<string, JsonValue>();
    for (const { recordId, input } of records) {
      const { orderId } = input as Invoice;
      const found = await findInvoice(client, orderId);
      if (found.kind !== 'invoice') return found;
      if (found.invoice?.state === 'posted') done.set(recordId, showInvoice(found.invoice, orderId));
    }
    return { kind: 'shown', done };
  },
};

export const countBatch: BatchKind = {
  ...{ model: 'stock.quant', button: 'action_apply_inventory', fieldNames: countFieldNames },
  prepare: async (client, records, isAtomic): Promise<Prepared> => {
    const shelves = await findShelves(client, records);
    if (shelves.kind !== 'shelves') return shelves;
    const values = shelves.found.map(({ record, productId, locationId }) => ({
      ...{ product_id: productId, location_id: locationId },
      inventory_quantity: (record.input as Count).quantity,
    }));
    const isOver = isAtomic && shelves.refused.length > 0;
    if (values.length === 0 || isOver) return { kind: 'prepared', ready: [], refused: shelves.refused };
    const made = await client.createMany('stock.quant', values, { inventory_mode: true });
    if (made.kind !== 'created') return made;
    const ready = shelves.found.map(({ record }, index) => ({
      ...{ record, id: made.ids[index] ?? 0, isDone: false },
    }));
    return { kind: 'prepared', ready, refused: shelves.refused };
  },
  show: async (client, records) => {
    const shelves = await findShelves(client, records);
    if (shelves.kind !== 'shelves') return shelves;
    const quants = await readQuants(client, shelves.found);
    if (quants.kind !== 'found') return quants;
    const done = new Map<string, JsonValue>();
    for (const { record, productId, locationId } of shelves.found) {
      const isHere = ({ product_id: product, location_id: location }: Row) =>
        idOf(product) === productId && idOf(location) === locationId;
      const quant = quants.rows.find(isHere);
      const input = record.input as Count;
      if (quant?.quantity === input.quantity) done.set(record.recordId, showQuant(quant, input));
    }
    return { kind: 'shown', done };
  },
};

type Shelf = { readonly record: BatchRecord; readonly productId: number; readonly locationId: number };

type Shelves =
  | { readonly kind: 'shelves'; readonly found: readonly Shelf[]; readonly refused: readonly RecordRefused[] }
  | AdapterFailure;

async function findShelves(client: OdooClient, records: readonly BatchRecord[]): Promise<Shelves> {
  const { settings } = client;
  const skus = [...new Set(records.map(({ input }) => (input as Count).sku))];
  const products = await client.find('product.product', [['default_code', 'in', skus]], ['default_code']);
  if (products.kind !== 'found') return products;
  const found: Shelf[] = [];
  const refusals: RecordRefused[] = [];
  for (const record of records) {
    const { sku, location } = record.input as Count;
    const place = locationOf(settings, location);
    const ids = products.rows.filter(({ default_code: code }) => code === sku).map(({ id }) => Number(id));
    const [productId] = ids;
    if (place.kind !== 'location') refusals.push(toRefused(record, place));
    else if (productId === undefined || ids.length > 1)
      refusals.push(toRefused(record, unknownSku(sku, ids)));
    else found.push({ record, productId, locationId: place.id ?? settings.stockLocation });
  }
  return { kind: 'shelves', found, refused: refusals };
}

function unknownSku(sku: string, ids: readonly number[]) {
  if (ids.length > 1) return refused('ambiguous_product', `Odoo has several products ${sku}`, 'sku');
  return refused('unknown_sku', `Odoo has no product with the internal reference ${sku}`, 'sku');
}

function readQuants(client: OdooClient, shelves: readonly Shelf[]) {
  const domain = [
    ['product_id', 'in', shelves.map(({ productId }) => productId)],
    ['location_id', 'in', [...new Set(shelves.map(({ locationId }) => locationId))]],
  ];
  return client.find('stock.quant', domain, ['quantity', 'product_id', 'location_id']);
}
