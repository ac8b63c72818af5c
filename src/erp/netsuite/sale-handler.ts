// sale.confirm on NetSuite: a sales order by its external id, approved as it is written. An upsert of an order that is there
// already would write over what became of it since, so it is looked for first.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleConfirm } from '../../operations/sales.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused } from '../rest/read-rest.ts';
import { ensureCustomer } from './customer-handler.ts';
import { amountIn, currencyOf, goodsOf, headOf, idIn } from './documents.ts';
import { externalIdOf } from './external-id.ts';
import { createNetsuiteClient, type NetsuiteClient, unknownItem } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { pollNetsuiteJob } from './poll-netsuite-job.ts';

type Call = ErpCall<InputOf<typeof saleConfirm>>;

const fieldNames = {
  entity: 'customer.customerId',
  'item.items.item': 'lines',
  'item.items.quantity': 'lines',
  'item.items.rate': 'lines',
  item: 'lines',
  currency: 'currency',
  tranDate: 'orderedAt',
  otherRefNum: 'orderId',
};

/** Pending Fulfillment: approved. */
const approved = 'B';

export function createConfirmHandler(options: NetsuiteOptions): OperationHandler<typeof saleConfirm> {
  const clientOf = (call: Call) => createNetsuiteClient(call, options, fieldNames);
  const find = (call: Call) => clientOf(call).find('salesOrder', externalIdOf('order', call.input.orderId));
  return keyedOperation<typeof saleConfirm>({
    find,
    isDone: (order) => stateOf(order) !== 'pending_approval',
    write: async (call, begun) => {
      const client = clientOf(call);
      const id = externalIdOf('order', call.input.orderId);
      if (begun !== null) return client.upsert('salesOrder', id, { orderStatus: { id: approved } });
      const existing = await find(call);
      if (existing.kind !== 'document') return existing;
      if (existing.document !== null && stateOf(existing.document) !== 'pending_approval')
        return { kind: 'already', document: existing.document };
      const order = await toOrder(client, options, call);
      return order.kind === 'order' ? client.upsert('salesOrder', id, order.body) : order;
    },
    verify: ({ input }, order) => ({
      kind: 'verified',
      output: {
        ...headOf(order),
        state: stateOf(order),
        orderId: order.otherRefNum === input.orderId ? input.orderId : String(order.otherRefNum ?? ''),
        currency: currencyOf(order, options.currencies),
        total: amountIn(order, 'total'),
        lines: goodsOf(order, [options.shippingItem, options.discountItem]),
      },
    }),
    poll: pollNetsuiteJob(find, fieldNames),
  });
}

function stateOf({ orderStatus }: JsonObject): string {
  const id = idIn(orderStatus);
  if (id === 'A') return 'pending_approval';
  return id === 'C' ? 'cancelled' : 'confirmed';
}

type Order = { readonly kind: 'order'; readonly body: JsonObject } | AdapterFailure;

async function toOrder(client: NetsuiteClient, options: NetsuiteOptions, { input }: Call): Promise<Order> {
  const currency = Object.hasOwn(options.currencies, input.currency)
    ? options.currencies[input.currency]
    : undefined;
  if (currency === undefined) return refused('currency_unknown', 'currencies does not name it', 'currency');
  const { shippingTotal = '0', discountTotal = '0' } = input;
  const extras = [
    { field: 'shippingTotal', sku: options.shippingItem, rate: Number(shippingTotal) },
    { field: 'discountTotal', sku: options.discountItem, rate: -Number(discountTotal) },
  ].filter(({ rate }) => rate !== 0);
  const homeless = extras.find(({ sku }) => sku === undefined);
  if (homeless !== undefined)
    return refused('charge_unsupported', 'no item is configured for it', homeless.field);
  const lines = [
    ...input.lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, rate: Number(unitPrice) })),
    ...extras.map(({ sku = '', rate }) => ({ sku, quantity: 1, rate })),
  ];
  const items = await client.itemIds(lines.map(({ sku }) => sku));
  if (items.kind !== 'items') return items;
  const missing = lines.findIndex(({ sku }) => items.idOf(sku) === null);
  if (missing !== -1) return unknownItem(missing, lines[missing]?.sku ?? '');
  const customer = await ensureCustomer(client, options, input.customer);
  if (customer.kind !== 'customer') return customer;
  const body = {
    ...{ entity: { id: customer.id }, otherRefNum: input.orderId, currency: { id: currency } },
    ...(input.orderedAt === undefined ? {} : { tranDate: input.orderedAt.slice(0, 10) }),
    orderStatus: { id: approved },
    item: {
      // Price level -1 is a price of one's own.
      items: lines.map(({ sku, quantity, rate }) => ({
        ...{ item: { id: items.idOf(sku) }, quantity, rate, price: { id: '-1' } },
      })),
    },
  };
  return { kind: 'order', body };
}
