// credit_note.issue on Business Central: a sales credit memo with the refund's id as its external number, then posted. Item
// lines put the goods back on the shelf by themselves; a refund without goods is a line on the refund account.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { creditNoteIssue } from '../../operations/accounting.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { type BcClient, createBcClient, quoted } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';
import { amountIn, dayOf, externalNumberOf, findPostedInvoice, idFrom, whyNotTotal } from './orders.ts';

type Call = ErpCall<InputOf<typeof creditNoteIssue>>;

const fieldNames = {
  'Posting Date': 'postingDate',
  lineObjectNumber: 'lines',
  'No.': 'lines',
  Quantity: 'lines',
};

export function createCreditNoteHandler(
  options: BusinessCentralOptions,
): OperationHandler<typeof creditNoteIssue> {
  return keyedOperation<typeof creditNoteIssue>({
    find: ({ erp, input }) =>
      createBcClient(erp, options).findOne(
        'salesCreditMemos',
        `externalDocumentNumber eq ${quoted(externalNumberOf(input.refundId))}`,
        'salesCreditMemoLines',
      ),
    isDone: ({ status }) => status !== 'Draft',
    write: async (call, begun) => {
      const client = createBcClient(call.erp, { ...options, fieldNames });
      const made =
        begun === null ? await createMemo(client, options, call) : ({ kind: 'memo', memo: begun } as const);
      if (made.kind !== 'memo') return made;
      const { memo } = made;
      const differs = whyNotTotal(memo, { promised: call.input.amount, field: 'amount' });
      if (differs !== null) return differs;
      const acted = await client.act(`salesCreditMemos(${textOf(memo.id)})/Microsoft.NAV.post`);
      return acted.kind === 'acted' ? { kind: 'written', document: null } : acted;
    },
    verify: ({ input }, memo) => ({ kind: 'verified', output: toOutput(input, memo) }),
  });
}

function toOutput(input: Call['input'], memo: JsonObject) {
  const lines = objectsOf(memo.salesCreditMemoLines).filter(({ lineType }) => lineType === 'Item');
  const goods = lines.map(({ lineObjectNumber, quantity }) => ({
    sku: textOf(lineObjectNumber),
    quantity: Number(quantity),
  }));
  return {
    ...{ documentId: textOf(memo.id), documentNumber: textOf(memo.number) },
    state: ['Open', 'Paid'].includes(textOf(memo.status)) ? 'posted' : textOf(memo.status).toLowerCase(),
    refundId: idFrom(memo.externalDocumentNumber, input.refundId),
    // A credit memo has one external number, which is the refund's; it is found by it and by nothing else.
    orderId: input.orderId,
    currency: memo.currencyCode,
    amount: amountIn(memo, 'totalAmountIncludingTax'),
    restocked: goods.length > 0,
    lines: goods.length > 0 ? goods : null,
    accountingDate: dayOf(memo.postingDate),
  };
}

async function createMemo(client: BcClient, options: BusinessCentralOptions, { input }: Call) {
  const { lines = [], restock = false } = input;
  if (!restock && options.refundAccount === undefined)
    return refused('refund_account_missing', 'refundAccount is not configured', 'restock');
  const found = await findPostedInvoice(client, input.orderId);
  if (found.kind !== 'document') return found;
  if (found.document === null)
    return refused('not_invoiced', 'there is no posted invoice of this order', 'orderId');
  const goods = lines.map(({ sku, quantity, amount }) => ({
    ...{ lineType: 'Item', lineObjectNumber: sku, quantity, unitPrice: Number(amount) / quantity },
  }));
  const covered = lines.reduce((sum, { amount }) => sum + Number(amount), 0);
  const rest = Math.round((Number(input.amount) - (restock ? covered : 0)) * 10_000) / 10_000;
  if (rest > 0 && options.refundAccount === undefined)
    return refused('refund_account_missing', 'refundAccount is not configured', 'amount');
  const money = {
    ...{ lineType: 'Account', lineObjectNumber: options.refundAccount, quantity: 1, unitPrice: rest },
    ...(input.reason === undefined ? {} : { description: input.reason.slice(0, 100) }),
  };
  const made = await client.create('salesCreditMemos', {
    ...{ customerId: found.document.customerId, externalDocumentNumber: externalNumberOf(input.refundId) },
    ...(input.currency === options.currency ? {} : { currencyCode: input.currency }),
    ...(input.postingDate === undefined ? {} : { postingDate: input.postingDate }),
    salesCreditMemoLines: [...(restock ? goods : []), ...(rest > 0 ? [money] : [])],
  });
  return made.kind === 'document' ? ({ kind: 'memo', memo: made.document } as const) : made;
}
