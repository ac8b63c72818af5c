// return.receive on Odoo: the return that Odoo's wizard makes of a delivery, brought to what came back and validated; what is for the
// bin is scrapped afterwards. A return that an earlier attempt has begun is gone on with.

import type { AdapterFailure, ErpCall, OperationHandler, Performed, Verified } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { returnReceive } from '../../operations/shipping.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findOrder, unknownOrder } from './orders.ts';
import { findMarked, lookUpTransfer, markOf, moveGoods, openPickingStates, whyNotDated } from './pickings.ts';
import { findProducts, type LineGoods, readGoods } from './products.ts';
import { broken, idOf } from './read-odoo.ts';
import { findScraps, isAllScrapped, scrapGoods } from './scraps.ts';
import { locationOf, verifyTransfer } from './transfers.ts';

type Input = InputOf<typeof returnReceive>;

const fieldNames = { product_id: 'lines', quantity: 'lines', location_dest_id: 'location' };

export function createReturnHandler(settings: OdooSettings): OperationHandler<typeof returnReceive> {
  const clientOf = ({ erp }: ErpCall<unknown>) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call) => {
      const client = clientOf(call);
      const found = await lookUpTransfer(client, call.key);
      const broken = scrappedOf(call.input);
      if (found.kind !== 'found' || broken.length === 0) return found;
      const scraps = await findScraps(client, call.key);
      if (scraps.kind !== 'found') return scraps;
      return isAllScrapped(scraps.rows, broken) ? found : { kind: 'unfinished', answer: found.answer };
    },
    perform: (call) => perform(clientOf(call), call),
    verify: (call) => verify(clientOf(call), call),
  };
}

const scrappedOf = ({ lines }: Input) => lines.filter(({ disposition }) => disposition === 'scrap');

async function verify(client: OdooClient, call: ErpCall<Input>): Promise<Verified> {
  const verified = await verifyTransfer(client, call, ({ returnId, orderId }: Input) => ({
    ...{ returnId, orderId },
  }));
  if (verified.kind !== 'verified') return verified;
  const output = verified.output as { readonly lines: readonly LineGoods[] };
  if (scrappedOf(call.input).length === 0)
    return { kind: 'verified', output: { ...output, restockedLines: output.lines } };
  const scraps = await readGoods(client, {
    ...{ model: 'stock.scrap', quantityField: 'scrap_qty' },
    domain: [
      ['origin', '=', markOf(call.key)],
      ['state', '=', 'done'],
    ],
  });
  if (scraps.kind !== 'goods') return scraps;
  const restockedLines = output.lines.map(({ sku, quantity }) => {
    const gone = scraps.lines
      .filter((line) => line.sku === sku)
      .reduce((sum, line) => sum + line.quantity, 0);
    return { sku, quantity: Number((quantity - gone).toFixed(4)) };
  });
  return { kind: 'verified', output: { ...output, restockedLines } };
}

async function perform(client: OdooClient, { input, key }: ErpCall<Input>): Promise<Performed> {
  const { lines, location, postingDate } = input;
  const dated = whyNotDated(postingDate);
  if (dated !== null) return dated;
  const place = locationOf(client.settings, location);
  if (place.kind !== 'location') return place;
  const begun = await findMarked(client, key);
  if (begun.kind !== 'row') return begun;
  const back =
    begun.row === null
      ? await makeReturn(client, input)
      : ({ kind: 'picking', id: Number(begun.row.id) } as const);
  if (back.kind !== 'picking') return back;
  const moved = await moveGoods({
    ...{ client, key, origin: { pickingId: back.id }, direction: 'incoming', lines, backorder: 'create' },
    locationId: place.id,
  });
  if (moved.kind !== 'performed') return moved;
  const scrapped = await scrapGoods({ client, key, lines: scrappedOf(input), pickingId: back.id });
  if (scrapped.kind !== 'scrapped') return scrapped;
  return scrapped.count === 0 ? moved : { kind: 'performed', answer: moved.answer };
}

type Made = { readonly kind: 'picking'; readonly id: number } | AdapterFailure;

async function makeReturn(client: OdooClient, input: Input): Promise<Made> {
  const deliveries = await findDeliveries(client, input.orderId);
  if (deliveries.kind !== 'deliveries') return deliveries;
  // One that an earlier attempt made and did not get to mark, or a person prepared.
  const domain = [
    ['return_id', 'in', deliveries.ids],
    ['state', 'in', openPickingStates],
    ['note', '=', false],
  ];
  const open = await client.findOne('stock.picking', domain, ['name']);
  if (open.kind !== 'row') return open;
  if (open.row !== null) return { kind: 'picking', id: Number(open.row.id) };
  const delivery = await chooseDelivery(client, input, deliveries.ids);
  return delivery.kind === 'delivery' ? askWizard(client, delivery) : delivery;
}

