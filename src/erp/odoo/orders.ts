// What several operations need of an order in Odoo: the order by the shop's id, and its invoices. Reads only.

import type { AdapterFailure } from '../../core/erp.ts';
import { type Found, type FoundOne, type OdooClient, refused } from './odoo-client.ts';
import { numbersOf, type Refusal, type Row } from './read-odoo.ts';

const fields = [
  'name',
  'state',
  'client_order_ref',
  'invoice_ids',
  'invoice_status',
  'picking_ids',
  'partner_id',
];

export type FoundOrder = { readonly kind: 'order'; readonly order: Row | null } | AdapterFailure;

/** The order that is meant: one that is not cancelled before one that is. */
export async function findOrder(client: OdooClient, orderId: string): Promise<FoundOrder> {
  const found = await client.find('sale.order', [['client_order_ref', '=', orderId]], fields);
  if (found.kind !== 'found') return found;
  const live = found.rows.find(({ state }) => state !== 'cancel');
  return { kind: 'order', order: live ?? found.rows[0] ?? null };
}

export function unknownOrder(orderId: string): Refusal {
  return refused('unknown_order', `Odoo has no order ${orderId}`, 'orderId');
}

export const invoiceFields = [
  ...[
    'name',
    'state',
    'amount_total',
    'amount_residual',
    'currency_id',
    'date',
    'payment_state',
    'move_type',
    'ref',
  ],
];

/** Those of an order that are not cancelled, the newest first. */
export function findInvoices(client: OdooClient, order: Row, moveType: string): Promise<Found> {
  const domain = [
    ['id', 'in', numbersOf(order.invoice_ids)],
    ['move_type', '=', moveType],
    ['state', '!=', 'cancel'],
  ];
  return client.find('account.move', domain, invoiceFields);
}

/** The company that is configured, else all that the user sees, the newest first. */
export function findCompanies(client: OdooClient): Promise<Found> {
  const { company } = client.settings;
  const domain = company === undefined ? [] : [['id', '=', company]];
  return client.find('res.company', domain, ['name', 'currency_id', 'fiscalyear_lock_date']);
}

export async function findCompany(client: OdooClient): Promise<FoundOne> {
  const found = await findCompanies(client);
  return found.kind === 'found' ? { kind: 'row', row: found.rows.at(-1) ?? null } : found;
}

/** The last locked day of the books; null: none is. What the user may not read counts as not locked. */
async function lockedThrough(client: OdooClient): Promise<string | null> {
  const found = await findCompany(client);
  const date = found.kind === 'row' ? found.row?.fiscalyear_lock_date : null;
  return typeof date === 'string' ? date : null;
}

/** Odoo posts on another day where this one is locked, and says nothing: so it is asked before. */
export async function whyLocked(
  client: OdooClient,
  wanted: {
    readonly day: string | undefined;
    readonly field: string;
    readonly whenLocked: string | undefined;
  },
): Promise<Refusal | null> {
  const { day, field, whenLocked = 'reject' } = wanted;
  if (day === undefined || whenLocked !== 'reject') return null;
  const through = await lockedThrough(client);
  if (through === null || day > through) return null;
  return refused('period_closed', `the books are locked through ${through}`, field);
}
