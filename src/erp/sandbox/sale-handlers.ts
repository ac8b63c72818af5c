// sale.confirm and sale.cancel on the sandbox ERP: an order made and confirmed in one transaction, and its cancellation.
// "Not in a state that can be …" is read before it is believed: it is also what the ERP says when it was done before.

import type { ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleCancel, saleConfirm } from '../../operations/sales.ts';
import { keyedBody, lookupByKey, performedWithoutAnswer } from './keyed-document.ts';
import { find, type SandboxOptions, verifyAnswer, write } from './sandbox-calls.ts';
import { transition } from './transition.ts';

const orders = '/api/orders';

export function createConfirmHandler(options: SandboxOptions): OperationHandler<typeof saleConfirm> {
  return {
    lookup: (call) => lookupByKey(call, orders),
    perform: async (call, unfinished) => {
      if (isJsonObject(unfinished)) {
        const draft = {
          collection: orders,
          document: unfinished,
          verb: 'confirm',
          goal: 'confirmed',
        } as const;
        return transition(call, draft, options);
      }
      const body = { ...call.input, relayKey: call.key, state: 'confirmed' };
      const answer = await write(call, { method: 'POST', path: orders, body }, { options, step: 'create' });
      if (answer.kind !== 'answer') return answer;
      if (isJsonObject(answer.json)) return { kind: 'performed', answer: answer.json };
      return performedWithoutAnswer(call, orders);
    },
    verify: verifyAnswer,
  };
}

export function createCancelHandler(options: SandboxOptions): OperationHandler<typeof saleCancel> {
  return {
    lookup: async (call): Promise<Lookup> => {
      const order = await findOrder(call);
      if (order.kind !== 'order') return order;
      const isDone = order.order?.state === 'cancelled';
      return isDone ? { kind: 'found', answer: order.order } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const found = await findOrder(call);
      if (found.kind !== 'order') return found;
      const { order } = found;
      if (order === null) return unknownOrder(call.input.orderId);
      if (order.state === 'cancelled') return { kind: 'performed', answer: order, already: true };
      const body = keyedBody({ reason: call.input.reason }, call.key);
      const cancel = {
        collection: orders,
        document: order,
        verb: 'cancel',
        goal: 'cancelled',
        body,
      } as const;
      return transition(call, cancel, options);
    },
    verify: verifyAnswer,
  };
}

type FoundOrder =
  | { readonly kind: 'order'; readonly order: JsonObject | null }
  | Exclude<Awaited<ReturnType<typeof find>>, { kind: 'found' }>;

/** The order that is meant: one that is not cancelled before one that is. */
async function findOrder(call: ErpCall<InputOf<typeof saleCancel>>): Promise<FoundOrder> {
  const found = await find(call, orders, { orderId: call.input.orderId });
  if (found.kind !== 'found') return found;
  const live = found.documents.find(({ state }) => state !== 'cancelled');
  return { kind: 'order', order: live ?? found.documents[0] ?? null };
}

function unknownOrder(orderId: string): Performed {
  const message = `the ERP has no order ${orderId}`;
  return {
    kind: 'rejected',
    code: 'unknown_order',
    message,
    fieldErrors: [{ field: 'orderId', rule: message }],
  };
}
