// sale.confirm and sale.cancel on ERPNext: a Sales Order inserted and submitted in one request, and its cancellation. The
// order bears the shop's id as the customer's purchase order number. May not change an order that is submitted.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleCancel, saleConfirm } from '../../operations/sales.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused } from '../rest/read-rest.ts';
import { findOrInsertCustomer } from './customer-handler.ts';
import { createErpnextClient, toWritten } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';
import {
  amountIn,
  cancelled,
  findByKey,
  goodsOf,
  headOf,
  isSubmitted,
  keyOf,
  orderIdOf,
  orderNumberOf,
  submitted,
} from './orders.ts';

type Confirm = ErpCall<InputOf<typeof saleConfirm>>;
type Cancel = ErpCall<InputOf<typeof saleCancel>>;

const fieldNames = {
  customer: 'customer.customerId',
  delivery_date: 'orderedAt',
  transaction_date: 'orderedAt',
  item_code: 'lines',
  item: 'lines',
  items: 'lines',
  qty: 'lines',
  currency: 'currency',
};

export function createConfirmHandler(settings: ErpnextSettings): OperationHandler<typeof saleConfirm> {
  return keyedOperation<typeof saleConfirm>({
    find: findByKey('Sales Order', settings),
    // An order of that number which somebody entered by hand is the same order.
    findGoal: ({ erp, input }) =>
      createErpnextClient(erp).findOne('Sales Order', [
        ['po_no', '=', orderNumberOf(input.orderId)],
        ['docstatus', '=', submitted],
      ]),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const client = createErpnextClient(call.erp, fieldNames);
      if (begun !== null)
        return toWritten(await client.change('Sales Order', begun, { docstatus: submitted }));
      const charges = toCharges(call, settings);
      if (charges.kind !== 'charges') return charges;
      if (call.input.orderedAt === undefined)
        return refused(
          'missing_field',
          'is required by ERPNext: the days of order and delivery',
          'orderedAt',
        );
      const customer = await findOrInsertCustomer(client, settings, call.input.customer);
      if (customer.kind !== 'customer') return customer;
      const order = toOrder(call, {
        settings,
        customer: customer.name,
        day: call.input.orderedAt.slice(0, 10),
      });
      return toWritten(await client.insert('Sales Order', { ...order, ...charges.fields }));
    },
    verify: ({ input }, order) => ({
      kind: 'verified',
      output: {
        ...headOf(order, 'confirmed'),
        orderId: orderIdOf(order.po_no, input.orderId),
        currency: order.currency,
        total: amountIn(order, 'grand_total'),
        lines: goodsOf(order),
      },
    }),
  });
}

type OrderHead = { readonly settings: ErpnextSettings; readonly customer: string; readonly day: string };

function toOrder(call: Confirm, { settings, customer, day }: OrderHead): JsonObject {
  const { orderId, currency, lines, discountTotal } = call.input;
  return {
    ...{ customer, po_no: orderNumberOf(orderId), currency, [settings.keyField]: keyOf(call) },
    ...{ transaction_date: day, delivery_date: day, docstatus: submitted },
    ...(settings.company === undefined ? {} : { company: settings.company }),
    ...(settings.defaultWarehouse === undefined ? {} : { set_warehouse: settings.defaultWarehouse }),
    ...(Number(discountTotal ?? 0) > 0
      ? { apply_discount_on: 'Grand Total', discount_amount: Number(discountTotal) }
      : {}),
    items: lines.map(({ sku, quantity, unitPrice }) => ({
      ...{ item_code: sku, qty: quantity, rate: Number(unitPrice), delivery_date: day },
    })),
  };
}

function toCharges({ input }: Confirm, { shippingAccount, taxAccount }: ErpnextSettings) {
  const charges = [
    { field: 'shippingTotal', amount: input.shippingTotal, account: shippingAccount, name: 'Shipping' },
    { field: 'taxTotal', amount: input.taxTotal, account: taxAccount, name: 'Tax' },
  ].filter(({ amount }) => Number(amount ?? 0) > 0);
  const homeless = charges.find(({ account }) => account === undefined);
  if (homeless !== undefined) {
    const option = homeless.field === 'shippingTotal' ? 'shippingAccount' : 'taxAccount';
    return refused('charge_unsupported', `${option} is not configured`, homeless.field);
  }
  const taxes = charges.map(({ account, amount, name }) => ({
    ...{ charge_type: 'Actual', account_head: account, description: name, tax_amount: Number(amount) },
  }));
  return { kind: 'charges', fields: taxes.length === 0 ? {} : { taxes } } as const;
}

export function createCancelHandler(): OperationHandler<typeof saleCancel> {
  const find = ({ erp, input }: Cancel, states: readonly number[]) =>
    createErpnextClient(erp).findOne('Sales Order', [
      ['po_no', '=', orderNumberOf(input.orderId)],
      ['docstatus', 'in', states],
    ]);
  const isCancelled = ({ docstatus }: JsonObject): boolean => docstatus === cancelled;
  return keyedOperation<typeof saleCancel>({
    find: (call) => find(call, [cancelled]),
    isDone: isCancelled,
    write: async (call) => {
      const found = await find(call, [submitted, cancelled]);
      if (found.kind !== 'document') return found;
      const { document } = found;
      if (document === null)
        return refused('order_unknown', `ERPNext holds no submitted order ${call.input.orderId}`, 'orderId');
      if (isCancelled(document)) return { kind: 'already', document };
      const client = createErpnextClient(call.erp);
      return toWritten(await client.change('Sales Order', document, { docstatus: cancelled }));
    },
    verify: ({ input }, order) => ({
      kind: 'verified',
      output: { ...headOf(order, 'confirmed'), orderId: orderIdOf(order.po_no, input.orderId) },
    }),
  });
}
