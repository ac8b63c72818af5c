// What several operations need of a payment in Odoo: the payment by the provider's id, which is its memo, and the posted invoice it
// is for. Reads only.

import type { AdapterFailure } from '../../core/erp.ts';
import { type FoundOne, type OdooClient, refused } from './odoo-client.ts';
import { findInvoices, findOrder, invoiceFields, unknownOrder } from './orders.ts';
import type { Row } from './read-odoo.ts';

const goneStates = ['canceled', 'cancelled', 'rejected'];

/** Up to Odoo 17 it is `posted`. */
export const postedPaymentStates = ['posted', 'in_process', 'paid'];

export function findPayment(client: OdooClient, paymentId: string): Promise<FoundOne> {
  const memo = client.settings.paymentMemoField;
  const domain = [
    [memo, '=', paymentId],
    ['state', 'not in', goneStates],
  ];
  const fields = ['name', 'state', 'amount', 'currency_id', 'date', 'reconciled_invoice_ids', memo];
  return client.findOne('account.payment', domain, fields);
}

export type Payable = {
  readonly orderId?: string | undefined;
  readonly invoiceNumber?: string | undefined;
};

export type FoundInvoice = { readonly kind: 'invoice'; readonly invoice: Row | null } | AdapterFailure;

/**
 * The posted invoice that is meant: one of `before`, one with something left to pay, any. Null: there is none.
 *
 * @param before ids of invoices that come first
 */
export async function findPostedInvoice(
  client: OdooClient,
  payable: Payable,
  before: readonly number[] = [],
): Promise<FoundInvoice> {
  const found = await findCandidates(client, payable);
  if (found.kind !== 'found') return found;
  const { invoiceNumber } = payable;
  const named = found.rows.filter(({ name }) => invoiceNumber === undefined || name === invoiceNumber);
  const posted = named.filter(({ state }) => state === 'posted');
  const open = posted.find(({ amount_residual: residual }) => typeof residual === 'number' && residual > 0);
  const known = posted.find(({ id }) => before.includes(Number(id)));
  return { kind: 'invoice', invoice: known ?? open ?? posted[0] ?? null };
}

export function unknownInvoice({ invoiceNumber }: Payable) {
  const field = invoiceNumber === undefined ? 'orderId' : 'invoiceNumber';
  return refused('unknown_invoice', 'Odoo has no posted invoice of it', field);
}

async function findCandidates(client: OdooClient, { orderId, invoiceNumber = '' }: Payable) {
  if (orderId === undefined) {
    const domain = [
      ['name', '=', invoiceNumber],
      ['move_type', '=', 'out_invoice'],
    ];
    return client.find('account.move', domain, invoiceFields);
  }
  const order = await findOrder(client, orderId);
  if (order.kind !== 'order') return order;
  return order.order === null ? unknownOrder(orderId) : findInvoices(client, order.order, 'out_invoice');
}
