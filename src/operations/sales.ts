// Sales: an order the customer placed is confirmed once, and cancelled once.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectEqual, expectQuantities } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import {
  currencyField,
  documentFields,
  emailField,
  idField,
  instantField,
  maxLines,
  moneyField,
  nameField,
  noteField,
  quantityField,
  unitPriceField,
  writtenAmount,
  writtenLines,
} from './fields.ts';
import { blameIn, saleAddsUp, uniqueLines } from './rules.ts';

const saleLine = z.strictObject({
  lineId: idField,
  sku: idField,
  quantity: quantityField,
  /** Before discounts that stand in `discountTotal`. */
  unitPrice: unitPriceField,
  /** quantity × unitPrice as the shop rounded it; absent: rounded half up to the minor unit. */
  total: moneyField.optional(),
});

/** A confirmed sales order: the goods are promised, the ERP reserves or delivers them. */
export const saleConfirm = defineOperation({
  name: 'sale.confirm',
  version: 1,
  requires: ['sales', 'stock'],
  repeats: 'never',
  replacesState: false,
  keyFields: ['orderId'],
  input: z
    .strictObject({
      orderId: idField,
      customer: z.strictObject({ customerId: idField, name: nameField, email: emailField.optional() }),
      currency: currencyField,
      lines: z.array(saleLine).min(1).max(maxLines),
      discountTotal: moneyField.optional(),
      shippingTotal: moneyField.optional(),
      /** Tax on top of the lines and the shipping; absent or zero where the prices hold the tax. */
      taxTotal: moneyField.optional(),
      /** What the customer pays: lines + shipping + tax - discount. */
      total: moneyField,
      orderedAt: instantField.optional(),
    })
    .superRefine((sale, context) => {
      const blame = blameIn(context);
      uniqueLines(sale.lines, blame);
      saleAddsUp(sale, blame);
    }),
  output: z.object({
    ...documentFields,
    orderId: z.string(),
    currency: z.string(),
    total: writtenAmount,
    lines: writtenLines,
  }),
  identify: ({ orderId }) => ({ entity: { kind: 'order', id: orderId } }),
  compare: (sale, order) =>
    differences(
      expectEqual('state', 'confirmed', order.state),
      expectEqual('orderId', sale.orderId, order.orderId),
      expectEqual('currency', sale.currency, order.currency),
      expectAmount('total', sale.total, order.total),
      expectQuantities(sale.lines, order.lines),
    ),
});

/** The order will not be fulfilled: what is reserved for it goes back on the shelf. Not for an order that is invoiced. */
export const saleCancel = defineOperation({
  name: 'sale.cancel',
  version: 1,
  requires: ['sales'],
  repeats: 'never',
  replacesState: false,
  keyFields: ['orderId'],
  input: z.strictObject({ orderId: idField, reason: noteField.optional() }),
  output: z.object({ ...documentFields, orderId: z.string() }),
  identify: ({ orderId }) => ({ entity: { kind: 'order', id: orderId } }),
  compare: (cancellation, order) =>
    differences(
      expectEqual('state', 'cancelled', order.state),
      expectEqual('orderId', cancellation.orderId, order.orderId),
    ),
});
