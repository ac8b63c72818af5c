// Events of your own systems, or of any service that follows Standard Webhooks: orders, stock and customers.
// The specification fixes the envelope { type, timestamp, data }; what stands in `data` is written down here.
//
//   the sender says          the ERP does
//   order.placed             sale.confirm
//   stock.level_changed      stock.set
//   customer.updated         customer.upsert

import { defineIntegration, defineSource, on } from '../core/define-integration.ts';
import { standardWebhooks } from '../core/sources/standard-webhooks.ts';
import { customerUpsert, saleConfirm, stockSet } from '../operations/index.ts';
import { erp } from './erp-target.ts';

type StandardData = {
  readonly 'order.placed': {
    readonly order_id: string;
    readonly customer: { readonly id: string; readonly name: string; readonly email: string | null };
    readonly currency: string;
    readonly lines: readonly {
      readonly id: string;
      readonly sku: string;
      readonly quantity: number;
      /** Decimal string, for one. */
      readonly price: string;
    }[];
    readonly total: string;
  };
  readonly 'stock.level_changed': { readonly sku: string; readonly on_hand: number };
  readonly 'customer.updated': {
    readonly customer_id: string;
    readonly name: string;
    readonly email: string | null;
    readonly phone: string | null;
  };
};

/** Ids of this sender, kept apart from those of the shops. SKUs are the same everywhere. */
const appId = (id: string): string => `app-${id}`;

/** POST /hooks/standard */
export const standard = defineSource({
  id: 'standard',
  preset: standardWebhooks<StandardData>(),
  secret: 'STANDARD_WEBHOOKS_SECRET',
  entity: (event) => {
    switch (event.type) {
      case 'order.placed':
        return { kind: 'order', id: appId(event.payload.data.order_id) };
      case 'stock.level_changed':
        return { kind: 'product', id: event.payload.data.sku };
      case 'customer.updated':
        return { kind: 'customer', id: appId(event.payload.data.customer_id) };
      default:
        // A type nobody wrote down: accepted, and kept in a line of its own.
        return null;
    }
  },
});

export const standardEvents = defineIntegration({
  name: 'standard-events',
  sources: [standard],
  targets: [erp],
  routes: [
    on(standard, 'order.placed').run(saleConfirm, {
      id: 'confirm-sale',
      target: erp,
      input: ({ payload: { data: order, timestamp } }) => ({
        orderId: appId(order.order_id),
        customer: {
          customerId: appId(order.customer.id),
          name: order.customer.name,
          email: order.customer.email ?? undefined,
        },
        currency: order.currency,
        lines: order.lines.map(({ id, sku, quantity, price }) => ({
          lineId: id,
          sku,
          quantity,
          unitPrice: price,
        })),
        total: order.total,
        orderedAt: timestamp,
      }),
    }),

    on(standard, 'stock.level_changed').run(stockSet, {
      id: 'set-stock',
      target: erp,
      subject: ({ payload }) => payload.data.sku,
      // The time of the event, which a repeat does not change; the header's is the time of the attempt.
      version: ({ payload }) => payload.timestamp,
      input: ({ payload }) => ({
        sku: payload.data.sku,
        quantity: payload.data.on_hand,
        asOf: payload.timestamp,
      }),
    }),

    on(standard, 'customer.updated').run(customerUpsert, {
      id: 'update-customer',
      target: erp,
      subject: ({ payload }) => appId(payload.data.customer_id),
      version: ({ payload }) => payload.timestamp,
      input: ({ payload: { data: customer } }) => ({
        customerId: appId(customer.customer_id),
        name: customer.name,
        email: customer.email ?? undefined,
        phone: customer.phone ?? undefined,
      }),
    }),
  ],
});
