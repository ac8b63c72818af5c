// Prices: what a product is sold for, one for each SKU, price list and currency.
// A new price replaces the old one; orders that exist keep theirs.

import * as z from 'zod';
import { formatMoney, storedMoney } from '../decimal.ts';
import type { PriceDocument } from '../documents.ts';
import { COMPANY_CURRENCY, type Erp, isoTime, parseBody } from '../erp.ts';
import * as fields from './fields.ts';
import { productOfLine } from './products.ts';
import { warn } from './warnings.ts';

/** Price lists and currencies of one product: more than a company keeps. */
const MAX_PRICES_OF_PRODUCT = 1_000;

const priceBody = z.object({
  relayKey: fields.relayKeyField,
  priceList: fields.idField.nullish(),
  currency: fields.currencyField,
  price: fields.moneyField,
  asOf: fields.timeField.nullish(),
  acknowledgeWarnings: fields.acknowledgeWarnings,
});

export function setPrice(erp: Erp, sku: string, body: unknown): PriceDocument {
  const input = parseBody(priceBody, body);
  const { currency, relayKey = null, priceList = null, asOf = null } = input;
  const amount = fields.amountOrZero(input.price, 'price');
  const product = productOfLine(erp, sku, 'sku');
  if (currency === COMPANY_CURRENCY && amount < storedMoney(product.cost))
    warn(input.acknowledgeWarnings, 'price_below_cost', `${sku} costs ${product.cost} ${currency}.`);
  const price = formatMoney(amount, currency);
  const known = erp.store
    .find('price', { column: 'reference', value: sku }, MAX_PRICES_OF_PRODUCT)
    .find((other) => other.priceList === priceList && other.currency === currency);
  const document: PriceDocument =
    known === undefined
      ? {
          ...erp.store.next('price', 'PRICE/'),
          ...{ state: 'active', createdAt: isoTime(erp.now), revision: 1 },
          ...{ relayKey, sku, priceList, currency, price, asOf },
        }
      : { ...known, relayKey, price, asOf, revision: known.revision + 1 };
  if (known === undefined) erp.store.insert('price', document);
  else erp.store.update('price', document);
  const { documentId } = document;
  erp.store.appendEffect({ at: erp.now, operation: 'price.set', relayKey, documentId, reference: sku });
  return document;
}
