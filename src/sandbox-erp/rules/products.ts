// Products and what is in stock of them: the catalogue, its seed, moves and their value in the ledger.
// Stock changes only through `moveStock`, so that on hand, the list of moves and the inventory account always agree.

import * as z from 'zod';
import { extend, formatMoney, formatQuantity, storedMoney, storedQuantity, type Units } from '../decimal.ts';
import type { ProductDocument, StockMoveDocument } from '../documents.ts';
import { COMPANY_CURRENCY, DEFAULT_LOCATION, type Erp, isoTime, parseBody } from '../erp.ts';
import { refuse } from '../refusal.ts';
import { type Account, type Posting, postEntry } from './accounting.ts';
import { amountOrZero, idField, moneyField, relayKeyField, withinBounds } from './fields.ts';
import { accountingDate } from './periods.ts';

/** 24 products: enough for orders of many lines, few enough to list. */
const SEEDED_PRODUCTS = 24;

/** Pieces of each seeded product on hand. */
const SEEDED_PIECES: Units = 1_000 * 10_000;

type Goods = { readonly sku: string; readonly location: string; readonly quantity: Units };

const productBody = z.object({
  relayKey: relayKeyField,
  sku: idField,
  name: idField.nullish(),
  cost: moneyField.nullish(),
});

export function createProduct(erp: Erp, body: unknown): ProductDocument {
  const { sku, name, cost, relayKey = null } = parseBody(productBody, body);
  if (erp.store.byReference('product', sku) !== null)
    refuse('sku_taken', `The SKU ${sku} exists already.`, 'sku');
  const product = insertProduct(erp, {
    sku,
    name: name ?? sku,
    cost: amountOrZero(cost, 'cost'),
    catalogued: true,
    relayKey,
  });
  const { documentId } = product;
  erp.store.appendEffect({ at: erp.now, operation: 'product.create', relayKey, documentId, reference: sku });
  return product;
}

type NewProduct = { sku: string; name: string; cost: Units; catalogued: boolean; relayKey: string | null };

function insertProduct(erp: Erp, { sku, name, cost, catalogued, relayKey }: NewProduct): ProductDocument {
  const product: ProductDocument = {
    ...erp.store.next('product', 'PRD/'),
    ...{ state: 'active', relayKey, createdAt: isoTime(erp.now), sku, name, catalogued },
    cost: formatMoney(cost, COMPANY_CURRENCY),
  };
  erp.store.insert('product', product);
  return product;
}

/** The product of a line. An unknown one is made up where the settings allow it, refused where they do not. */
export function productOfLine(erp: Erp, sku: string, field: string): ProductDocument {
  if (erp.invalidSkus.includes(sku)) refuse('invalid_record', `The SKU ${sku} cannot be used.`, field);
  const product = erp.store.byReference('product', sku);
  if (product !== null) return product;
  if (!erp.settings.autoCreateProducts)
    return refuse('unknown_sku', `There is no product with the SKU ${sku}.`, field);
  return insertProduct(erp, { sku, name: sku, cost: 0, catalogued: false, relayKey: null });
}

export function seedProducts(erp: Erp): void {
  for (let number = 1; number <= SEEDED_PRODUCTS; number += 1) {
    const sku = `SKU-${number}`;
    // Costs that differ, so that a wrong product shows in the inventory account: 2.50, 3.75, 5.00 …
    const cost = 12_500 + number * 12_500;
    insertProduct(erp, { sku, name: `Sample product ${number}`, cost, catalogued: true, relayKey: null });
    moveStock(erp, {
      ...{ goods: { sku, location: DEFAULT_LOCATION, quantity: SEEDED_PIECES } },
      ...{ type: 'opening', sourceId: 'opening', against: 'opening' },
    });
  }
}

type Move = {
  /** `quantity`: positive in, negative out. */
  readonly goods: Goods;
  readonly type: StockMoveDocument['type'];
  readonly sourceId: string;
  /** The account the inventory account is posted against. */
  readonly against: Account;
  /** The day it is posted on, known to be open. Absent: today. */
  readonly day?: string | undefined;
};

/** Moves goods at once: on hand, the move, its entry. */
export function moveStock(erp: Erp, { goods, type, sourceId, against, day }: Move): void {
  if (goods.quantity === 0) return;
  const move = insertMove(erp, { goods, type, sourceId, state: 'done' });
  erp.store.addStock(goods, { onHand: goods.quantity });
  postValue(erp, move, { against, day });
}

/** The entry a move that is done makes: inventory against the account of its cause, at the product's cost. */
function postValue(
  erp: Erp,
  move: StockMoveDocument,
  { against, day = accountingDate(erp, { field: 'date' }) }: { against: Account; day?: string | undefined },
): void {
  const product = erp.store.byReference('product', move.sku);
  const cost = storedMoney(product?.cost ?? '0');
  const value = withinBounds(extend(storedQuantity(move.quantity), cost, COMPANY_CURRENCY), 'quantity');
  const postings: Posting[] = [
    { account: 'inventory', amount: value },
    { account: against, amount: -value },
  ];
  const narrative = `${move.type} ${move.documentNumber} of ${move.sku}`;
  postEntry(erp, {
    currency: COMPANY_CURRENCY,
    accountingDate: day,
    narrative,
    sourceId: move.documentId,
    postings,
  });
}

type NewMove = Pick<Move, 'goods' | 'type' | 'sourceId'> & { readonly state: StockMoveDocument['state'] };

export function insertMove(erp: Erp, { goods, type, sourceId, state }: NewMove): StockMoveDocument {
  const move: StockMoveDocument = {
    ...erp.store.next('stock_move', 'WH/MV/'),
    ...{
      state,
      relayKey: null,
      createdAt: isoTime(erp.now),
      type,
      sku: goods.sku,
      location: goods.location,
      sourceId,
    },
    quantity: formatQuantity(goods.quantity),
  };
  erp.store.insert('stock_move', move);
  return move;
}

export type EndedReservation = {
  readonly state: 'done' | 'cancelled';
  /** As of `Move`. */
  readonly day?: string | undefined;
};

/** Ends a reservation: the goods leave, or go back on the shelf. */
export function endReservation(erp: Erp, move: StockMoveDocument, { state, day }: EndedReservation): void {
  const quantity = storedQuantity(move.quantity);
  erp.store.update('stock_move', { ...move, state });
  erp.store.addStock(move, { reserved: quantity, onHand: state === 'done' ? quantity : 0 });
  if (state === 'done') postValue(erp, { ...move, state }, { against: 'cost_of_goods', day });
}
