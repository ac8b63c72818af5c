// period.close on ERPNext: the day up to which accounts are frozen is moved forward, never back. Nothing is posted on or before it but by
// the role that ERPNext lets pass.

import type { ErpCall, OperationHandler } from '../../core/erp.ts';
import type { InputOf } from '../../core/operation.ts';
import type { periodClose } from '../../operations/accounting.ts';
import { type Found, keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { refused, textOf } from '../rest/read-rest.ts';
import { readBooks } from './books.ts';
import { createErpnextClient } from './erpnext-client.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

type Call = ErpCall<InputOf<typeof periodClose>>;

const fieldNames = { acc_frozen_upto: 'through', accounts_frozen_till_date: 'through' };

export function createPeriodHandler(settings: ErpnextSettings): OperationHandler<typeof periodClose> {
  const read = ({ erp }: Call) => readBooks(createErpnextClient(erp, fieldNames), settings);
  const find = async (call: Call): Promise<Found> => {
    const books = await read(call);
    if (books.kind !== 'books') return books;
    const { holder, frozenThrough, company } = books;
    if (holder === null) return { kind: 'document', document: null };
    const name = textOf(company?.name) || textOf(holder.document.name);
    return { kind: 'document', document: { name, frozenThrough } };
  };
  return keyedOperation<typeof periodClose>({
    find,
    replaces: true,
    isDone: ({ frozenThrough }, { input }) => textOf(frozenThrough) >= input.through,
    write: async (call): Promise<Written> => {
      const books = await read(call);
      if (books.kind !== 'books') return books;
      const { holder, frozenThrough } = books;
      if (holder === null)
        return refused(
          'not_permitted',
          'the frozen day cannot be read: name the company, and give the user its settings',
        );
      const { through } = call.input;
      if (frozenThrough !== null && frozenThrough >= through)
        return { kind: 'already', document: { name: holder.document.name, frozenThrough } };
      const client = createErpnextClient(call.erp, fieldNames);
      const saved = await client.change(holder.doctype, holder.document, { [holder.field]: through });
      // What counts is what stands there afterwards.
      return saved.kind === 'document' ? { kind: 'written', document: null } : saved;
    },
    verify: ({ input }, { name, frozenThrough }) => ({
      kind: 'verified',
      output: {
        ...{ documentId: textOf(name), documentNumber: textOf(name) },
        state: textOf(frozenThrough) >= input.through ? 'closed' : 'open',
        closedThrough: textOf(frozenThrough),
      },
    }),
  });
}
