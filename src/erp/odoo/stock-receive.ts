// stock.receive on Odoo: goods of a purchase order go by its open transfer; goods that nobody ordered get a receipt of their own, made
// by an external id and marked with the operation key, then validated.

import type { AdapterFailure, ErpCall, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { stockReceive } from '../../operations/stock.ts';
import { digest } from './external-id.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findMarked, lookUpTransfer, markOf, moveGoods } from './pickings.ts';
import { findProducts } from './products.ts';
import { idOf } from './read-odoo.ts';
import { locationOf, receivePurchase, verifyTransfer } from './transfers.ts';

type Input = InputOf<typeof stockReceive>;
type Call = ErpCall<Input>;

const model = 'stock.picking';
const fieldNames = {
  'move_ids/product_id': 'lines',
  product_id: 'lines',
  quantity: 'lines',
  location_dest_id: 'location',
};

export function createStockReceiptHandler(settings: OdooSettings): OperationHandler<typeof stockReceive> {
  const clientOf = ({ erp }: ErpCall<unknown>) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: (call) => lookUpTransfer(clientOf(call), call.key),
    perform: (call) => perform(clientOf(call), call),
    verify: (call) => verifyTransfer(clientOf(call), call, ({ receiptId }: Input) => ({ receiptId })),
  };
}

async function perform(client: OdooClient, call: Call): Promise<Performed> {
  const { purchaseOrder, lines, location } = call.input;
  const { key } = call;
  const place = locationOf(client.settings, location);
  if (place.kind !== 'location') return place;
  const locationId = place.id;
  if (purchaseOrder !== undefined)
    return receivePurchase(client, { purchaseOrder, lines, key, locationId, backorder: 'create' });
  const begun = await findMarked(client, key);
  if (begun.kind !== 'row') return begun;
  if (begun.row?.state === 'done') return { kind: 'performed', answer: begun.row, already: true };
  const made =
    begun.row === null
      ? await makeReceipt(client, call, locationId)
      : ({ kind: 'picking', id: Number(begun.row.id) } as const);
  if (made.kind !== 'picking') return made;
  if (begun.row === null || begun.row.state === 'draft') {
    const pressed = await client.press({ model, method: 'action_confirm', ids: [made.id] });
    if (pressed.kind === 'done_before') return pressed.refusal;
    if (pressed.kind !== 'done') return pressed;
  }
  const transfer = { client, key, lines, backorder: 'create', direction: 'incoming' } as const;
  return moveGoods({ ...transfer, origin: { pickingId: made.id } });
}

type Made = { readonly kind: 'picking'; readonly id: number } | AdapterFailure;

async function makeReceipt(client: OdooClient, call: Call, locationId: number | undefined): Promise<Made> {
  const { input, key } = call;
  const { module, api } = client.settings;
  const ways = await findWays(client);
  if (ways.kind !== 'ways') return ways;
  const skus = input.lines.map(({ sku }) => sku);
  const products = await findProducts(client, skus, (index) => `lines[${index}].sku`);
  if (products.kind !== 'products') return products;
  const [from, to] = [String(ways.from), String(locationId ?? ways.to)];
  const head = [
    ['id', `${module}.receipt_${digest(key)}`],
    ['picking_type_id/.id', String(ways.typeId)],
    ['location_id/.id', from],
    ['location_dest_id/.id', to],
    ['origin', input.receiptId],
    ['note', markOf(key)],
  ] as const;
  // Up to Odoo 18 a move has a description, and must have one.
  const hasName = api === 'jsonrpc';
  const columns = ['id', 'product_id/.id', 'product_uom_qty', 'location_id/.id', 'location_dest_id/.id'];
  const rows = input.lines.map(({ sku, quantity }, index) => [
    ...head.map(([, value]) => (index === 0 ? value : '')),
    ...[`${module}.receipt_${digest(key)}_${index}`, String(products.idOf(sku)), String(quantity), from, to],
    ...(hasName ? [sku] : []),
  ]);
  const fields = [...columns, ...(hasName ? ['name'] : [])].map((name) => `move_ids/${name}`);
  const loaded = await client.load(model, { fields: [...head.map(([name]) => name), ...fields], rows });
  return loaded.kind === 'loaded' ? { kind: 'picking', id: loaded.ids[0] ?? 0 } : loaded;
}

type Ways =
  | { readonly kind: 'ways'; readonly typeId: number; readonly from: number; readonly to: number }
  | AdapterFailure;

/** How goods come in: the configured kind of transfer, else the oldest that receives. */
async function findWays(client: OdooClient): Promise<Ways> {
  const { receiptType } = client.settings;
  const domain = receiptType === undefined ? [['code', '=', 'incoming']] : [['id', '=', receiptType]];
  const fields = ['name', 'default_location_src_id', 'default_location_dest_id'];
  const found = await client.find('stock.picking.type', domain, fields);
  if (found.kind !== 'found') return found;
  const type = found.rows.at(-1);
  const [from, to] = [idOf(type?.default_location_src_id), idOf(type?.default_location_dest_id)];
  if (type === undefined || from === null || to === null)
    return refused('no_receipt_type', 'Odoo has no kind of transfer that receives with both its places');
  return { kind: 'ways', typeId: Number(type.id), from, to };
}
