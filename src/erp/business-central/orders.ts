// What several operations on Business Central need: the order and the invoice of a shop's order, and the goods of a document.
// Reads only.

import type { AdapterFailure } from '../../core/erp.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Found } from '../rest/keyed-operation.ts';
import { amountOf, broken, objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { type BcClient, quoted } from './bc-client.ts';

/** Characters of an external document number: Code[35]. */
const externalChars = 35;

const totalField = 'totalAmountIncludingTax';

/** A Code is kept in capitals. */
export function externalNumberOf(id: string): string {
  return stampOf(id, externalChars).toUpperCase();
}

/** The sender's id where the document bears it; else what it bears instead. */
export function idFrom(written: JsonValue | undefined, id: string): string {
  const text = textOf(written);
  return text.toUpperCase() === externalNumberOf(id) ? id : text;
}

export function findOrder(client: BcClient, orderId: string): Promise<Found> {
  const filter = `externalDocumentNumber eq ${quoted(externalNumberOf(orderId))}`;
  return client.findOne('salesOrders', filter, 'salesOrderLines');
}

/** The posted one. An order that was invoiced whole is no longer among the orders; its invoice bears its number and the shop's. */
export function findPostedInvoice(client: BcClient, orderId: string): Promise<Found> {
  const number = quoted(externalNumberOf(orderId));
  return client.findOne('salesInvoices', `externalDocumentNumber eq ${number} and status ne 'Draft'`);
}

export function amountIn(document: JsonObject, field: string): string | null {
  return amountOf(document[field]);
}

/** What comes to another total than was promised is not posted: somebody would have to take it back. Null: it is as promised. */
export function whyNotTotal(
  document: JsonObject,
  { promised, field }: { readonly promised: string; readonly field: string },
): AdapterFailure | null {
  const written = document[totalField];
  const computed = amountIn(document, totalField);
  if (computed === null) return broken(`$.${totalField}`, 'number', written);
  // An answer may write 29.35 as 29.350000000000001; four decimals are finer than any currency.
  if (Math.abs(Number(computed) - Number(promised)) < 0.00005) return null;
  return refused('total_mismatch', `Business Central computes ${computed} for it`, field);
}

export function goodsOf(lines: JsonValue | undefined, leaveOut: string | undefined) {
  return objectsOf(lines)
    .filter(({ lineType, lineObjectNumber }) => lineType === 'Item' && lineObjectNumber !== leaveOut)
    .map(({ lineObjectNumber, quantity }) => ({ sku: textOf(lineObjectNumber), quantity: Number(quantity) }));
}

/** No posting has happened where the service shows this instead of a day. */
export function dayOf(value: JsonValue | undefined): string | null {
  const day = textOf(value);
  return day === '' || day.startsWith('0001-') ? null : day;
}
