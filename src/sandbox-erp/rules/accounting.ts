// The general ledger: double entry and the trial balance.
// Every other rule posts through `postEntry`, which lets nothing out of balance in. A posted entry never changes.

import * as z from 'zod';
import { formatMoney, type Units } from '../decimal.ts';
import type { JournalEntryDocument } from '../documents.ts';
import { type Erp, isoTime, parseBody, requireModule } from '../erp.ts';
import { sequenceOf } from '../erp-store.ts';
import { refuse, refuseUnknown } from '../refusal.ts';
import {
  amountOrZero,
  currencyField,
  idField,
  MAX_LINES,
  moneyField,
  relayKeyField,
  timeField,
} from './fields.ts';
import { accountingDate } from './periods.ts';

export const ACCOUNTS = {
  bank: '1000 Bank',
  receivable: '1100 Accounts receivable',
  inventory: '1200 Inventory',
  not_invoiced: '2100 Goods received, not invoiced',
  tax: '2200 Tax payable',
  prepayments: '2300 Customer prepayments',
  opening: '3000 Opening balance',
  revenue: '4000 Revenue',
  shipping: '4100 Shipping revenue',
  returns: '4800 Sales returns',
  discounts: '4900 Discounts given',
  cost_of_goods: '5000 Cost of goods sold',
  stock_differences: '5900 Stock differences',
  scrapped: '5800 Scrapped returns',
  payment_differences: '7800 Payment differences',
  rounding: '7900 Rounding differences',
} as const;

export type Account = keyof typeof ACCOUNTS;

/** Positive is a debit, negative a credit. */
export type Posting = { readonly account: Account; readonly amount: Units };

type NewEntry = {
  readonly currency: string;
  readonly accountingDate: string;
  readonly narrative: string;
  readonly sourceId: string | null;
  readonly relayKey?: string | null;
  readonly postings: readonly Posting[];
};

/** Posts an entry and gives it back; null where nothing is left to post. Out of balance is a bug of the caller. */
export function postEntry(erp: Erp, entry: NewEntry): JournalEntryDocument | null {
  const postings = entry.postings.filter(({ amount }) => amount !== 0);
  if (postings.length === 0) return null;
  requireModule(erp, 'accounting');
  const difference = postings.reduce((sum, { amount }) => sum + amount, 0);
  if (difference !== 0) throw new Error(`entry out of balance by ${difference} units: ${entry.narrative}`);
  const { currency, accountingDate, narrative, sourceId, relayKey = null } = entry;
  const document: JournalEntryDocument = {
    ...erp.store.next('journal_entry', `JE/${accountingDate.slice(0, 4)}/`),
    ...{
      state: 'posted',
      relayKey,
      createdAt: isoTime(erp.now),
      currency,
      accountingDate,
      narrative,
      sourceId,
    },
    lines: postings.map(({ account, amount }) => ({
      account: ACCOUNTS[account],
      debit: formatMoney(Math.max(amount, 0), currency),
      credit: formatMoney(Math.max(-amount, 0), currency),
    })),
  };
  erp.store.insert('journal_entry', document);
  const entrySeq = sequenceOf(document.documentId);
  for (const [line, { account, amount }] of postings.entries()) {
    erp.store.sql.exec(
      'INSERT INTO journal_lines (entry_seq, line, account, currency, debit, credit) VALUES (?, ?, ?, ?, ?, ?)',
      ...[entrySeq, line, ACCOUNTS[account], currency, Math.max(amount, 0), Math.max(-amount, 0)],
    );
  }
  return document;
}

const manualEntryBody = z.object({
  relayKey: relayKeyField,
  currency: currencyField,
  date: timeField.nullish(),
  narrative: idField,
  lines: z
    .array(
      z.object({
        account: z.enum(Object.keys(ACCOUNTS) as [Account, ...Account[]]),
        debit: moneyField.nullish(),
        credit: moneyField.nullish(),
      }),
    )
    .min(2)
    .max(MAX_LINES),
});

/** A manual entry: the one way to try to post something that does not balance. */
export function createManualEntry(erp: Erp, body: unknown): JournalEntryDocument {
  const input = parseBody(manualEntryBody, body);
  const postings = input.lines.map(({ account, debit, credit }, index) => ({
    account,
    amount: amountOrZero(debit, `lines[${index}].debit`) - amountOrZero(credit, `lines[${index}].credit`),
  }));
  const difference = postings.reduce((sum, { amount }) => sum + amount, 0);
  if (difference !== 0) {
    const text = formatMoney(difference, input.currency);
    refuse('entry_unbalanced', `Debit and credit differ by ${text} ${input.currency}.`, 'lines');
  }
  const entry = postEntry(erp, {
    ...{
      currency: input.currency,
      narrative: input.narrative,
      sourceId: null,
      relayKey: input.relayKey ?? null,
    },
    accountingDate: accountingDate(erp, { wanted: input.date, field: 'date' }),
    postings,
  });
  if (entry === null) return refuse('amount_not_positive', 'An entry needs an amount.', 'lines');
  const { relayKey, documentId, documentNumber } = entry;
  erp.store.appendEffect({
    at: erp.now,
    operation: 'entry.post',
    relayKey,
    documentId,
    reference: documentNumber,
  });
  return entry;
}

/** Always refused: what is posted is corrected by another entry. */
export function changeEntry(erp: Erp, documentId: string): never {
  const entry = erp.store.get('journal_entry', documentId);
  if (entry === null) return refuseUnknown('journal entry', documentId);
  return refuse('posted_entry_changed', `The entry ${entry.documentNumber} is posted and cannot be changed.`);
}

export type TrialBalance = {
  /** True where debit equals credit in every currency and in every single entry. */
  readonly balanced: boolean;
  readonly accounts: readonly {
    account: string;
    currency: string;
    debit: string;
    credit: string;
    balance: string;
  }[];
};

export function trialBalance({ store }: Pick<Erp, 'store'>): TrialBalance {
  const query = `SELECT account, currency, sum(debit) AS debit, sum(credit) AS credit
                 FROM journal_lines GROUP BY currency, account ORDER BY currency, account`;
  const accounts = store.rows(query).map((row) => {
    const [currency, debit, credit] = [String(row.currency), Number(row.debit), Number(row.credit)];
    const amounts = { debit: formatMoney(debit, currency), credit: formatMoney(credit, currency) };
    return {
      account: String(row.account),
      currency,
      ...amounts,
      balance: formatMoney(debit - credit, currency),
    };
  });
  // An entry that balances on its own balances with all others: one unbalanced entry is enough to say no.
  const unbalanced = store.row(
    'SELECT entry_seq FROM journal_lines GROUP BY entry_seq HAVING sum(debit) <> sum(credit) LIMIT 1',
  );
  return { balanced: unbalanced === null, accounts };
}
