// sale.cancel on NetSuite: the order's status is set to cancelled, which NetSuite lets pass only while nothing of it was shipped or
// invoiced. The status that is read afterwards decides.

import type { OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { saleCancel } from '../../operations/sales.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { headOf, idIn } from './documents.ts';
import { externalIdOf } from './external-id.ts';
import { createNetsuiteClient } from './netsuite-client.ts';

const cancelled = 'C';

const isCancelled = ({ orderStatus }: JsonObject): boolean => idIn(orderStatus) === cancelled;

/** At once, also where documents are made as jobs: there is nothing to be found by its key afterwards. */
export function createCancelHandler(): OperationHandler<typeof saleCancel> {
  return keyedOperation<typeof saleCancel>({
    find: (call) =>
      createNetsuiteClient(call, {}).find('salesOrder', externalIdOf('order', call.input.orderId)),
    replaces: true,
    isDone: isCancelled,
    write: async (call) => {
      const client = createNetsuiteClient(call, {}, { orderStatus: 'orderId' });
      const id = externalIdOf('order', call.input.orderId);
      const order = await client.find('salesOrder', id);
      if (order.kind !== 'document') return order;
      if (order.document === null)
        return refused('order_unknown', `NetSuite has no order ${call.input.orderId}`, 'orderId');
      if (isCancelled(order.document)) return { kind: 'already', document: order.document };
      return client.upsert('salesOrder', id, { orderStatus: { id: cancelled } });
    },
    verify: ({ input }, order) => ({
      kind: 'verified',
      output: {
        ...headOf(order),
        state: isCancelled(order) ? 'cancelled' : 'confirmed',
        orderId: order.otherRefNum === input.orderId ? input.orderId : textOf(order.otherRefNum),
      },
    }),
  });
}
