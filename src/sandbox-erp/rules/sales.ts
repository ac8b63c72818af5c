// Sales orders: draft → confirmed → (delivered) or cancelled. Confirming reserves stock, delivering moves it.
// An order is changed only here; invoices, payments and credit notes tell it their totals through `updateOrder`.

import * as z from 'zod';
import {
  extend,
  formatMoney,
  formatQuantity,
  minorUnit,
  storedMoney,
  storedQuantity,
  type Units,
} from '../decimal.ts';
import type { OrderDocument, SoldLine } from '../documents.ts';
import { DEFAULT_LOCATION, type Erp, isoTime, parseBody, requireModule } from '../erp.ts';
import { refuse, refuseUnknown } from '../refusal.ts';
import { customerOfOrder, orderCustomerFields } from './customers.ts';
import * as fields from './fields.ts';
import { endReservation, insertMove, productOfLine } from './products.ts';
import { movedLine, openQuantity, reservationsOf } from './reservations.ts';

const orderBody = z.object({
  relayKey: fields.relayKeyField,
  orderId: fields.idField,
  customer: orderCustomerFields,
  currency: fields.currencyField,
  lines: z
    .array(
      z.object({
        lineId: fields.idField,
        sku: fields.idField,
        quantity: fields.quantityField,
        unitPrice: fields.moneyField,
        total: fields.moneyField.nullish(),
      }),
    )
    .min(1)
    .max(fields.MAX_LINES),
  discountTotal: fields.moneyField.nullish(),
  shippingTotal: fields.moneyField.nullish(),
  taxTotal: fields.moneyField.nullish(),
  total: fields.moneyField,
  orderedAt: fields.timeField.nullish(),
  /** `confirmed` creates and confirms in one transaction. */
  state: z.enum(['draft', 'confirmed']).default('draft'),
});

type OrderBody = z.infer<typeof orderBody>;

export function createOrder(erp: Erp, body: unknown): OrderDocument {
  const input = parseBody(orderBody, body);
  refuseMissing(erp, input);
  const lines = input.lines.map((line, index) => orderLine(erp, { line, index, currency: input.currency }));
  const totals = orderTotals(input, lines);
  customerOfOrder(erp, input.customer);
  const order: OrderDocument = {
    ...erp.store.next('order', 'SO'),
    ...{
      state: 'draft',
      relayKey: input.relayKey ?? null,
      createdAt: isoTime(erp.now),
      orderId: input.orderId,
    },
    ...{ customerId: input.customer.customerId, currency: input.currency, lines, ...totals },
    ...{ orderedAt: input.orderedAt ?? null, confirmedAt: null, cancelledAt: null, cancelReason: null },
    ...{ cancelRelayKey: null, deliveryState: 'none', invoiceState: 'none', invoiceId: null },
    ...{ paidTotal: formatMoney(0, input.currency), creditedTotal: formatMoney(0, input.currency) },
    openPayments: [],
  };
  erp.store.insert('order', order);
  logEffect(erp, 'sale.draft', order);
  return input.state === 'confirmed' ? confirm(erp, order) : order;
}

/** What the company made compulsory, beyond what the ERP itself needs. */
function refuseMissing({ settings }: Erp, input: OrderBody): void {
  for (const field of settings.mandatoryOrderFields) {
    const value = Object.entries(input).find(([name]) => name === field)?.[1];
    if (value === undefined || value === null || value === '') {
      refuse('field_required', `A value is required for the field ${field}.`, field);
    }
  }
}

function orderLine(
  erp: Erp,
  { line, index, currency }: { line: OrderBody['lines'][number]; index: number; currency: string },
): SoldLine {
  const at = `lines[${index}]`;
  const quantity = fields.positiveQuantity(line.quantity, `${at}.quantity`);
  const unitPrice = fields.money(line.unitPrice, `${at}.unitPrice`);
  if (unitPrice < 0) refuse('negative_price', `${at}.unitPrice may not be negative.`, `${at}.unitPrice`);
  const given =
    line.total === null || line.total === undefined ? null : fields.amountOrZero(line.total, `${at}.total`);
  productOfLine(erp, line.sku, `${at}.sku`);
  return {
    ...{ lineId: line.lineId, sku: line.sku, quantity: formatQuantity(quantity) },
    unitPrice: formatMoney(unitPrice, currency),
    total: formatMoney(fields.withinBounds(given ?? extend(quantity, unitPrice, currency), at), currency),
    ...{ deliveredQuantity: 0, returnedQuantity: 0, cancelledQuantity: 0 },
  };
}

type OrderTotals = Pick<
  OrderDocument,
  'discountTotal' | 'shippingTotal' | 'taxTotal' | 'roundingDifference' | 'total'
>;

