// Pricing: what a product is sold for.
// States intent only; how an ERP does it is in src/erp.

import * as z from 'zod';
import { differences, expectAmount, expectEqual, expectStated } from './compare.ts';
import { defineOperation } from './define-operation.ts';
import {
  currencyField,
  documentFields,
  idField,
  instantField,
  unitPriceField,
  writtenAmount,
} from './fields.ts';
import { acknowledgeWarningsField } from './policies.ts';

/** Sets what a piece is sold for from now on: a newer price makes an older one pointless. Changes no order that exists. */
export const priceSet = defineOperation({
  name: 'price.set',
  version: 1,
  requires: ['pricing'],
  repeats: 'per_version',
  replacesState: true,
  keyFields: ['sku', 'priceList', 'currency'],
  input: z.strictObject({
    /** The subject, with `priceList` where there is one, and the currency. */
    sku: idField,
    /** Absent: the ERP's default list. */
    priceList: idField.optional(),
    currency: currencyField,
    price: unitPriceField,
    /** When the sender decided it. */
    asOf: instantField.optional(),
    acknowledgeWarnings: acknowledgeWarningsField.optional(),
  }),
  output: z.object({
    ...documentFields,
    sku: z.string(),
    priceList: z.string().nullish(),
    currency: z.string(),
    price: writtenAmount,
  }),
  identify: ({ sku, priceList, currency, asOf }) => ({
    entity: { kind: 'product', id: sku },
    subject: `${sku}${priceList === undefined ? '' : `@${priceList}`}:${currency}`,
    ...(asOf === undefined ? {} : { version: asOf }),
  }),
  compare: (price, document) =>
    differences(
      expectEqual('state', 'active', document.state),
      expectEqual('sku', price.sku, document.sku),
      expectStated('priceList', price.priceList, document.priceList),
      expectEqual('currency', price.currency, document.currency),
      expectAmount('price', price.price, document.price),
    ),
});