async function askWizard(client: OdooClient, { pickingId, lines }: Chosen): Promise<Made> {
  const model = 'stock.return.picking';
  const context = { active_model: 'stock.picking', active_id: pickingId, active_ids: [pickingId] };
  const moves = lines.map(({ productId, moveId, quantity }) => [
    ...[0, 0],
    { product_id: productId, move_id: moveId, quantity },
  ]);
  const values = { picking_id: pickingId, product_return_moves: moves };
  const wizard = await client.create(model, values, context);
  if (wizard.kind !== 'created') return wizard;
  const method = client.settings.returnAction;
  const pressed = await client.press({ model, method, ids: [wizard.id], context });
  if (pressed.kind === 'done_before') return pressed.refusal;
  if (pressed.kind !== 'done') return pressed;
  if (pressed.createdId !== null) return { kind: 'picking', id: pressed.createdId };
  return broken('$.res_id', 'the id of the return', undefined);
}

type ReturnLine = { readonly productId: number; readonly moveId: number; readonly quantity: number };
type Chosen = {
  readonly kind: 'delivery';
  readonly pickingId: number;
  readonly lines: readonly ReturnLine[];
};
type Deliveries = { readonly kind: 'deliveries'; readonly ids: readonly number[] } | AdapterFailure;

/** What of the order has left, the newest first. */
async function findDeliveries(client: OdooClient, orderId: string): Promise<Deliveries> {
  const order = await findOrder(client, orderId);
  if (order.kind !== 'order') return order;
  if (order.order === null) return unknownOrder(orderId);
  const domain = [
    ['origin', '=', String(order.order.name)],
    ['picking_type_code', '=', 'outgoing'],
    ['state', '=', 'done'],
  ];
  const done = await client.find('stock.picking', domain, ['name']);
  if (done.kind !== 'found') return done;
  if (done.rows.length === 0)
    return refused('nothing_delivered', 'nothing of the order has been delivered', 'orderId');
  return { kind: 'deliveries', ids: done.rows.map(({ id }) => Number(id)) };
}

/** The newest that still has all of it to give back: a return is of one delivery. */
async function chooseDelivery(
  client: OdooClient,
  { lines }: Input,
  ids: readonly number[],
): Promise<Chosen | AdapterFailure> {
  const products = await findProducts(
    client,
    lines.map(({ sku }) => sku),
    (index) => `lines[${index}].sku`,
  );
  if (products.kind !== 'products') return products;
  const wanted = new Map<number, number>();
  for (const { sku, quantity } of lines) {
    const id = products.idOf(sku);
    wanted.set(id, (wanted.get(id) ?? 0) + quantity);
  }
  for (const pickingId of ids) {
    const left = await readReturnable(client, pickingId);
    if (left.kind !== 'moves') return left;
    const chosen = choose(left.moves, wanted);
    if (chosen !== null) return { kind: 'delivery', pickingId, lines: chosen };
  }
  return refused('over_return', 'no delivery of the order has all of it left to take back', 'lines');
}

type Moves = { readonly kind: 'moves'; readonly moves: readonly ReturnLine[] } | AdapterFailure;

/** What of a delivery has not come back yet. */
async function readReturnable(client: OdooClient, pickingId: number): Promise<Moves> {
  const domain = [
    ['picking_id', '=', pickingId],
    ['state', '=', 'done'],
  ];
  const moves = await client.find('stock.move', domain, ['product_id', 'quantity']);
  if (moves.kind !== 'found') return moves;
  const ids = moves.rows.map(({ id }) => Number(id));
  const back = [
    ['origin_returned_move_id', 'in', ids],
    ['state', '!=', 'cancel'],
  ];
  const returned = await client.find('stock.move', back, ['origin_returned_move_id', 'product_uom_qty']);
  if (returned.kind !== 'found') return returned;
  const lines = moves.rows.map((move): ReturnLine => {
    const gone = returned.rows
      .filter(({ origin_returned_move_id: of }) => idOf(of) === move.id)
      .reduce((sum, { product_uom_qty: quantity }) => sum + Number(quantity), 0);
    const quantity = Number((Number(move.quantity) - gone).toFixed(4));
    return { productId: idOf(move.product_id) ?? 0, moveId: Number(move.id), quantity };
  });
  return { kind: 'moves', moves: lines };
}

/** Null: it does not hold so much. */
function choose(moves: readonly ReturnLine[], wanted: ReadonlyMap<number, number>): ReturnLine[] | null {
  const chosen: ReturnLine[] = [];
  for (const [productId, quantity] of wanted) {
    let left = quantity;
    for (const move of moves.filter((each) => each.productId === productId)) {
      const taken = Math.min(left, move.quantity);
      if (taken > 0) chosen.push({ ...move, quantity: taken });
      left = Number((left - taken).toFixed(4));
    }
    if (left > 0) return null;
  }
  return chosen;
}
