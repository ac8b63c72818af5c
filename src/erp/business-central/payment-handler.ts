// payment.register on Business Central: a line in the relay's own payment journal, applied to the invoice where there is one, then the
// journal is posted. Posting posts all that is in the journal, so no person may keep lines there. The ledger shows what was posted.

import type { AdapterFailure, ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonValue } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { paymentRegister } from '../../operations/payments.ts';
import { type Found, keyedOperation } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { stampOf } from '../rest/stamps.ts';
import { type BcClient, createBcClient, quoted } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';
import { amountIn, dayOf, externalNumberOf, findOrder, findPostedInvoice } from './orders.ts';

type Call = ErpCall<InputOf<typeof paymentRegister>>;

/** Characters of a document number: Code[20]. */
const numberChars = 20;

const fieldNames = {
  'Posting Date': 'paidAt',
  postingDate: 'paidAt',
  amount: 'amount',
  Amount: 'amount',
  appliesToInvoiceId: 'invoiceNumber',
};

const numberOf = (paymentId: string): string => stampOf(paymentId, numberChars).toUpperCase();

export function createPaymentHandler(
  options: BusinessCentralOptions,
  journalId: string,
): OperationHandler<typeof paymentRegister> {
  const lines = `customerPaymentJournals(${journalId})/customerPayments`;
  const findLine = (client: BcClient, { input }: Call): Promise<Found> =>
    client.findOne(lines, `documentNumber eq ${quoted(numberOf(input.paymentId))}`);
  return keyedOperation<typeof paymentRegister>({
    find: async (call) => {
      const client = createBcClient(call.erp, options);
      const posted = await findPosted(client, call);
      return posted.kind === 'document' && posted.document === null ? findLine(client, call) : posted;
    },
    isDone: ({ isPosted }) => isPosted === true,
    write: async (call, begun) => {
      const client = createBcClient(call.erp, { ...options, fieldNames });
      if (begun === null) {
        const line = await toLine(client, options, call);
        if (line.kind !== 'line') return line;
        const made = await client.create(lines, line.fields);
        if (made.kind !== 'document') return made;
      }
      const acted = await client.act(`journals(${journalId})/Microsoft.NAV.post`);
      return acted.kind === 'acted' ? { kind: 'written', document: null } : acted;
    },
    verify: ({ input }, entry) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(entry.id), documentNumber: textOf(entry.documentNumber) },
        state: entry.isPosted === true ? 'posted' : 'draft',
        paymentId: entry.documentNumber === numberOf(input.paymentId) ? input.paymentId : '',
        currency: options.currency,
        amount: amountIn(entry, 'debitAmount'),
        accountingDate: dayOf(entry.postingDate),
      },
    }),
  });
}

/** The bank's side of the posted payment: the one entry that is debited. */
async function findPosted(client: BcClient, { input }: Call): Promise<Found> {
  const number = quoted(numberOf(input.paymentId));
  const filter = `documentNumber eq ${number} and debitAmount gt 0`;
  const found = await client.findOne('generalLedgerEntries', filter);
  if (found.kind !== 'document' || found.document === null) return found;
  return { kind: 'document', document: { ...found.document, isPosted: true } };
}

async function toLine(client: BcClient, options: BusinessCentralOptions, { input }: Call) {
  if (input.currency !== options.currency)
    return refused('currency_unsupported', `payments are booked in ${options.currency} only`, 'currency');
  const payer = await findPayer(client, input);
  if (payer.kind !== 'payer') return payer;
  const fields = {
    ...{ customerId: payer.customerId, documentNumber: numberOf(input.paymentId) },
    ...{ externalDocumentNumber: externalNumberOf(input.paymentId), postingDate: input.paidAt.slice(0, 10) },
    // Money that comes in is written below zero here.
    amount: -Number(input.amount),
    ...(payer.invoiceId === null ? {} : { appliesToInvoiceId: payer.invoiceId }),
  };
  return { kind: 'line', fields } as const;
}

type Payer =
  | {
      readonly kind: 'payer';
      readonly customerId: JsonValue | undefined;
      /** Null: a prepayment, which stands open on the customer. */
      readonly invoiceId: JsonValue | null;
    }
  | AdapterFailure;

/** Who pays, and what: the posted invoice, else the order that is not invoiced yet. */
async function findPayer(client: BcClient, { invoiceNumber, orderId = '' }: Call['input']): Promise<Payer> {
  const invoice =
    invoiceNumber === undefined
      ? await findPostedInvoice(client, orderId)
      : await client.findOne('salesInvoices', `number eq ${quoted(invoiceNumber)}`);
  if (invoice.kind !== 'document') return invoice;
  if (invoice.document !== null) {
    const { customerId, id = null } = invoice.document;
    return { kind: 'payer', customerId, invoiceId: id };
  }
  if (invoiceNumber !== undefined)
    return refused('not_invoiced', 'there is no posted invoice to pay', 'invoiceNumber');
  const order = await findOrder(client, orderId);
  if (order.kind !== 'document') return order;
  if (order.document === null)
    return refused('order_unknown', `there is neither an invoice nor an open order ${orderId}`, 'orderId');
  return { kind: 'payer', customerId: order.document.customerId, invoiceId: null };
}
