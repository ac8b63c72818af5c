// The warehouse of the Odoo in memory: counts, transfers and returns, as far as their buttons move its rows.
import { type FakeOdoo, only, type Row, userError } from './fake-odoo.ts';
import { backorderWizard } from './recorded-bodies.ts';

export function addStock({ rows, buttons }: FakeOdoo): void {
  buttons['stock.quant/create'] = ({ args, context }) => {
    if (context.inventory_mode !== true) throw userError('a quantity is set in inventory mode only');
    rows['stock.quant'] ??= [];
    const quants = rows['stock.quant'];
    return args.vals_list.map((values: Row): number => {
      const { product_id: product, location_id: location, inventory_quantity: counted } = values;
      const isIt = (quant: Row) => quant.product_id[0] === product && quant.location_id[0] === location;
      const known = quants.find(isIt);
      if (known !== undefined) return Object.assign(known, { counted }).id;
      const place = { product_id: [product, ''], location_id: [location, ''] };
      return quants.push({ id: quants.length + 1, ...place, quantity: 0, counted });
    });
  };
  buttons['stock.quant/action_apply_inventory'] = ({ ids }) => {
    for (const quant of rows['stock.quant'] ?? []) if (ids.includes(quant.id)) quant.quantity = quant.counted;
    return undefined;
  };
  buttons['stock.picking/button_validate'] = ({ ids, context }) => {
    const picking = only((rows['stock.picking'] ?? []).filter(({ id }) => ids.includes(id)));
    if (picking.state === 'done')
      throw userError('You cannot validate a transfer if no quantities are reserved.');
    const moves = (rows['stock.move'] ?? []).filter(({ picking_id: of }) => of[0] === picking.id);
    const isPartial = moves.some(({ quantity, product_uom_qty: wanted }) => quantity < wanted);
    if (isPartial && context.skip_backorder !== true) return backorderWizard;
    const keepsRest = isPartial && !(context.picking_ids_not_to_backorder ?? []).includes(picking.id);
    for (const move of moves) move.state = 'done';
    Object.assign(picking, {
      state: 'done',
      date_done: '2026-11-24 10:00:00',
      backorder_ids: keepsRest ? [99] : [],
    });
    return true;
  };
  buttons['stock.picking/action_confirm'] = ({ ids }) => {
    for (const picking of rows['stock.picking'] ?? [])
      if (ids.includes(picking.id))
        Object.assign(picking, { state: 'assigned', name: `WH/IN/0000${picking.id}` });
    return true;
  };
  buttons['stock.return.picking/action_create_returns'] = ({ ids }) => {
    const wizard = only((rows['stock.return.picking'] ?? []).filter(({ id }) => ids.includes(id)));
    rows['stock.picking'] ??= [];
    rows['stock.move'] ??= [];
    const id = Math.max(0, ...rows['stock.picking'].map((row) => row.id)) + 1;
    const of = { return_id: [wizard.picking_id, ''], origin: 'Return of WH/OUT/00001', note: false };
    rows['stock.picking'].push({
      id,
      location_dest_id: [8, ''],
      name: `WH/IN/0000${id}`,
      state: 'assigned',
      ...of,
    });
    for (const [, , line] of wizard.product_return_moves)
      rows['stock.move'].push({
        ...{ id: Math.max(0, ...rows['stock.move'].map((row) => row.id)) + 1, picking_id: [id, ''] },
        ...{ product_id: [line.product_id, ''], product_uom_qty: line.quantity, state: 'assigned' },
        origin_returned_move_id: [line.move_id, ''],
      });
    return { type: 'ir.actions.act_window', res_model: 'stock.picking', res_id: id };
  };
  buttons['stock.scrap/action_validate'] = ({ ids }) => {
    const scrap = only((rows['stock.scrap'] ?? []).filter(({ id }) => ids.includes(id)));
    if (scrap.state === 'done') throw userError('You can not validate a scrap that is done.');
    scrap.state = 'done';
    return true;
  };
}
