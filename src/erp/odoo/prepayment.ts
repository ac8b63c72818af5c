// Money for an order that is not invoiced yet: a customer payment of Odoo that stands open until invoice.reconcile matches it.
// Two calls: one that was made and not posted is found by its memo, and posted.

import type { Performed } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import { type OdooClient, refused } from './odoo-client.ts';
import { findOrder, unknownOrder } from './orders.ts';
import { broken, idOf, type Row } from './read-odoo.ts';

export type Prepayment = {
  readonly orderId: string;
  readonly paymentId: string;
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO 8601. */
  readonly day: string;
};

export async function prepay(client: OdooClient, prepayment: Prepayment): Promise<Performed> {
  const { orderId, paymentId, amount, currency, day } = prepayment;
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  if (found.order === null) return unknownOrder(orderId);
  if (found.order.state === 'cancel')
    return refused('order_cancelled', `${String(found.order.name)} has been cancelled`, 'orderId');
  const partnerId = idOf(found.order.partner_id);
  if (partnerId === null) return broken('$[0].partner_id', 'a many2one', found.order.partner_id);
  const money = await client.findOne('res.currency', [['name', '=', currency]], ['name']);
  if (money.kind !== 'row') return money;
  if (money.row === null) return refused('currency_mismatch', `Odoo has ${currency} not active`, 'currency');
  const { paymentMemoField, paymentJournal } = client.settings;
  const values: JsonObject = {
    ...{ payment_type: 'inbound', partner_type: 'customer', partner_id: partnerId },
    ...{
      amount: Number(amount),
      currency_id: Number(money.row.id),
      date: day,
      [paymentMemoField]: paymentId,
    },
    ...(paymentJournal === undefined ? {} : { journal_id: paymentJournal }),
  };
  const made = await client.create('account.payment', values);
  return made.kind === 'created' ? postPayment(client, { id: made.id }) : made;
}

export async function postPayment(client: OdooClient, draft: Row): Promise<Performed> {
  const ids = [Number(draft.id)];
  const pressed = await client.press({ model: 'account.payment', method: 'action_post', ids });
  if (pressed.kind === 'done_before') return pressed.refusal;
  return pressed.kind === 'done' ? { kind: 'performed', answer: draft } : pressed;
}
