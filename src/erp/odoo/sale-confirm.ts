// sale.confirm on Odoo: the order with its lines by external ids, which makes a second load the same order, then its confirmation.
// What Odoo computes is looked at before it is confirmed. May not confirm an order that comes to something else.

import type { AdapterFailure, ErpCall, Lookup, OperationHandler, Performed } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { saleConfirm } from '../../operations/sales.ts';
import { findOrLoadPartner } from './customer-upsert.ts';
import { digest } from './external-id.ts';
import { createOdooClient, type OdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findProducts, readGoods } from './products.ts';
import { amountText, broken, nameOf, type Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof saleConfirm>>;

const model = 'sale.order';
const fields = ['name', 'state', 'amount_total', 'currency_id', 'client_order_ref'];
const confirmedStates = ['sale', 'done'];

/** Odoo's names in a refusal → the input's. */
const fieldNames = {
  partner_id: 'customer.customerId',
  'order_line/product_id': 'lines',
  product_id: 'lines',
  product_uom_qty: 'lines',
  pricelist_id: 'currency',
};

export function createConfirmHandler(settings: OdooSettings): OperationHandler<typeof saleConfirm> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await clientOf(call).findOne(model, [['origin', '=', call.key]], fields);
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'not_found' };
      // One that was cancelled since had been confirmed; the comparison says so.
      const isBegun = ['draft', 'sent'].includes(String(found.row.state));
      return { kind: isBegun ? 'unfinished' : 'found', answer: found.row };
    },
    perform: (call) => perform(clientOf(call), settings, call),
    verify: async (call, answer) => {
      const client = clientOf(call);
      const id = Number((answer as Row).id);
      const order = await client.findOne(model, [['id', '=', id]], fields);
      if (order.kind !== 'row') return order;
      if (order.row === null) return { kind: 'answer_lost', message: `order ${id} could not be read back` };
      const goods = await readGoods(client, {
        ...{ model: 'sale.order.line', quantityField: 'product_uom_qty' },
        domain: [
          ['order_id', '=', id],
          ['display_type', '=', false],
        ],
        leaveOut: [settings.shippingSku, settings.discountSku],
      });
      if (goods.kind !== 'goods') return goods;
      return { kind: 'verified', output: { ...toOutput(order.row), lines: goods.lines } };
    },
  };
}

function toOutput({
  id,
  name,
  state,
  amount_total: total,
  currency_id: currency,
  client_order_ref: ref,
}: Row) {
  return {
    ...{ documentId: String(id), documentNumber: name, orderId: ref, total: amountText(total) },
    state: confirmedStates.includes(String(state)) ? 'confirmed' : state,
    currency: nameOf(currency),
  };
}

async function perform(client: OdooClient, settings: OdooSettings, call: Call): Promise<Performed> {
  const table = await toTable(client, settings, call);
  if (table.kind !== 'table') return table;
  const loaded = await client.load(model, table);
  if (loaded.kind !== 'loaded') return loaded;
  const [id = 0] = loaded.ids;
  const draft = await client.findOne(model, [['id', '=', id]], fields);
  if (draft.kind !== 'row') return draft;
  const differs = whyNotConfirmed(draft.row, call);
  if (differs !== null) return differs;
  const pressed = await client.press({ model, method: 'action_confirm', ids: [id] });
  if (pressed.kind === 'done_before') {
    const read = await client.findOne(model, [['id', '=', id]], fields);
    if (read.kind !== 'row') return read;
    const isDone = read.row !== null && confirmedStates.includes(String(read.row.state));
    return isDone ? { kind: 'performed', answer: read.row, already: true } : pressed.refusal;
  }
  return pressed.kind === 'done' ? { kind: 'performed', answer: { id } } : pressed;
}

/** A wrong total that is confirmed is an order somebody has to take back. */
function whyNotConfirmed(draft: Row | null, { input }: Call): AdapterFailure | null {
  if (draft === null) return { kind: 'answer_lost', message: 'the loaded order could not be read' };
  const total = amountText(draft.amount_total);
  if (total === null) return broken('$[0].amount_total', 'number', draft.amount_total);
  const currency = nameOf(draft.currency_id);
  if (currency !== input.currency) {
    return refused(
      'currency_mismatch',
      `the order's price list is in ${currency}: configure priceLists`,
      'currency',
    );
  }
  if (Number(total) === Number(input.total)) return null;
  const message = `Odoo computes ${total} ${currency} for this order, with its own taxes`;
  return refused('total_mismatch', message, 'total');
}

type Table =
  | { readonly kind: 'table'; readonly fields: string[]; readonly rows: string[][] }
  | AdapterFailure;

async function toTable(client: OdooClient, settings: OdooSettings, call: Call): Promise<Table> {
  const { input, key } = call;
  const extra = toExtraLines(input, settings);
  if (extra.kind !== 'lines') return extra;
  const goods = input.lines.map(({ lineId, sku, quantity, unitPrice }) => ({
    lineId,
    sku,
    quantity,
    unitPrice,
  }));
  const lines = [...goods, ...extra.lines];
  const skus = lines.map(({ sku }) => sku);
  const products = await findProducts(client, skus, (index) =>
    index < goods.length ? `lines[${index}].sku` : 'shippingTotal',
  );
  if (products.kind !== 'products') return products;
  const partner = await findOrLoadPartner(client, settings, input.customer);
  if (partner.kind !== 'partner') return partner;
  const priceList = settings.priceLists[input.currency];
  const head = [
    ['id', `${settings.module}.order_${digest(key)}`],
    ['partner_id/.id', String(partner.id)],
    ['client_order_ref', input.orderId],
    ['origin', key],
    ...(priceList === undefined ? [] : [['pricelist_id/.id', String(priceList)]]),
  ] as const;
  const columns = [
    'order_line/id',
    'order_line/product_id/.id',
    'order_line/product_uom_qty',
    'order_line/price_unit',
  ];
  const rows = lines.map(({ lineId, sku, quantity, unitPrice }, index) => [
    ...head.map(([, value]) => (index === 0 ? value : '')),
    // Without an id of its own a line would be added again by a second load.
    `${settings.module}.order_${digest(key)}_${digest(lineId)}`,
    ...[String(products.idOf(sku)), String(quantity), unitPrice],
  ]);
  return { kind: 'table', fields: [...head.map(([name]) => name), ...columns], rows };
}

type ExtraLine = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: string;
};
type ExtraLines = { readonly kind: 'lines'; readonly lines: readonly ExtraLine[] } | AdapterFailure;

function toExtraLines(input: Call['input'], { shippingSku, discountSku }: OdooSettings): ExtraLines {
  const lines: ExtraLine[] = [];
  const { shippingTotal = '0', discountTotal = '0' } = input;
  if (Number(shippingTotal) > 0) {
    if (shippingSku === undefined)
      return refused('shipping_unsupported', 'shippingSku is not configured', 'shippingTotal');
    lines.push({ lineId: '+shipping', sku: shippingSku, quantity: 1, unitPrice: shippingTotal });
  }
  if (Number(discountTotal) > 0) {
    if (discountSku === undefined)
      return refused('discount_unsupported', 'discountSku is not configured', 'discountTotal');
    lines.push({ lineId: '+discount', sku: discountSku, quantity: 1, unitPrice: `-${discountTotal}` });
  }
  return { kind: 'lines', lines };
}
