// sale.cancel on Odoo: the order by the shop's id, cancelled without the dialogue Odoo would open for a person.

import type { ErpCall, Lookup, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleCancel } from '../../operations/sales.ts';
import { createOdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findOrder, unknownOrder } from './orders.ts';

type Call = ErpCall<InputOf<typeof saleCancel>>;

export function createCancelHandler(settings: OdooSettings): OperationHandler<typeof saleCancel> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findOrder(clientOf(call), call.input.orderId);
      if (found.kind !== 'order') return found;
      const isDone = found.order?.state === 'cancel';
      return isDone && found.order !== null ? { kind: 'found', answer: found.order } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const client = clientOf(call);
      const found = await findOrder(client, call.input.orderId);
      if (found.kind !== 'order') return found;
      const { order } = found;
      if (order === null) return unknownOrder(call.input.orderId);
      if (order.state === 'cancel') return { kind: 'performed', answer: order, already: true };
      // Odoo would cancel it and leave the posted invoice as it is.
      if (order.invoice_status === 'invoiced')
        return refused('order_invoiced', `${String(order.name)} has been invoiced`);
      const pressed = await client.press({
        ...{ model: 'sale.order', method: 'action_cancel', ids: [Number(order.id)] },
        context: { disable_cancel_warning: true },
      });
      if (pressed.kind === 'done_before') return pressed.refusal;
      return pressed.kind === 'done' ? { kind: 'performed', answer: order } : pressed;
    },
    verify: async (call, answer) => {
      const id = (answer as { id?: number }).id ?? 0;
      const found = await clientOf(call).findOne(
        'sale.order',
        [['id', '=', id]],
        ['name', 'state', 'client_order_ref'],
      );
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'answer_lost', message: `order ${id} could not be read back` };
      const { name, state, client_order_ref: orderId } = found.row;
      const output = { documentId: String(id), documentNumber: name, orderId };
      return { kind: 'verified', output: { ...output, state: state === 'cancel' ? 'cancelled' : state } };
    },
  };
}
