// BigCommerce: what customers order and cancel, and the customers themselves, into the ERP. The webhook only says what changed; the order
// with its lines, or the customer, is fetched.
//
//   the shop says          the ERP does          why then
//   order created          sale.confirm          the goods are promised: they are reserved, paid or not
//   order cancelled        sale.cancel
//   customer changed       customer.upsert       a newer state makes an older one pointless

import { defineIntegration, on } from '../../../src/core/define-integration.ts';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { roundDecimal, roundMoney } from '../../../src/core/money.ts';
import {
  type BigCommerceCustomer,
  type BigCommerceOrder,
  bigcommerceRecords,
} from '../../../src/core/sources/bigcommerce-records.ts';
import { customerUpsert, saleCancel, saleConfirm } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';

/** POST /hooks/bigcommerce. The variables say where the store's API is: https://api.bigcommerce.com/stores/<hash>. */
export const bigcommerce = defineThinSource({
  id: 'bigcommerce',
  secret: 'BIGCOMMERCE_CLIENT_SECRET',
  ...bigcommerceRecords({ baseUrl: 'BIGCOMMERCE_API_URL', token: 'BIGCOMMERCE_API_TOKEN' }),
});

/** BigCommerce's `status_id` of a cancelled order. */
const cancelled = 5;

const routes = [
  on(bigcommerce, 'store/order/created').run(saleConfirm, {
    id: 'confirm-sale',
    target: erp,
    input: ({ payload: order }) => toSale(order),
  }),

  on(bigcommerce, 'store/order/statusUpdated').run(saleCancel, {
    id: 'cancel-sale',
    target: erp,
    after: ['store/order/created'],
    when: ({ payload: order }) => order.status_id === cancelled,
    input: ({ payload: order }) => ({ orderId: String(order.id), reason: order.status }),
  }),

  upsertCustomer('store/customer/created', 'create-customer'),
  upsertCustomer('store/customer/updated', 'update-customer'),
];

function upsertCustomer(type: 'store/customer/created' | 'store/customer/updated', id: string) {
  return on(bigcommerce, type).run(customerUpsert, {
    id,
    target: erp,
    subject: ({ payload: customer }) => String(customer.id),
    version: ({ payload: customer }) => customer.date_modified,
    input: ({ payload: customer }) => toCustomer(customer),
  });
}

export const bigcommerceOrders = defineIntegration({
  name: 'bigcommerce',
  sources: [bigcommerce],
  targets: [erp],
  routes,
});

/** Money has four digits there, and as many as its currency here. */
function toSale(order: BigCommerceOrder) {
  const money = (amount: string): string => roundMoney(amount, order.currency_code);
  const { billing_address: billing } = order;
  const customerId = String(order.customer_id);
  return {
    orderId: String(order.id),
    customer: {
      customerId: customerId === '0' ? `guest-${order.id}` : customerId,
      name: fullName(billing) || billing.company || billing.email || `Customer of ${order.id}`,
      email: billing.email || undefined,
    },
    currency: order.currency_code,
    lines: order.products.map((line) => ({
      lineId: String(line.id),
      sku: line.sku || String(line.variant_id || line.product_id),
      quantity: line.quantity,
      unitPrice: roundDecimal(line.price_ex_tax, 4),
    })),
    discountTotal: money(order.discount_amount),
    shippingTotal: money(order.shipping_cost_ex_tax),
    taxTotal: money(order.total_tax),
    total: money(order.total_inc_tax),
    orderedAt: new Date(order.date_created).toISOString(),
  };
}

function fullName(person: { readonly first_name: string; readonly last_name: string }): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ');
}

function toCustomer(customer: BigCommerceCustomer) {
  return {
    customerId: String(customer.id),
    name: fullName(customer) || customer.company || customer.email || `Customer ${customer.id}`,
    email: customer.email || undefined,
    phone: customer.phone || undefined,
  };
}
