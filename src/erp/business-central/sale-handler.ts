// sale.confirm on Business Central: the order with its lines in one request, its total looked at, then released by the action
// the company's extension offers. Two requests: an order that was made and not released is found and released.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleConfirm } from '../../operations/sales.ts';
import { keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { type BcClient, createBcClient } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';
import { ensureCustomer } from './customer-handler.ts';
import { amountIn, externalNumberOf, findOrder, goodsOf, idFrom, whyNotTotal } from './orders.ts';

type Call = ErpCall<InputOf<typeof saleConfirm>>;

const fieldNames = {
  customerNumber: 'customer.customerId',
  lineObjectNumber: 'lines',
  'No.': 'lines',
  Quantity: 'lines',
  currencyCode: 'currency',
  'Currency Code': 'currency',
  orderDate: 'orderedAt',
};

export function createConfirmHandler(
  options: BusinessCentralOptions,
  releaseAction: string,
): OperationHandler<typeof saleConfirm> {
  return keyedOperation<typeof saleConfirm>({
    find: ({ erp, input }) => findOrder(createBcClient(erp, options), input.orderId),
    // Released is `Open` in this API; `Draft` is what it calls an open one.
    isDone: ({ status }) => status === 'Open',
    write: async (call, begun) => {
      const client = createBcClient(call.erp, { ...options, fieldNames });
      // The number is not unique: a second order with it would not be refused.
      const found =
        begun === null
          ? await findOrder(client, call.input.orderId)
          : ({ kind: 'document', document: begun } as const);
      if (found.kind !== 'document') return found;
      if (found.document?.status === 'Open') return { kind: 'already', document: found.document };
      const made =
        found.document === null
          ? await createOrder(client, options, call)
          : ({ kind: 'order', document: found.document } as const);
      if (made.kind !== 'order') return made;
      const { document } = made;
      return release({ client, call, document, releaseAction });
    },
    verify: ({ input }, order) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(order.id), documentNumber: textOf(order.number) },
        state: order.status === 'Open' ? 'confirmed' : textOf(order.status).toLowerCase(),
        orderId: idFrom(order.externalDocumentNumber, input.orderId),
        currency: order.currencyCode,
        total: amountIn(order, 'totalAmountIncludingTax'),
        lines: goodsOf(order.salesOrderLines, options.shippingItem),
      },
    }),
  });
}

type Releasing = {
  readonly client: BcClient;
  readonly call: Call;
  readonly document: JsonObject;
  readonly releaseAction: string;
};

async function release({ client, call, document, releaseAction }: Releasing): Promise<Written> {
  const differs = whyNotTotal(document, { promised: call.input.total, field: 'total' });
  if (differs !== null) return differs;
  const acted = await client.act(`salesOrders(${textOf(document.id)})/${releaseAction}`);
  return acted.kind === 'acted' ? { kind: 'written', document: null } : acted;
}

async function createOrder(client: BcClient, options: BusinessCentralOptions, { input }: Call) {
  const shipping = Number(input.shippingTotal ?? 0);
  if (shipping > 0 && options.shippingItem === undefined)
    return refused('charge_unsupported', 'shippingItem is not configured', 'shippingTotal');
  const customer = await ensureCustomer(client, input.customer);
  if (customer.kind !== 'customer') return customer;
  const line = (sku: string | undefined, quantity: number, unitPrice: number) => ({
    ...{ lineType: 'Item', lineObjectNumber: sku, quantity, unitPrice },
  });
  const goods = input.lines.map(({ sku, quantity, unitPrice }) => line(sku, quantity, Number(unitPrice)));
  const made = await client.create('salesOrders', {
    ...{ customerNumber: customer.number, externalDocumentNumber: externalNumberOf(input.orderId) },
    // The company's own currency has no code of its own.
    ...(input.currency === options.currency ? {} : { currencyCode: input.currency }),
    ...(input.orderedAt === undefined ? {} : { orderDate: input.orderedAt.slice(0, 10) }),
    ...(Number(input.discountTotal ?? 0) > 0 ? { discountAmount: Number(input.discountTotal) } : {}),
    salesOrderLines: shipping > 0 ? [...goods, line(options.shippingItem, 1, shipping)] : goods,
  });
  return made.kind === 'document' ? ({ kind: 'order', document: made.document } as const) : made;
}
