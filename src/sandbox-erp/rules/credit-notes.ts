// Credit notes: give back a part or all of a posted invoice, and put the goods back where asked to.
// May credit no more than was invoiced, in money or in pieces.

import * as z from 'zod';
import {
  formatMoney,
  formatQuantity,
  proportion,
  storedMoney,
  storedQuantity,
  type Units,
} from '../decimal.ts';
import type { CreditNoteDocument, CreditNoteLine, InvoiceDocument, OrderDocument } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody, requireModule } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { postEntry } from './accounting.ts';
import * as fields from './fields.ts';
import { accountingDate } from './periods.ts';
import { moveStock } from './products.ts';
import {
  deliveryStateOf,
  lineOfOrder,
  movedLine,
  openQuantity,
  returnableQuantity,
  takeReserved,
  withLine,
} from './reservations.ts';
import { orderOfDocument, updateOrder } from './sales.ts';
import { settledInvoice } from './settlement.ts';

const creditNoteBody = z.object({
  relayKey: fields.relayKeyField,
  refundId: fields.idField,
  orderId: fields.idField,
  currency: fields.currencyField,
  amount: fields.moneyField,
  lines: z
    .array(
      z.object({
        lineId: fields.idField,
        sku: fields.idField,
        quantity: fields.quantityField,
        amount: fields.moneyField,
      }),
    )
    .max(fields.MAX_LINES)
    .nullish(),
  /** What the amount beyond the lines gives back. */
  remainder: z.enum(['shipping', 'goodwill']).default('goodwill'),
  restock: z.boolean().nullish(),
  reason: z.string().max(1_000).nullish(),
  ...fields.postingFields,
});

type CreditNoteBody = z.infer<typeof creditNoteBody>;

export function issueCreditNote(erp: Erp, body: unknown): CreditNoteDocument {
  const input = parseBody(creditNoteBody, body);
  const { currency, refundId } = input;
  const order = orderOfDocument(erp, input.orderId, 'orderId');
  const invoice = order.invoiceId === null ? null : erp.store.get('invoice', order.invoiceId);
  if (invoice === null)
    return refuse('nothing_invoiced', `${order.documentNumber} has no posted invoice to credit.`, 'orderId');
  const amount = creditableAmount(input, invoice);
  const lines = (input.lines ?? []).map((line, index) => creditLine(line, { index, invoice, currency }));
  const day = accountingDate(erp, { ...input, wanted: input.postingDate, field: 'postingDate' });
  const note: CreditNoteDocument = {
    ...erp.store.next('credit_note', `RINV/${day.slice(0, 4)}/`),
    ...{
      state: 'posted',
      relayKey: input.relayKey ?? null,
      createdAt: isoTime(erp.now),
      refundId,
      orderId: order.orderId,
    },
    ...{ invoiceId: invoice.documentId, currency, lines, reason: input.reason ?? null, accountingDate: day },
    remainder: input.remainder,
    ...{ amount: formatMoney(amount, currency), total: formatMoney(amount, currency) },
    restocked: input.restock === true && lines.length > 0,
  };
  erp.store.insert('credit_note', note);
  const credited = { ...invoice, lines: creditedLines(invoice, lines) };
  erp.store.update('invoice', settledInvoice(credited, { credited: amount }));
  const creditedTotal = formatMoney(storedMoney(order.creditedTotal) + amount, currency);
  postCredit(erp, note, invoice);
  if (note.restocked) requireModule(erp, 'stock');
  const restocked = note.restocked ? restock(erp, order, note) : order;
  updateOrder(erp, { ...restocked, creditedTotal });
  return note;
}

function creditableAmount(input: CreditNoteBody, invoice: InvoiceDocument): Units {
  const { currency, documentNumber } = invoice;
  if (currency !== input.currency) {
    refuse('currency_mismatch', `${documentNumber} is in ${currency}, not in ${input.currency}.`, 'currency');
  }
  const amount = fields.positiveAmount(input.amount, 'amount');
  const left = storedMoney(invoice.total) - storedMoney(invoice.creditedTotal);
  if (amount > left) {
    const text = `${formatMoney(left, currency)} ${currency}`;
    refuse('credit_exceeds_invoice', `Only ${text} of ${documentNumber} are left to credit.`, 'amount');
  }
  return amount;
}

