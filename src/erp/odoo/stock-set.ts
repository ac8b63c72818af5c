// stock.set on Odoo: a counted quantity in inventory mode, then applied. It sets and does not add, so that a second time is
// harmless; what is on hand is read afterwards.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { stockSet } from '../../operations/stock.ts';
import { createOdooClient, type OdooClient } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findProducts } from './products.ts';
import type { Row } from './read-odoo.ts';
import { locationOf } from './transfers.ts';

type Input = InputOf<typeof stockSet>;
type Call = ErpCall<Input>;

export const countFieldNames = { product_id: 'sku', location_id: 'location', inventory_quantity: 'quantity' };

export function createStockHandler(settings: OdooSettings): OperationHandler<typeof stockSet> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, countFieldNames);
  const read = async (call: Call) => readQuant(clientOf(call), settings, call);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await read(call);
      if (found.kind !== 'shelf') return found;
      const isDone = found.quant?.quantity === call.input.quantity;
      return isDone && found.quant !== null ? { kind: 'found', answer: found.quant } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const client = clientOf(call);
      const shelf = await findShelf(client, settings, call);
      if (shelf.kind !== 'place') return shelf;
      const { productId, locationId } = shelf;
      const values = {
        product_id: productId,
        location_id: locationId,
        inventory_quantity: call.input.quantity,
      };
      const quant = await client.create('stock.quant', values, { inventory_mode: true });
      if (quant.kind !== 'created') return quant;
      // Answers nothing at all where it was applied.
      const applied = await client.press({
        model: 'stock.quant',
        method: 'action_apply_inventory',
        ids: [quant.id],
      });
      if (applied.kind === 'done_before') return applied.refusal;
      return applied.kind === 'done' ? { kind: 'performed', answer: { id: quant.id } } : applied;
    },
    verify: async (call) => {
      const found = await read(call);
      if (found.kind !== 'shelf') return found;
      const { quant } = found;
      if (quant === null) return { kind: 'answer_lost', message: 'the stock could not be read back' };
      return { kind: 'verified', output: showQuant(quant, call.input) };
    },
  };
}

export function showQuant({ id, quantity }: Row, { sku, location }: Input) {
  const documentNumber = location === undefined ? sku : `${sku}@${location}`;
  return { documentId: String(id), documentNumber, state: 'done', sku, onHand: quantity };
}

type Shelf =
  | { readonly kind: 'place'; readonly productId: number; readonly locationId: number }
  | AdapterFailure;

async function findShelf(client: OdooClient, settings: OdooSettings, { input }: Call): Promise<Shelf> {
  const { sku, location } = input;
  const place = locationOf(settings, location);
  if (place.kind !== 'location') return place;
  const locationId = place.id ?? settings.stockLocation;
  const products = await findProducts(client, [sku], () => 'sku');
  return products.kind === 'products'
    ? { kind: 'place', productId: products.idOf(sku), locationId }
    : products;
}

type ReadQuant = { readonly kind: 'shelf'; readonly quant: Row | null } | AdapterFailure;

async function readQuant(client: OdooClient, settings: OdooSettings, call: Call): Promise<ReadQuant> {
  const shelf = await findShelf(client, settings, call);
  if (shelf.kind !== 'place') return shelf;
  const domain = [
    ['product_id', '=', shelf.productId],
    ['location_id', '=', shelf.locationId],
  ];
  const found = await client.findOne('stock.quant', domain, ['quantity']);
  return found.kind === 'row' ? { kind: 'shelf', quant: found.row } : found;
}
