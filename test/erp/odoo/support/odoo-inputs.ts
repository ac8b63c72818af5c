// The inputs of the Odoo tests: those of the sandbox, without a tax on top.
import { creditNote, payment, sale } from '../../sandbox/support/operation-cases.ts';

/** Odoo computes taxes itself: none come on top here. */
const { taxTotal: _tax, ...untaxed } = sale;

export const key = 'order/1001/erp/sale.confirm';
export const order = { ...untaxed, total: '27.35' };
export const paid = { ...payment, amount: '27.35' };
export const credited = { ...creditNote, amount: '27.35', restock: false };