function creditLine(
  line: NonNullable<CreditNoteBody['lines']>[number],
  { index, invoice, currency }: { index: number; invoice: InvoiceDocument; currency: string },
): CreditNoteLine {
  const at = `lines[${index}]`;
  const quantity = fields.positiveQuantity(line.quantity, `${at}.quantity`);
  const amount = fields.amountOrZero(line.amount, `${at}.amount`);
  const invoiced = invoice.lines.find(({ lineId }) => lineId === line.lineId);
  if (invoiced === undefined)
    return refuse('unknown_line', `The invoice has no line ${line.lineId}.`, `${at}.lineId`);
  if (invoiced.sku !== line.sku)
    refuse('unknown_line', `Line ${line.lineId} is of ${invoiced.sku}.`, `${at}.sku`);
  const left = storedQuantity(invoiced.quantity) - storedQuantity(invoiced.creditedQuantity);
  if (quantity > left) {
    refuse(
      'over_return',
      `Only ${formatQuantity(left)} of line ${line.lineId} are left to credit.`,
      `${at}.quantity`,
    );
  }
  return { ...line, quantity: formatQuantity(quantity), amount: formatMoney(amount, currency) };
}

function creditedLines(invoice: InvoiceDocument, lines: readonly CreditNoteLine[]): InvoiceDocument['lines'] {
  return invoice.lines.map((invoiced) => {
    const credited = lines
      .filter(({ lineId }) => lineId === invoiced.lineId)
      .reduce(
        (sum, { quantity }) => sum + storedQuantity(quantity),
        storedQuantity(invoiced.creditedQuantity),
      );
    if (credited > storedQuantity(invoiced.quantity)) {
      refuse('over_return', `Line ${invoiced.lineId} is credited more often than it holds.`, 'lines');
    }
    return { ...invoiced, creditedQuantity: formatQuantity(credited) };
  });
}

/** Returns and the tax in them, against the receivable. The tax is the invoice's own share of it. */
function postCredit(erp: Erp, note: CreditNoteDocument, invoice: InvoiceDocument): void {
  const { currency, accountingDate: day, documentId, relayKey, refundId } = note;
  const amount = storedMoney(note.amount);
  const ratio = { part: storedMoney(invoice.taxTotal), whole: storedMoney(invoice.total) };
  const tax = proportion(amount, ratio, currency);
  const lineSum = note.lines.reduce((sum, line) => sum + storedMoney(line.amount), 0);
  const rest = note.remainder === 'shipping' ? amount - lineSum : 0;
  // Less its own share of the tax, which is in `tax`.
  const shipping = rest - proportion(rest, ratio, currency);
  postEntry(erp, {
    ...{
      currency,
      accountingDate: day,
      narrative: `Credit note ${note.documentNumber}`,
      sourceId: documentId,
    },
    postings: [
      { account: 'returns', amount: amount - tax - shipping },
      { account: 'shipping', amount: shipping },
      { account: 'tax', amount: tax },
      { account: 'receivable', amount: -amount },
    ],
  });
  erp.store.appendEffect({
    at: erp.now,
    operation: 'credit_note.issue',
    relayKey,
    documentId,
    reference: refundId,
  });
}

/** Goods that are only reserved are let go; goods that were delivered come back. */
function restock(erp: Erp, order: OrderDocument, note: CreditNoteDocument): OrderDocument {
  const restocked = note.lines.reduce((left, credited, index) => {
    const line = lineOfOrder(left, credited, `lines[${index}]`);
    const quantity = storedQuantity(credited.quantity);
    const cancelled = Math.min(quantity, openQuantity(line));
    takeReserved(erp, { order, sku: line.sku, quantity: cancelled, ended: { state: 'cancelled' } });
    const returned = quantity - cancelled;
    if (returned > returnableQuantity(line)) {
      const text = `Only ${formatQuantity(returnableQuantity(line))} of line ${line.lineId} can come back.`;
      refuse('over_return', text, `lines[${index}].quantity`);
    }
    const goods = { sku: line.sku, location: DEFAULT_LOCATION, quantity: returned };
    const { documentId: sourceId, accountingDate: day } = note;
    moveStock(erp, { goods, type: 'return', sourceId, against: 'cost_of_goods', day });
    return withLine(left, movedLine(line, { cancelled, returned }));
  }, order);
  return { ...restocked, deliveryState: deliveryStateOf(restocked) };
}
