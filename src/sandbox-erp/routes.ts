// The sandbox ERP's API as a table: method, path, area, and the rule that runs.
// Its own router of thirty lines: the Worker needs nothing else of a framework, and a route's name is what faults and counts use.

import { formatQuantity } from './decimal.ts';
import type { DocumentKind } from './documents.ts';
import { DEFAULT_LOCATION, type Erp, type ErpArea, isoTime } from './erp.ts';
import type { ErpStore } from './erp-store.ts';
import { readJob } from './jobs.ts';
import { refuse, refuseUnknown } from './refusal.ts';
import { changeEntry, createManualEntry, trialBalance } from './rules/accounting.ts';
import { readCompany } from './rules/company.ts';
import { issueCreditNote } from './rules/credit-notes.ts';
import { upsertCustomer } from './rules/customers.ts';
import { changeInvoice, createInvoice, postInvoice } from './rules/invoicing.ts';
import { registerPayment } from './rules/payments.ts';
import { closePeriod } from './rules/periods.ts';
import { setPrice } from './rules/prices.ts';
import { createProduct } from './rules/products.ts';
import { createPurchaseOrder, receivePurchase, receiveStock } from './rules/receipts.ts';
import { reconcile } from './rules/reconciliations.ts';
import { cancelOrder, confirmOrder, createOrder } from './rules/sales.ts';
import { deliverOrder, deliverShipment, receiveReturn } from './rules/shipping.ts';
import { setStock } from './rules/stock.ts';

export type RouteRequest = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export type ApiRoute = {
  /** `POST /api/orders/:documentId/confirm`. */
  readonly name: string;
  readonly method: string;
  readonly segments: readonly string[];
  /** The module that must be on and the scope the token must hold; null: any token. */
  readonly area: ErpArea | null;
  /** True where it may change a document. */
  readonly effect: boolean;
  /** Of the answer when it succeeds. */
  readonly status: 200 | 201;
  /** True where it is always taken as a job and done later. */
  readonly isJob: boolean;
  run(erp: Erp, request: RouteRequest): unknown;
};

/** 100 documents: a look-up by key finds one, or a handful where something was doubled. */
const MAX_ITEMS = 100;

type Run = ApiRoute['run'];

const route = (name: string, area: ErpArea | null, run: Run): ApiRoute => {
  const [method = '', path = ''] = name.split(' ');
  const segments = path.split('/').slice(1);
  const creates = method === 'POST' && segments.length === 2;
  return {
    name,
    method,
    segments,
    area,
    effect: method !== 'GET',
    status: creates ? 201 : 200,
    isJob: false,
    run,
  };
};

const id = ({ params }: RouteRequest): string => params.documentId ?? '';

/** Reads of one kind of document: by its id, by one of its three searchable fields, and the newest of them. */
function reads(path: string, kind: DocumentKind, found: { area: ErpArea; by: string }): ApiRoute[] {
  const filters = { relayKey: 'relay_key', [found.by]: 'reference', documentNumber: 'number' } as const;
  return [
    route(`GET ${path}`, found.area, ({ store }, { query }) => {
      if (/^\d{1,3}$/.test(query.newest ?? '')) {
        return { items: store.newest(kind, Math.min(Number(query.newest), MAX_ITEMS)) };
      }
      const [name, column] = Object.entries(filters).find(([filter]) => query[filter] !== undefined) ?? [];
      if (name === undefined || column === undefined) {
        return refuse('filter_missing', `Name one of ${Object.keys(filters).join(', ')} in the query.`);
      }
      return { items: store.find(kind, { column, value: query[name] ?? '' }, MAX_ITEMS) };
    }),
    route(`GET ${path}/:documentId`, found.area, ({ store }, request) => {
      return store.get(kind, id(request)) ?? refuseUnknown(kind, id(request));
    }),
  ];
}

