// What the running Tryton says of itself: its modules and their series, the company of the relay's user, the currency of its
// books, and up to which day they are closed. Reads only.

import * as z from 'zod';
import type { DeclaredCapabilities, ErpInstance, ReadInstance } from '../../core/erp-capabilities.ts';
import { type Attempting, attempt } from './attempting.ts';
import { closedThrough, readPeriods } from './period-close.ts';
import { openTryton, readRow, search, type Tryton } from './tryton-calls.ts';
import type { TrytonOptions } from './tryton-options.ts';

const moduleRow = z.object({ id: z.number(), name: z.string(), version: z.string().nullable() });
const companyRow = z.object({
  id: z.number(),
  rec_name: z.string(),
  'currency.': z.object({ id: z.number(), code: z.string() }),
});

export const createReadInstance =
  (options: TrytonOptions): ReadInstance =>
  async (erp) => {
    const call = { input: null, key: '', idempotencyKey: '', erp };
    const read = async function* (): Attempting<{ kind: 'instance'; instance: ErpInstance }> {
      return { kind: 'instance', instance: yield* readInstance(yield* openTryton(call, options)) };
    };
    return attempt(read());
  };

async function* readInstance(tryton: Tryton): Attempting<ErpInstance> {
  const where = [['state', '=', 'activated']];
  const modules = yield* search(tryton, { model: 'ir.module', where, row: moduleRow });
  const row = companyRow;
  const company = yield* readRow(tryton, { model: 'company.company', id: tryton.company, row });
  const hasBooks = modules.some(({ name }) => name === 'account');
  return {
    version: seriesOf(modules.find(({ name }) => name === 'company')?.version ?? null),
    company: company.rec_name,
    currency: company['currency.'].code,
    modules: modules.map(({ name }) => name),
    lockedThrough: hasBooks ? closedThrough(yield* readPeriods(tryton)) : null,
  };
}

/** `6.0.6` is the module's own; `6.0` is the series that all of them share, and what a change of behaviour goes with. */
const seriesOf = (version: string | null): string | null => /^\d+\.\d+/.exec(version ?? '')?.[0] ?? null;

const selling = ['sale', 'stock'];
const invoicing = ['sale', 'account_invoice'];
const buying = ['purchase', 'stock'];

/** Modules by Tryton's own names, and what it cannot do of an operation. */
export const trytonCapabilities: DeclaredCapabilities = {
  'sale.confirm': { modules: selling },
  'sale.cancel': { modules: selling },
  'shipment.deliver': { modules: selling, limits: ['a tracking number is kept as a note on the shipment'] },
  'return.receive': {
    modules: selling,
    limits: ['disposition: scrap is refused', 'location and postingDate are refused'],
  },
  'invoice.post': { modules: invoicing },
  'invoice.post_many': { modules: invoicing },
  'invoice.reconcile': {
    modules: invoicing,
    limits: ['nothing is written off', 'in the currency of the books only'],
  },
  'payment.register': { modules: invoicing, limits: ['in the currency of the books only'] },
  'credit_note.issue': { modules: [...invoicing, 'stock'] },
  'stock.receive': { modules: buying },
  'purchase.receive': { modules: buying },
  'stock.set': { modules: ['stock'] },
  'stock.set_many': { modules: ['stock'] },
  'customer.upsert': { modules: ['party'] },
  'price.set': { modules: ['product'], limits: ['the list price only: priceList is refused'] },
  'period.close': { modules: ['account'], limits: ['through must be the last day of a period'] },
};
