// What an ERP's refusal means, as data: a table of rules, read from the top, the first that fits. Pure.
// A rule says what class an answer is of, never what is done about it: that is read-rest.ts and the pipeline.

export type RetryClass =
  /** Nothing happened and trying again can help: too many calls, down or in maintenance, failed, meanwhile changed or locked. */
  | 'rate_limited'
  | 'erp_unavailable'
  | 'server_error'
  | 'conflict'
  /** A gateway or a time-out of the ERP: a write may have been done. */
  | 'answer_lost'
  /** The credential or the token. */
  | 'unauthorized'
  /** Final, unless the state shows that it had been done before. */
  | 'rejected';

export type RetryRule = {
  /** HTTP status; several: any of them. Absent: any. */
  readonly status?: number | readonly number[];
  /** The ERP's own code or exception. */
  readonly code?: RegExp;
  readonly message?: RegExp;
  readonly class: RetryClass;
  /** Of a rejection: the code it gets. Absent: the ERP's own, in snake_case. */
  readonly as?: string;
};

export type Refusal = { readonly status: number; readonly code: string; readonly message: string };

/** The last resort where no rule of the table fits: the status alone. */
const byStatus: readonly RetryRule[] = [
  { status: 401, class: 'unauthorized' },
  { status: 429, class: 'rate_limited' },
  { status: 503, class: 'erp_unavailable' },
  { status: 500, class: 'server_error' },
  { status: [408, 502, 504, 520, 522, 524], class: 'answer_lost' },
];

export function classify(rules: readonly RetryRule[], refusal: Refusal): RetryRule {
  const fits = (rule: RetryRule) => fitsRule(rule, refusal);
  return rules.find(fits) ?? byStatus.find(fits) ?? { class: 'rejected' };
}

function fitsRule(rule: RetryRule, { status, code, message }: Refusal): boolean {
  const statuses = typeof rule.status === 'number' ? [rule.status] : rule.status;
  return (
    (statuses === undefined || statuses.includes(status)) &&
    (rule.code === undefined || rule.code.test(code)) &&
    (rule.message === undefined || rule.message.test(message))
  );
}

/** `DoesNotExistError` → does_not_exist_error, `INVALID_CONTENT` → invalid_content. */
export function toSnakeCase(code: string): string {
  return code
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase()
    .slice(0, 80);
}
