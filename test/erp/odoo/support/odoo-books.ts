// The books of the Odoo in memory: payments without an invoice, and what is matched with what.
import { type FakeOdoo, only, type Row, userError } from './fake-odoo.ts';

export function addBooks({ rows, buttons }: FakeOdoo): void {
  const payments = (ids: number[]): Row[] =>
    (rows['account.payment'] ?? []).filter(({ id }) => ids.includes(id));
  buttons['account.payment/create'] = ({ args }) => {
    rows['account.payment'] ??= [];
    const all = rows['account.payment'];
    return args.vals_list.map((values: Row): number => {
      const id = all.length + 1;
      const currency = [values.currency_id, 'EUR'];
      return all.push({
        id,
        ...values,
        name: false,
        state: 'draft',
        currency_id: currency,
        reconciled_invoice_ids: [],
      });
    });
  };
  buttons['account.payment/action_post'] = ({ ids }) => {
    const payment = only(payments(ids));
    if (payment.state !== 'draft') throw userError('The entry PAY00001 (id 1) must be in draft.');
    Object.assign(payment, { state: 'in_process', name: `PAY0000${payment.id}` });
    rows['account.move.line'] ??= [];
    rows['account.move.line'].push({
      ...{ id: rows['account.move.line'].length + 1, payment_id: [payment.id, ''], reconciled: false },
      ...{ account_type: 'asset_receivable', amount_residual_currency: -payment.amount },
    });
    return null;
  };
  buttons['account.move/js_assign_outstanding_line'] = ({ ids, args }) => {
    const invoice = only((rows['account.move'] ?? []).filter(({ id }) => ids.includes(id)));
    const line = only((rows['account.move.line'] ?? []).filter(({ id }) => id === args.line_id));
    const payment = only(payments([line.payment_id[0]]));
    const matched = Math.min(invoice.amount_residual, -line.amount_residual_currency);
    invoice.amount_residual = Number((invoice.amount_residual - matched).toFixed(2));
    line.amount_residual_currency += matched;
    line.reconciled = line.amount_residual_currency === 0;
    payment.reconciled_invoice_ids.push(invoice.id);
    return undefined;
  };
}
