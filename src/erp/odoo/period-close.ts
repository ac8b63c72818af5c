// period.close on Odoo: the lock date of the company is moved forward to a day, never back. Odoo refuses while something before that
// day is not finished, and says what.

import type { ErpCall, Lookup, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { periodClose } from '../../operations/accounting.ts';
import { createOdooClient, refused } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { findCompanies, findCompany } from './orders.ts';
import type { Row } from './read-odoo.ts';

type Call = ErpCall<InputOf<typeof periodClose>>;

const fieldNames = { fiscalyear_lock_date: 'through' };

export function createPeriodHandler(settings: OdooSettings): OperationHandler<typeof periodClose> {
  const clientOf = ({ erp }: Call) => createOdooClient(erp, settings, fieldNames);
  return {
    lookup: async (call): Promise<Lookup> => {
      const found = await findCompany(clientOf(call));
      if (found.kind !== 'row') return found;
      const isDone = found.row !== null && isClosed(found.row, call);
      return isDone ? { kind: 'found', answer: found.row } : { kind: 'not_found' };
    },
    perform: async (call) => {
      const client = clientOf(call);
      const found = await findCompanies(client);
      if (found.kind !== 'found') return found;
      const [row, ...others] = found.rows;
      // Whose books are meant is nobody's to guess.
      if (row === undefined || others.length > 0)
        return refused('company_ambiguous', 'the user sees no or several companies: configure company');
      if (isClosed(row, call)) return { kind: 'performed', answer: row, already: true };
      const values = { fiscalyear_lock_date: call.input.through };
      const failure = await client.write('res.company', Number(row.id), values);
      return failure ?? { kind: 'performed', answer: row };
    },
    verify: async (call) => {
      const found = await findCompany(clientOf(call));
      if (found.kind !== 'row') return found;
      if (found.row === null) return { kind: 'answer_lost', message: 'the company could not be read back' };
      const { id, name } = found.row;
      return {
        kind: 'verified',
        output: {
          ...{ documentId: String(id), documentNumber: name },
          ...{ state: isClosed(found.row, call) ? 'closed' : 'open', closedThrough: lockOf(found.row) },
        },
      };
    },
  };
}

const lockOf = ({ fiscalyear_lock_date: lock }: Row): string => (typeof lock === 'string' ? lock : '');

const isClosed = (row: Row, { input }: Call): boolean => lockOf(row) >= input.through;
