// payment.register on ERPNext: the Payment Entry that ERPNext makes of the invoice, or of the order where nothing is invoiced
// yet, with the provider's id as its reference, inserted and submitted in one request.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { createErpnextClient, type ErpnextClient, toWritten } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';
import { findInvoice } from './invoice-handler.ts';
import { amountIn, findByKey, findOrder, headOf, isSubmitted, keyOf, submitted } from './orders.ts';

type Call = ErpCall<InputOf<typeof paymentRegister>>;

const mapper = 'erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry';
const dataChars = 140;
const fieldNames = {
  reference_no: 'paymentId',
  reference_date: 'paidAt',
  posting_date: 'paidAt',
  paid_amount: 'amount',
  received_amount: 'amount',
  mode_of_payment: 'method',
};

const referenceOf = (paymentId: string): string => stampOf(paymentId, dataChars);

export function createPaymentHandler(settings: ErpnextSettings): OperationHandler<typeof paymentRegister> {
  return keyedOperation<typeof paymentRegister>({
    find: findByKey('Payment Entry', settings),
    findGoal: ({ erp, input }) =>
      createErpnextClient(erp).findOne('Payment Entry', [
        ['reference_no', '=', referenceOf(input.paymentId)],
        ['docstatus', '=', submitted],
      ]),
    isDone: isSubmitted,
    write: async (call, begun) => {
      const client = createErpnextClient(call.erp, fieldNames);
      if (begun !== null)
        return toWritten(await client.change('Payment Entry', begun, { docstatus: submitted }));
      const paid = await findPaid(client, call);
      if (paid.kind !== 'paid') return paid;
      const made = await client.make(mapper, { dt: paid.doctype, dn: paid.name });
      if (made.kind !== 'document') return made;
      if (made.document.paid_from_account_currency !== call.input.currency)
        return refused(
          'currency_mismatch',
          `is not ${textOf(made.document.paid_from_account_currency)}`,
          'currency',
        );
      return toWritten(await client.insert('Payment Entry', toEntry(call, settings, made.document)));
    },
    verify: ({ input }, entry) => ({
      kind: 'verified',
      output: {
        ...headOf(entry, 'posted'),
        paymentId:
          entry.reference_no === referenceOf(input.paymentId) ? input.paymentId : textOf(entry.reference_no),
        currency: entry.paid_from_account_currency,
        amount: amountIn(entry, 'paid_amount'),
        accountingDate: textOf(entry.posting_date) || null,
      },
    }),
  });
}

async function findPaid(client: ErpnextClient, { input }: Call) {
  const { invoiceNumber, orderId = '' } = input;
  if (invoiceNumber !== undefined)
    return { kind: 'paid', doctype: 'Sales Invoice', name: invoiceNumber } as const;
  const invoice = await findInvoice(client, orderId);
  if (invoice.kind !== 'document') return invoice;
  if (invoice.document !== null)
    return { kind: 'paid', doctype: 'Sales Invoice', name: textOf(invoice.document.name) } as const;
  const found = await findOrder(client, orderId);
  if (found.kind !== 'order') return found;
  return { kind: 'paid', doctype: 'Sales Order', name: textOf(found.order.name) } as const;
}

/** What is paid is put on the one document; ERPNext refuses more than it leaves open. */
function toEntry(call: Call, { keyField, modesOfPayment }: ErpnextSettings, made: JsonObject): JsonObject {
  const { paymentId, paidAt, amount, method } = call.input;
  const [reference, ...others] = objectsOf(made.references);
  const allocated = reference === undefined ? [] : [{ ...reference, allocated_amount: Number(amount) }];
  const mode =
    method !== undefined && Object.hasOwn(modesOfPayment, method) ? modesOfPayment[method] : undefined;
  const day = paidAt.slice(0, 10);
  return {
    ...made,
    ...{ [keyField]: keyOf(call), reference_no: referenceOf(paymentId), reference_date: day },
    ...{ posting_date: day, paid_amount: Number(amount), received_amount: Number(amount) },
    ...(mode === undefined ? {} : { mode_of_payment: mode }),
    references: [...allocated, ...others.map((row) => ({ ...row, allocated_amount: 0 }))],
    docstatus: submitted,
  };
}
