// price.set on Business Central: the unit price of an item, in the company's own currency, changed with the etag it was read with. Price
// lists are not in the standard API. The price itself says whether it was done.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { priceSet } from '../../operations/pricing.ts';
import { keyedOperation } from '../rest/keyed-operation.ts';
import { amountOf, refused, textOf } from '../rest/read-rest.ts';
import { createBcClient, quoted } from './bc-client.ts';
import type { BusinessCentralOptions } from './bc-options.ts';

type Call = ErpCall<InputOf<typeof priceSet>>;

const fieldNames = { unitPrice: 'price', 'Unit Price': 'price', number: 'sku' };

export function createPriceHandler(options: BusinessCentralOptions): OperationHandler<typeof priceSet> {
  const find = ({ erp, input }: Call) =>
    createBcClient(erp, { ...options, fieldNames }).findOne('items', `number eq ${quoted(input.sku)}`);
  return keyedOperation<typeof priceSet>({
    find,
    replaces: true,
    isDone: ({ unitPrice }, { input }) => Number(unitPrice) === Number(input.price),
    write: async (call) => {
      const { sku, priceList, currency, price } = call.input;
      if (priceList !== undefined)
        return refused('price_list_unsupported', 'the standard API has no price lists', 'priceList');
      if (currency !== options.currency)
        return refused('currency_unsupported', `an item's price is in ${options.currency}`, 'currency');
      const found = await find(call);
      if (found.kind !== 'document') return found;
      if (found.document === null) return refused('unknown_reference', `there is no item ${sku}`, 'sku');
      const client = createBcClient(call.erp, { ...options, fieldNames });
      const saved = await client.change('items', found.document, { unitPrice: Number(price) });
      return saved.kind === 'document' ? { kind: 'written', document: saved.document } : saved;
    },
    verify: (_call, item) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(item.id), documentNumber: textOf(item.number), state: 'active' },
        ...{ sku: textOf(item.number), priceList: null, currency: options.currency },
        price: amountOf(item.unitPrice),
      },
    }),
  });
}