export const API_ROUTES: readonly ApiRoute[] = [
  route('POST /api/orders', 'sales', (erp, { body }) => createOrder(erp, body)),
  route('POST /api/orders/:documentId/confirm', 'sales', (erp, request) => confirmOrder(erp, id(request))),
  route('POST /api/orders/:documentId/cancel', 'sales', (erp, request) =>
    cancelOrder(erp, id(request), request.body),
  ),
  route('POST /api/orders/:documentId/deliver', 'stock', (erp, request) => deliverOrder(erp, id(request))),
  ...reads('/api/orders', 'order', { area: 'sales', by: 'orderId' }),
  route('POST /api/invoices', 'invoicing', (erp, { body }) => createInvoice(erp, body)),
  route('POST /api/invoices/:documentId/post', 'invoicing', (erp, request) =>
    postInvoice(erp, id(request), request.body),
  ),
  route('PATCH /api/invoices/:documentId', 'invoicing', (erp, request) =>
    changeInvoice(erp, id(request), request.body),
  ),
  ...reads('/api/invoices', 'invoice', { area: 'invoicing', by: 'orderId' }),
  route('POST /api/payments', 'payments', (erp, { body }) => registerPayment(erp, body)),
  ...reads('/api/payments', 'payment', { area: 'payments', by: 'paymentId' }),
  route('POST /api/reconciliations', 'invoicing', (erp, { body }) => reconcile(erp, body)),
  ...reads('/api/reconciliations', 'reconciliation', { area: 'invoicing', by: 'paymentId' }),
  route('POST /api/shipments', 'stock', (erp, { body }) => deliverShipment(erp, body)),
  ...reads('/api/shipments', 'shipment', { area: 'stock', by: 'shipmentId' }),
  route('POST /api/returns', 'stock', (erp, { body }) => receiveReturn(erp, body)),
  ...reads('/api/returns', 'return', { area: 'stock', by: 'returnId' }),
  route('POST /api/credit-notes', 'invoicing', (erp, { body }) => issueCreditNote(erp, body)),
  ...reads('/api/credit-notes', 'credit_note', { area: 'invoicing', by: 'refundId' }),
  route('POST /api/receipts', 'stock', (erp, { body }) => receiveStock(erp, body)),
  route('POST /api/purchase-receipts', 'purchasing', (erp, { body }) => receivePurchase(erp, body)),
  ...reads('/api/receipts', 'receipt', { area: 'stock', by: 'receiptId' }),
  route('POST /api/purchase-orders', 'stock', (erp, { body }) => createPurchaseOrder(erp, body)),
  ...reads('/api/purchase-orders', 'purchase_order', { area: 'stock', by: 'purchaseOrder' }),
  route('PUT /api/stock/:sku', 'stock', (erp, { params, body }) => setStock(erp, params.sku ?? '', body)),
  route('GET /api/stock/:sku', 'stock', (erp, request) => readStock(erp, request)),
  ...reads('/api/adjustments', 'adjustment', { area: 'stock', by: 'sku' }),
  ...reads('/api/stock-moves', 'stock_move', { area: 'stock', by: 'sourceId' }),
  route('POST /api/products', 'stock', (erp, { body }) => createProduct(erp, body)),
  ...reads('/api/products', 'product', { area: 'stock', by: 'sku' }),
  route('PUT /api/prices/:sku', 'pricing', (erp, { params, body }) => setPrice(erp, params.sku ?? '', body)),
  ...reads('/api/prices', 'price', { area: 'pricing', by: 'sku' }),
  route('PUT /api/customers/:customerId', 'customers', (erp, { params, body }) =>
    upsertCustomer(erp, params.customerId ?? '', body),
  ),
  ...reads('/api/customers', 'customer', { area: 'customers', by: 'customerId' }),
  { ...route('POST /api/periods', 'accounting', (erp, { body }) => closePeriod(erp, body)), isJob: true },
  ...reads('/api/periods', 'period', { area: 'accounting', by: 'through' }),
  route('POST /api/journal-entries', 'accounting', (erp, { body }) => createManualEntry(erp, body)),
  route('PATCH /api/journal-entries/:documentId', 'accounting', (erp, request) =>
    changeEntry(erp, id(request)),
  ),
  route('DELETE /api/journal-entries/:documentId', 'accounting', (erp, request) =>
    changeEntry(erp, id(request)),
  ),
  ...reads('/api/journal-entries', 'journal_entry', { area: 'accounting', by: 'sourceId' }),
  route('GET /api/trial-balance', 'accounting', (erp) => trialBalance(erp)),
  route('GET /api/company', null, (erp) => readCompany(erp)),
  route('GET /api/jobs/:jobId', null, ({ store, now }, { params }) =>
    readJob(store, params.jobId ?? '', now),
  ),
  route('GET /api/audit', null, (erp, request) => readAudit(erp, request)),
];

function readStock({ store }: Erp, { params, query }: RouteRequest): unknown {
  const sku = params.sku ?? '';
  if (store.byReference('product', sku) === null) return refuseUnknown('product', sku);
  const level = store.stockLevel(sku, query.location ?? DEFAULT_LOCATION);
  const [onHand, reserved] = [formatQuantity(level.onHand), formatQuantity(level.reserved)];
  return { ...level, onHand, reserved, available: formatQuantity(level.onHand - level.reserved) };
}

/** What was done under a key, also where the document no longer carries it. */
function readAudit({ store }: Erp, { query }: RouteRequest): unknown {
  const relayKey = query.relayKey;
  if (query.after !== undefined || query.newest !== undefined) return readChanges(store, query);
  if (relayKey === undefined)
    return refuse('filter_missing', 'Name one of relayKey, after, newest in the query.');
  const rows = store.rows(
    'SELECT * FROM effects WHERE relay_key = ? ORDER BY number LIMIT ?',
    relayKey,
    MAX_ITEMS,
  );
  return { items: rows.map(toEffect) };
}

/** What was done after an effect, oldest first; or the newest of all. */
function readChanges(store: ErpStore, query: RouteRequest['query']): unknown {
  if (query.newest !== undefined)
    return { items: store.rows('SELECT * FROM effects ORDER BY number DESC LIMIT 1').map(toEffect) };
  const { after = '', limit = String(MAX_ITEMS) } = query;
  if (!/^\d{1,12}$/.test(after) || !/^\d{1,3}$/.test(limit))
    return refuse('filter_invalid', 'after and limit must be whole numbers.');
  const count = Math.min(Number(limit), MAX_ITEMS);
  const rows = store.rows(
    'SELECT * FROM effects WHERE number > ? ORDER BY number LIMIT ?',
    Number(after),
    count,
  );
  return { items: rows.map(toEffect) };
}

export function toEffect(row: Record<string, SqlStorageValue>) {
  return {
    number: Number(row.number),
    at: isoTime(Number(row.at)),
    operation: String(row.operation),
    relayKey: row.relay_key === null ? null : String(row.relay_key),
    documentId: String(row.document_id),
    reference: String(row.reference),
  };
}

export type RouteMatch = { readonly route: ApiRoute; readonly params: Readonly<Record<string, string>> };

export function matchRoute(method: string, path: string): RouteMatch | null {
  const segments = path.split('/').slice(1);
  for (const candidate of API_ROUTES) {
    if (candidate.method !== method || candidate.segments.length !== segments.length) continue;
    const params = matchSegments(candidate.segments, segments);
    if (params !== null) return { route: candidate, params };
  }
  return null;
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith(':')) params[expected.slice(1)] = decodeSegment(actual);
    else if (expected !== actual) return null;
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
