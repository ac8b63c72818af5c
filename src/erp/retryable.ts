// An answer that asks to come again, with how long to wait where it says so. Pure.

import type { AdapterFailure, ErpResponse } from '../core/erp.ts';
import { parseRetryAfter } from '../core/parse-retry-after.ts';

export function retryable(
  reason: 'rate_limited' | 'erp_unavailable' | 'server_error' | 'conflict',
  message: string,
  { headers }: ErpResponse,
): AdapterFailure {
  // A date is measured by the ERP's own clock.
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.parse(headers.date ?? ''));
  return { kind: 'retryable', reason, message, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
}
