// Shipping: goods of an order leave, and some of them come back. What they are worth to the customer is invoicing's.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectDay, expectEqual, expectQuantities, expectStated } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import { choice, documentFields, idField, maxLines, quantityField, writtenLines } from './fields.ts';
import { acknowledgeWarningsField, backorderField, postingFields } from './policies.ts';
import { blameIn, uniqueBy, uniqueLines } from './rules.ts';

const shippedLine = z.strictObject({
  /** The order's line. */
  lineId: idField,
  sku: idField,
  quantity: quantityField,
});

/** Goods of a confirmed order left the house: reserved stock becomes delivered stock, at its cost. */
export const shipmentDeliver = defineOperation({
  name: 'shipment.deliver',
  version: 1,
  requires: ['sales', 'stock'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['shipmentId', 'orderId'],
  input: z
    .strictObject({
      /** The subject: the warehouse's or carrier's id of this shipment. */
      shipmentId: idField,
      orderId: idField,
      /** What left. Absent: all that is still to be delivered. */
      lines: z.array(shippedLine).min(1).max(maxLines).optional(),
      /** Compulsory with `lines`: what becomes of the order's goods that are not among them. */
      backorder: backorderField.optional(),
      trackingNumber: idField.optional(),
      ...postingFields,
      acknowledgeWarnings: acknowledgeWarningsField.optional(),
    })
    .superRefine((shipment, context) => {
      const blame = blameIn(context);
      uniqueLines(shipment.lines ?? [], blame);
      if (shipment.lines !== undefined && shipment.backorder === undefined)
        blame(['backorder'], 'is required with lines: "create" keeps the rest open, "cancel" gives it up');
    }),
  output: z.object({
    ...documentFields,
    shipmentId: z.string(),
    orderId: z.string(),
    lines: writtenLines,
    /** Whether anything of the order is still to be delivered. */
    hasBackorder: z.boolean().nullish(),
    trackingNumber: z.string().nullish(),
    accountingDate: z.string().nullish(),
  }),
  identify: ({ orderId, shipmentId }) => ({ entity: { kind: 'order', id: orderId }, subject: shipmentId }),
  compare: (shipment, document) =>
    differences(
      expectEqual('state', 'done', document.state),
      expectEqual('shipmentId', shipment.shipmentId, document.shipmentId),
      expectEqual('orderId', shipment.orderId, document.orderId),
      shipment.lines ? expectQuantities(shipment.lines, document.lines) : [],
      shipment.lines && shipment.backorder === 'create'
        ? []
        : expectStated('hasBackorder', false, document.hasBackorder),
      expectStated('trackingNumber', shipment.trackingNumber, document.trackingNumber),
      expectDay(shipment.postingDate, document.accountingDate, shipment.whenLocked),
    ),
});

const returnedLine = z.strictObject({
  /** The order's line. */
  lineId: idField,
  sku: idField,
  quantity: quantityField,
  /** `restock`: back on the shelf. `scrap`: received and written off. */
  disposition: choice(['restock', 'scrap']),
});

/** Goods a customer sent back arrived. Gives no money back: that is `credit_note.issue`, without its `restock`. */
export const returnReceive = defineOperation({
  name: 'return.receive',
  version: 1,
  requires: ['sales', 'stock'],
  repeats: 'per_subject',
  replacesState: false,
  keyFields: ['returnId', 'orderId'],
  input: z
    .strictObject({
      /** The subject: the shop's or warehouse's id of this return. */
      returnId: idField,
      orderId: idField,
      lines: z.array(returnedLine).min(1).max(maxLines),
      /** Where the goods are put. Absent: the ERP's default location. */
      location: idField.optional(),
      ...postingFields,
      acknowledgeWarnings: acknowledgeWarningsField.optional(),
    })
    .superRefine(({ lines }, context) => {
      // A line may come back in parts: two pieces for the shelf, one for the bin.
      uniqueBy(lines, ['lineId', 'disposition'], blameIn(context));
    }),
  output: z.object({
    ...documentFields,
    returnId: z.string(),
    orderId: z.string(),
    lines: writtenLines,
    /** Of `lines`, what went back on the shelf. */
    restockedLines: writtenLines.nullish(),
    accountingDate: z.string().nullish(),
  }),
  identify: ({ orderId, returnId }) => ({ entity: { kind: 'order', id: orderId }, subject: returnId }),
  compare: (returned, document) =>
    differences(
      expectEqual('state', 'done', document.state),
      expectEqual('returnId', returned.returnId, document.returnId),
      expectEqual('orderId', returned.orderId, document.orderId),
      expectQuantities(returned.lines, document.lines),
      document.restockedLines
        ? expectQuantities(
            returned.lines.filter(({ disposition }) => disposition === 'restock'),
            document.restockedLines,
            'restocked quantity',
          )
        : [],
      expectDay(returned.postingDate, document.accountingDate, returned.whenLocked),
    ),
});
