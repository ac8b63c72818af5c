// stock.set and price.set on ERPNext: both set a state, so the state itself says whether it was done. A Stock Reconciliation
// that changes nothing is refused by ERPNext: then the bin shows that the goal is reached.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { JsonObject } from '../../core/json.ts';
import type { InputOf } from '../../core/operation.ts';
import type { priceSet } from '../../operations/pricing.ts';
import type { stockSet } from '../../operations/stock.ts';
import { type Found, keyedOperation } from '../rest/keyed-operation.ts';
import { amountOf, refused, textOf } from '../rest/read-rest.ts';
import { createErpnextClient, toWritten } from './erpnext-client.ts';
import { type ErpnextSettings, warehouseOf } from './erpnext-options.ts';
import { keyOf, submitted } from './orders.ts';

export const countFieldNames = { item_code: 'sku', qty: 'quantity', warehouse: 'location' };

type StockCall = ErpCall<InputOf<typeof stockSet>>;
type PriceCall = ErpCall<InputOf<typeof priceSet>>;

export function createStockHandler(settings: ErpnextSettings): OperationHandler<typeof stockSet> {
  const findBin = async ({ erp, input }: StockCall): Promise<Found> => {
    const warehouse = warehouseOf(settings, input.location);
    if (warehouse === null)
      return refused('location_unknown', 'no warehouse is configured for it', 'location');
    return createErpnextClient(erp).findOne('Bin', [
      ['item_code', '=', input.sku],
      ['warehouse', '=', warehouse],
    ]);
  };
  return keyedOperation<typeof stockSet>({
    find: findBin,
    replaces: true,
    isDone: ({ actual_qty: onHand }, { input }) => onHand === input.quantity,
    write: async (call) => {
      const warehouse = warehouseOf(settings, call.input.location);
      if (warehouse === null)
        return refused('location_unknown', 'no warehouse is configured for it', 'location');
      const client = createErpnextClient(call.erp, countFieldNames);
      const { sku, quantity } = call.input;
      const document = toReconciliation(settings, keyOf(call), [{ sku, quantity, warehouse }]);
      const saved = await client.insert('Stock Reconciliation', document);
      // What was written is the reconciliation; what counts is the bin.
      return saved.kind === 'document' ? { kind: 'written', document: null } : saved;
    },
    verify: (_call, bin) => ({ kind: 'verified', output: showBin(bin) }),
  });
}

type CountRow = { readonly sku: string; readonly quantity: number; readonly warehouse: string };

export function toReconciliation(
  { company, keyField }: ErpnextSettings,
  key: string,
  rows: readonly CountRow[],
): JsonObject {
  return {
    ...{ purpose: 'Stock Reconciliation', [keyField]: key, docstatus: submitted },
    ...(company === undefined ? {} : { company }),
    items: rows.map(({ sku, quantity, warehouse }) => ({ item_code: sku, warehouse, qty: quantity })),
  };
}

export function showBin({ name, item_code: sku, actual_qty: onHand }: JsonObject) {
  return {
    ...{ documentId: textOf(name), documentNumber: textOf(name), state: 'done' },
    ...{ sku: textOf(sku), onHand: Number(onHand) },
  };
}

export function createPriceHandler(settings: ErpnextSettings): OperationHandler<typeof priceSet> {
  const listOf = ({ input }: PriceCall): string => input.priceList ?? settings.priceList;
  const find = (call: PriceCall): Promise<Found> =>
    createErpnextClient(call.erp).findOne('Item Price', [
      ['item_code', '=', call.input.sku],
      ['price_list', '=', listOf(call)],
      ['currency', '=', call.input.currency],
    ]);
  return keyedOperation<typeof priceSet>({
    find,
    replaces: true,
    isDone: ({ price_list_rate: rate }, { input }) => Number(rate) === Number(input.price),
    write: async (call) => {
      const found = await find(call);
      if (found.kind !== 'document') return found;
      const { sku, currency, price } = call.input;
      const fieldNames = { item_code: 'sku', price_list: 'priceList', price_list_rate: 'price' };
      const client = createErpnextClient(call.erp, fieldNames);
      const rate = { price_list_rate: Number(price) };
      if (found.document !== null) return toWritten(await client.change('Item Price', found.document, rate));
      const made = { item_code: sku, price_list: listOf(call), currency, ...rate };
      return toWritten(await client.insert('Item Price', made));
    },
    verify: ({ input }, price) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(price.name), documentNumber: textOf(price.name), state: 'active' },
        ...{ sku: textOf(price.item_code), currency: textOf(price.currency) },
        priceList: input.priceList === undefined ? null : textOf(price.price_list),
        price: amountOf(price.price_list_rate),
      },
    }),
  });
}
