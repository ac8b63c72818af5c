// WooCommerce: what customers order, pay and cancel, into the ERP.
//
//   the shop says          the ERP does          why then
//   order placed           sale.confirm          the goods are promised: they are reserved, paid or not
//   order paid             invoice.post          the money itself is a payment provider's event
//   order cancelled        sale.cancel           while it is not paid

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { roundDecimal, sumMoney } from '../../../src/core/money.ts';
import { woocommerce as woocommercePreset } from '../../../src/core/sources/woocommerce.ts';
import type { WooOrder } from '../../../src/core/sources/woocommerce-payloads.ts';
import { invoicePost, saleCancel, saleConfirm } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';

/** Shops count their orders: without a prefix, order 1001 of one would be taken for order 1001 of another. */
export const wooId = (id: number | string): string => `woo-${id}`;

/** POST /hooks/woocommerce */
export const woocommerce = defineSource({
  id: 'woocommerce',
  preset: woocommercePreset,
  secret: 'WOOCOMMERCE_WEBHOOK_SECRET',
  entity: ({ entity }) => (entity === null ? null : { ...entity, id: wooId(entity.id) }),
});

const routes = [
  on(woocommerce, 'order.created').run(saleConfirm, {
    id: 'confirm-sale',
    target: erp,
    input: ({ payload: order }) => ({
      orderId: wooId(order.id),
      customer: wooCustomer(order),
      currency: order.currency,
      // Line totals are after discounts and before tax, so there is no discountTotal.
      lines: order.line_items.map((line) => ({
        lineId: String(line.id),
        sku: line.sku || String(line.variation_id || line.product_id),
        quantity: line.quantity,
        unitPrice: roundDecimal(line.price, 4),
        total: line.total,
      })),
      // Fees (gift wrapping, cash on delivery) go with the shipping.
      shippingTotal: sumMoney(
        [order.shipping_total, ...order.fee_lines.map(({ total }) => total)],
        order.currency,
      ),
      taxTotal: order.total_tax,
      total: order.total,
      orderedAt: `${order.date_created_gmt}Z`,
    }),
  }),

  // WooCommerce sends order.updated for every change and a body built when it is sent. That a paid order is seen often
  // costs nothing: invoice.post runs once for an order, what comes again is answered from the ledger.
  on(woocommerce, 'order.updated').run(invoicePost, {
    id: 'post-invoice',
    target: erp,
    after: ['order.created'],
    when: ({ payload: order }) => order.date_paid_gmt !== null,
    input: ({ payload: order }) => ({ orderId: wooId(order.id) }),
  }),

  on(woocommerce, 'order.updated').run(saleCancel, {
    id: 'cancel-sale',
    target: erp,
    after: ['order.created'],
    when: ({ payload: order }) =>
      order.date_paid_gmt === null && ['cancelled', 'failed', 'trash'].includes(order.status),
    input: ({ payload: order }) => ({ orderId: wooId(order.id), reason: order.status }),
  }),
];

export const woocommerceOrders = defineIntegration({
  name: 'woocommerce',
  sources: [woocommerce],
  targets: [erp],
  routes,
});

function fullName(person: { readonly first_name: string | null; readonly last_name: string | null }): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ');
}

function wooCustomer({ id, number, customer_id, billing }: WooOrder) {
  return {
    customerId: wooId(customer_id === 0 ? `guest-${id}` : customer_id),
    name: fullName(billing) || billing.email || `Customer of ${number}`,
    email: billing.email || undefined,
  };
}
