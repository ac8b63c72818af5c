// Tryton's warnings: it refuses a call until its user has said "yes". The relay says it only where the operation's input
// acknowledges that very warning. Pure.

import type { AdapterFailure } from '../../core/erp.ts';

export type Warning = {
  /** Tryton's own, made of a hash or an id: what has to be acknowledged. */
  readonly key: string;
  readonly message: string;
};

/** Stable codes of the warnings the operations can meet, by the form of their keys. */
const knownWarnings: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{32}\.done$/, 'move_without_origin'],
  [/^[0-9a-f]{32}\.date_future$/, 'date_in_future'],
  [/^[0-9a-f]{32}\.inventory_date_future$/, 'date_in_future'],
  [/^invoice_payment_term_\d+$/, 'payment_date_in_past'],
];

/** The code the input acknowledges it by: of an unknown warning its key without what differs from document to document. */
export function warningCode({ key }: Pick<Warning, 'key'>): string {
  const known = knownWarnings.find(([pattern]) => pattern.test(key));
  if (known !== undefined) return known[1];
  const code = key
    .toLowerCase()
    .replace(/[0-9a-f]{32,}/g, '')
    .replace(/[^a-z]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return code === '' ? 'unnamed_warning' : code;
}

export function notAcknowledged(warning: Warning): AdapterFailure {
  const code = warningCode(warning);
  const rule = `must name ${code} for this to be done: ${warning.message}`;
  return {
    kind: 'rejected',
    code: 'warning_not_acknowledged',
    message: warning.message,
    fieldErrors: [{ field: 'acknowledgeWarnings', rule }],
  };
}

/** What the input acknowledges; operations without this policy acknowledge nothing. */
export function acknowledgedBy(input: unknown): readonly string[] {
  const list =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'acknowledgeWarnings') : undefined;
  return Array.isArray(list) ? list.filter((code): code is string => typeof code === 'string') : [];
}
