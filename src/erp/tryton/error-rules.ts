// What Tryton's errors mean for the relay, as data: the first rule that fits decides. Texts are English because every call
// asks for English. Pure. A rule may not say "retry" of anything that a later try cannot change.

import type { AdapterFailure } from '../../core/erp.ts';

/** `name`: the exception's class, or Python's own text where it has none of Tryton's; `text`: what a person reads. */
export type TrytonError = { readonly name: string; readonly text: string };

type Verdict =
  | { readonly kind: 'retryable'; readonly reason: 'conflict' | 'erp_unavailable' | 'server_error' }
  | { readonly kind: 'rejected'; readonly code: string }
  | { readonly kind: 'contract_broken'; readonly expected: string };

export type ErrorRule = {
  readonly id: string;
  readonly name?: RegExp;
  /** Its group `field` is the field that is to blame, `model` the document it is of. */
  readonly text?: RegExp;
  /** The field of the input where the text names none. */
  readonly field?: string;
  readonly verdict: Verdict;
};

const conflict = { kind: 'retryable', reason: 'conflict' } as const;
const rejected = (code: string): Verdict => ({ kind: 'rejected', code });

export const errorRules: readonly ErrorRule[] = [
  { id: 'changed_meanwhile', name: /^ConcurrencyException$/, verdict: conflict },
  {
    id: 'locked',
    name: /database is locked|could not serialize access|deadlock detected|could not obtain lock|lock timeout/i,
    verdict: conflict,
  },
  {
    id: 'database_gone',
    name: /server closed the connection|connection (already )?closed|connection refused|too many clients|database system is|unable to open database/i,
    verdict: { kind: 'retryable', reason: 'erp_unavailable' },
  },
  {
    id: 'required',
    name: /^UserError$/,
    text: /^A value is required for field "(?<field>[^"]+)" in "(?<model>[^"]+)"/,
    verdict: rejected('invalid_input'),
  },
  {
    id: 'invalid_value',
    name: /^UserError$/,
    text: /^The (?:number of digits in the )?value .*(?:for|of) field "(?<field>[^"]+)" (?:in|of) "(?<model>[^"]+)"/,
    verdict: rejected('invalid_input'),
  },
  { id: 'not_unique', name: /^UserError$/, text: /must be unique/, verdict: rejected('already_exists') },
  {
    id: 'no_open_period',
    name: /^UserError$/,
    text: /you must create a period for the date|(?:period|fiscal year|fiscalyear) .*(?:closed|locked)|(?:closed|locked) (?:journal-)?(?:period|fiscal)/i,
    verdict: rejected('period_closed'),
  },
  {
    id: 'numbered_later',
    name: /^UserError$/,
    text: /you must set an accounting date after/,
    field: 'invoiceDate',
    verdict: rejected('date_before_last_invoice'),
  },
  {
    id: 'unposted',
    name: /^UserError$/,
    text: /you must post (?:the|its) .*moves?/i,
    verdict: rejected('unposted_documents'),
  },
  {
    id: 'not_permitted',
    name: /^UserError$/,
    text: /^(?:You are not allowed to|Calling button|You do not have)/,
    verdict: rejected('not_permitted'),
  },
  { id: 'refused', name: /^UserError$/, verdict: rejected('refused_by_erp') },
  { id: 'login_wanted', name: /^LoginException$/, verdict: rejected('not_permitted') },
  // A model that is not there comes as Python's KeyError: its module is not activated.
  { id: 'module_off', name: /^'[a-z_]+(?:\.[a-z_]+)+'$/, verdict: rejected('module_disabled') },
  {
    id: 'unknown_field',
    name: /^'[a-z_]+'$/,
    verdict: { kind: 'contract_broken', expected: 'a field this version of Tryton has' },
  },
  {
    id: 'bad_call',
    name: /^Missing context argument$|positional argument|unexpected keyword/,
    verdict: { kind: 'contract_broken', expected: 'a call as this version of Tryton takes it' },
  },
  // Anything else Python threw: the transaction was rolled back, and a later try may find the server well again.
  { id: 'crashed', verdict: { kind: 'retryable', reason: 'server_error' } },
];

/** Tryton names fields by their labels; the operation's input calls them so. What is not here keeps Tryton's names. */
const inputFields: Readonly<Record<string, string>> = {
  'Sale.Party': 'customer.customerId',
  'Sale.Currency': 'currency',
  'Sale Line.Product': 'lines.sku',
  'Sale Line.Quantity': 'lines.quantity',
  'Sale Line.Unit Price': 'lines.unitPrice',
  'Party.Code': 'customerId',
  'Party.Name': 'name',
  'Address.Country': 'address.country',
  'Invoice.Invoice Date': 'invoiceDate',
  'Account Move.Date': 'paidAt',
  'Stock Inventory.Location': 'location',
  'Stock Inventory Line.Product': 'sku',
  'Stock Inventory Line.Quantity': 'quantity',
  'Supplier Shipment.Supplier': 'purchaseOrder',
};

export function toFailure(error: TrytonError): AdapterFailure {
  const rule = errorRules.find(({ name, text }) => fits(name, error.name) && fits(text, error.text));
  const verdict = rule?.verdict ?? { kind: 'retryable', reason: 'server_error' };
  const message = error.text === '' ? error.name : error.text;
  switch (verdict.kind) {
    case 'retryable':
      return { ...verdict, message };
    case 'rejected': {
      const { field, model } = rule?.text?.exec(error.text)?.groups ?? {};
      const label = field === undefined ? undefined : `${model}.${field}`;
      const blamed = label === undefined ? rule?.field : (inputFields[label] ?? label);
      const fieldErrors = blamed === undefined ? [] : [{ field: blamed, rule: message }];
      return { ...verdict, message, fieldErrors };
    }
    case 'contract_broken':
      return {
        kind: 'contract_broken',
        issues: [{ path: '$.error', expected: verdict.expected, actual: message }],
      };
  }
}

const fits = (pattern: RegExp | undefined, text: string): boolean =>
  pattern === undefined || pattern.test(text);