/** Lines + shipping + tax - discount is the total, but for what rounding every line by itself may leave. */
function orderTotals(input: OrderBody, lines: readonly SoldLine[]): OrderTotals {
  const { currency } = input;
  const discount = fields.amountOrZero(input.discountTotal, 'discountTotal');
  const shipping = fields.amountOrZero(input.shippingTotal, 'shippingTotal');
  const tax = fields.amountOrZero(input.taxTotal, 'taxTotal');
  const total = fields.amountOrZero(input.total, 'total');
  const lineSum = fields.withinBounds(
    lines.reduce((sum, line) => sum + storedMoney(line.total), 0),
    'lines',
  );
  const difference = total - (lineSum + shipping + tax - discount);
  const roundedLines = input.lines.filter((line) => line.total === null || line.total === undefined).length;
  if (Math.abs(difference) > roundedLines * minorUnit(currency)) {
    refuse(
      'total_mismatch',
      `The total is off by ${formatMoney(difference, currency)} ${currency}.`,
      'total',
    );
  }
  const text = (units: Units): string => formatMoney(units, currency);
  return {
    ...{ discountTotal: text(discount), shippingTotal: text(shipping), taxTotal: text(tax) },
    ...{ roundingDifference: text(difference), total: text(total) },
  };
}

export function confirmOrder(erp: Erp, documentId: string): OrderDocument {
  return confirm(erp, orderById(erp, documentId));
}

function confirm(erp: Erp, order: OrderDocument): OrderDocument {
  // The same words for a confirmed and a cancelled order: as in most ERPs, only a read tells "already done" from "never".
  if (order.state !== 'draft')
    refuse('invalid_state', `${order.documentNumber} is not in a state requiring confirmation.`);
  requireModule(erp, 'stock');
  for (const line of order.lines) {
    const quantity = storedQuantity(line.quantity);
    const goods = { sku: line.sku, location: DEFAULT_LOCATION, quantity: -quantity };
    insertMove(erp, { goods, type: 'delivery', sourceId: order.documentId, state: 'reserved' });
    erp.store.addStock(goods, { reserved: quantity });
  }
  const confirmedAt = isoTime(erp.now);
  const confirmed = updateOrder(erp, {
    ...order,
    state: 'confirmed',
    confirmedAt,
    deliveryState: 'reserved',
  });
  logEffect(erp, 'sale.confirm', confirmed);
  return confirmed;
}

const cancelBody = z.object({ relayKey: fields.relayKeyField, reason: z.string().max(1_000).nullish() });

export function cancelOrder(erp: Erp, documentId: string, body: unknown): OrderDocument {
  const { relayKey = null, reason = null } = parseBody(cancelBody, body);
  const order = orderById(erp, documentId);
  const { documentNumber } = order;
  if (order.state === 'cancelled')
    refuse('invalid_state', `${documentNumber} is not in a state that can be cancelled.`);
  if (order.deliveryState === 'delivered' || order.deliveryState === 'partial')
    refuse('order_delivered', `${documentNumber} has been delivered.`);
  if (order.invoiceState === 'invoiced') refuse('order_invoiced', `${documentNumber} has been invoiced.`);
  for (const move of reservationsOf(erp, order)) endReservation(erp, move, { state: 'cancelled' });
  const cancelled = updateOrder(erp, {
    ...order,
    ...{ state: 'cancelled', deliveryState: 'cancelled', cancelledAt: isoTime(erp.now) },
    ...{ cancelReason: reason, cancelRelayKey: relayKey },
    lines: order.lines.map((line) => movedLine(line, { cancelled: openQuantity(line) })),
  });
  logEffect(erp, 'sale.cancel', { ...cancelled, relayKey });
  return cancelled;
}

export function updateOrder(erp: Erp, order: OrderDocument): OrderDocument {
  erp.store.update('order', order);
  return order;
}

function orderById(erp: Erp, documentId: string): OrderDocument {
  return erp.store.get('order', documentId) ?? refuseUnknown('order', documentId);
}

/** The order that another document names by the caller's order id. A draft or cancelled one is good for nothing. */
export function orderOfDocument(erp: Erp, orderId: string, field: string): OrderDocument {
  const orders = erp.store.find('order', { column: 'reference', value: orderId }, 100);
  const order = orders.find(({ state }) => state === 'confirmed') ?? orders[0];
  if (order === undefined) return refuse('unknown_order', `There is no order ${orderId}.`, field);
  if (order.state === 'draft')
    refuse('order_not_confirmed', `${order.documentNumber} is not confirmed.`, field);
  if (order.state === 'cancelled') refuse('order_cancelled', `${order.documentNumber} is cancelled.`, field);
  return order;
}

function logEffect(erp: Erp, operation: string, order: OrderDocument): void {
  const { documentId, orderId, relayKey } = order;
  erp.store.appendEffect({ at: erp.now, operation, relayKey, documentId, reference: orderId });
}
