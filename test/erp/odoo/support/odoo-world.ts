// An Odoo with a few products, and buttons that do to its rows what the recorded ones did. What a test changes of it stands in the
// test.
import type { ErpAdapter } from '../../../../src/core/erp.ts';
import { createOdooAdapter } from '../../../../src/erp/odoo/odoo-adapter.ts';
import { runOperation } from '../../sandbox/support/run-operation.ts';
import { createFakeOdoo, type FakeOdoo, only, type Row, userError } from './fake-odoo.ts';
import { addBooks } from './odoo-books.ts';
import { addStock } from './odoo-warehouse.ts';
import { paymentAction } from './recorded-bodies.ts';

export function createWorld(api: 'json2' | 'jsonrpc') {
  const odoo = createFakeOdoo(api);
  const adapter: ErpAdapter = createOdooAdapter({
    ...{ api, database: 'shop', shippingSku: 'SHIP', discountSku: 'DISC', locations: { MAIN: 8 } },
  });
  odoo.rows['product.product'] = ['SKU-1', 'SKU-2', 'SHIP', 'DISC'].map((code, index) => ({
    ...{ id: index + 1, default_code: code },
  }));
  odoo.rows['res.company'] = [
    { id: 1, name: 'Mugs & Co', currency_id: [1, 'EUR'], fiscalyear_lock_date: false },
  ];
  odoo.rows['res.currency'] = [{ id: 1, name: 'EUR' }];
  addSales(odoo);
  addInvoicing(odoo);
  addBooks(odoo);
  addStock(odoo);
  return {
    odoo,
    adapter,
    run: (name: string, input: unknown, key?: string) =>
      runOperation({ adapter, erp: odoo, name, input }, key),
    /** How often a method was called. */
    count: (name: string) => odoo.calls.filter(({ model, method }) => `${model}/${method}` === name).length,
  };
}

export type World = ReturnType<typeof createWorld>;

function addSales({ rows, buttons }: FakeOdoo): void {
  const orderOf = (ids: number[]): Row =>
    only((rows['sale.order'] ?? []).filter(({ id }) => ids.includes(id)));
  buttons['sale.order/search_read'] = ({ args }) => {
    for (const order of rows['sale.order'] ?? []) {
      const lines = (rows['sale.order.line'] ?? []).filter(({ order_id: of }) => of[0] === order.id);
      const total = lines.reduce((sum, line) => sum + line.product_uom_qty * line.price_unit, 0);
      const amount_total = Number(total.toFixed(2));
      Object.assign(order, { name: `S0000${order.id}`, amount_total, currency_id: [1, 'EUR'] });
      order.state ??= 'draft';
    }
    return find(rows['sale.order'] ?? [], args);
  };
  buttons['sale.order/action_confirm'] = ({ ids }) => {
    const order = orderOf(ids);
    if (order.state !== 'draft') throw userError('Some orders are not in a state requiring confirmation.');
    order.state = 'sale';
    return true;
  };
  buttons['sale.order/action_cancel'] = ({ ids, context }) => {
    if (context.disable_cancel_warning !== true)
      return { type: 'ir.actions.act_window', res_model: 'sale.order.cancel' };
    orderOf(ids).state = 'cancel';
    return true;
  };
}

function addInvoicing({ rows, buttons }: FakeOdoo): void {
  const moves = (): Row[] => {
    rows['account.move'] ??= [];
    return rows['account.move'];
  };
  const add = (values: Row): Row => {
    const move = { id: moves().length + 1, currency_id: [1, 'EUR'], journal_id: [1, 'Sales'], ...values };
    moves().push(move);
    return move;
  };
  buttons['sale.advance.payment.inv/create_invoices'] = ({ context }) => {
    const order = only((rows['sale.order'] ?? []).filter(({ id }) => context.active_ids.includes(id)));
    if (order.invoice_status === 'invoiced')
      throw userError('Cannot create an invoice. No items are available to invoice.');
    const total = order.amount_total;
    const values = { state: 'draft', move_type: 'out_invoice', amount_total: total, amount_residual: total };
    const { id } = add({ name: '/', ...values });
    Object.assign(order, { invoice_ids: [id], invoice_status: 'invoiced' });
    return { type: 'ir.actions.act_window', res_model: 'account.move', res_id: id };
  };
  buttons['account.move/action_post'] = ({ ids }) => {
    const posting = moves().filter(({ id }) => ids.includes(id));
    for (const { id, state } of posting)
      if (state !== 'draft') throw userError(`The entry INV/2026/00001 (id ${id}) must be in draft.`);
    for (const move of posting) {
      const name = `${move.move_type === 'out_refund' ? 'RINV' : 'INV'}/2026/0000${move.id}`;
      Object.assign(move, { state: 'posted', name, date: move.date ?? '2026-11-24' });
    }
    // It says false, and has posted.
    return false;
  };
  buttons['account.move/write'] = ({ ids, args }) => {
    const move = only(moves().filter(({ id }) => ids.includes(id)));
    const { invoice_line_ids: commands, ...values } = args.vals;
    Object.assign(move, values);
    if (commands === undefined) return true;
    const lines: Row[] = commands
      .filter(([command]: number[]) => command === 0)
      .map(([, , line]: Row[]) => line);
    move.amount_total = Number(
      lines.reduce((sum, line) => sum + line.quantity * line.price_unit, 0).toFixed(2),
    );
    return true;
  };
  buttons['account.payment.register/action_create_payments'] = ({ ids, context }) => {
    const invoice = only(moves().filter(({ id }) => context.active_ids.includes(id)));
    const wizard = only((rows['account.payment.register'] ?? []).filter(({ id }) => ids.includes(id)));
    if (invoice.amount_residual <= 0)
      throw userError("You can't register a payment because there is nothing left to pay.");
    invoice.amount_residual -= wizard.amount;
    const { amount, communication: memo, payment_date: date } = wizard;
    const id = (rows['account.payment'] ?? []).length + 1;
    const payment = {
      ...{ id, name: `PAY0000${id}`, state: 'paid', amount, memo, date, currency_id: [1, 'EUR'] },
      reconciled_invoice_ids: [invoice.id],
    };
    rows['account.payment'] = [...(rows['account.payment'] ?? []), payment];
    return paymentAction(id);
  };
  buttons['account.move.reversal/refund_moves'] = ({ ids, context }) => {
    const invoice = only(moves().filter(({ id }) => context.active_ids.includes(id)));
    const wizard = only((rows['account.move.reversal'] ?? []).filter(({ id }) => ids.includes(id)));
    const ref = `Reversal of: ${invoice.name}, ${wizard.reason}`;
    const { id } = add({ state: 'draft', move_type: 'out_refund', ref, amount_total: invoice.amount_total });
    return { type: 'ir.actions.act_window', res_model: 'account.move', res_id: id };
  };
}

/** `search_read` where the fake's own is replaced. */
function find(rows: Row[], { domain, fields }: Row): Row[] {
  const fits = (row: Row) =>
    domain.every(([field, operator, wanted]: [string, string, unknown]) =>
      operator === '=' ? (row[field] ?? false) === wanted : (row[field] ?? false) !== wanted,
    );
  return rows
    .filter(fits)
    .toSorted((a, b) => b.id - a.id)
    .map((row) => Object.fromEntries(['id', ...fields].map((field: string) => [field, row[field] ?? false])));
}
