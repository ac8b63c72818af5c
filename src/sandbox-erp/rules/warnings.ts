// Warnings: what the ERP would rather ask a person about, and passes over where the request names it.
// May not remember what was acknowledged: each request says it for itself.

import { Refusal } from '../refusal.ts';

export function warn(
  acknowledged: readonly string[] | null | undefined,
  code: string,
  message: string,
): void {
  if (acknowledged?.includes(code) === true) return;
  throw new Refusal({
    status: 422,
    code: 'warning_not_acknowledged',
    message,
    fields: [{ field: 'acknowledgeWarnings', code, message: `must name ${code} to go on: ${message}` }],
  });
}
