// An issue: the failures of one cause (target, operation, reason, code), told as one thing that a person takes up once. What may be
// said about it, when it is open again, and which alert tells of it. Pure; D1 keeps the same rules as triggers (0008_issues.sql).

import type { AlertRule } from '../alerts/alert.ts';

export type IssueState = 'open' | 'acknowledged' | 'resolved' | 'ignored';

export const issueStates = [
  'open',
  'acknowledged',
  'resolved',
  'ignored',
] as const satisfies readonly IssueState[];

/** `reason` is a dead letter's reason or a held one's cause; `code` the refusal's own word, empty where there is none. */
export type IssueCause = {
  readonly target: string;
  readonly operation: string;
  readonly reason: string;
  readonly code: string;
};

/** What one source has of it. Instants are epoch ms. */
export type IssueSource = {
  readonly source: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  /** Failures ever. */
  readonly count: number;
  /** Deliveries that are dead or held with it now. */
  readonly openCount: number;
  readonly lastDeliveryId: string;
  readonly message: string | null;
};

export type Issue = IssueCause & {
  readonly id: string;
  readonly state: IssueState;
  /** Since when it is in that state, epoch ms. */
  readonly stateAt: number;
  /** Null: the relay, because nothing of it is left or it came back. */
  readonly stateBy: string | null;
  readonly note: string | null;
  readonly reopenedCount: number;
  /** Those in the caller's view. */
  readonly sources: readonly IssueSource[];
};

export type IssueAct = 'acknowledge' | 'resolve' | 'ignore' | 'reopen';

type ActRule = { readonly from: readonly IssueState[]; readonly to: IssueState };

/** A resolved one is open again when it fails again; an ignored one stays so until a person says otherwise. */
export const issueActs = {
  acknowledge: { from: ['open'], to: 'acknowledged' },
  resolve: { from: ['open', 'acknowledged', 'ignored'], to: 'resolved' },
  ignore: { from: ['open', 'acknowledged'], to: 'ignored' },
  reopen: { from: ['acknowledged', 'resolved', 'ignored'], to: 'open' },
} as const satisfies Readonly<Record<IssueAct, ActRule>>;

export function mayAct(act: IssueAct, state: IssueState): boolean {
  const { from }: ActRule = issueActs[act];
  return from.includes(state);
}

/** Totals over the sources that are seen; the message is the newest. */
export function totalsOf(sources: readonly IssueSource[]) {
  const newest = sources.reduce<IssueSource | null>(
    (last, each) => (last === null || each.lastSeenAt > last.lastSeenAt ? each : last),
    null,
  );
  return {
    firstSeenAt: Math.min(...sources.map(({ firstSeenAt }) => firstSeenAt)),
    lastSeenAt: newest?.lastSeenAt ?? 0,
    count: sources.reduce((sum, { count }) => sum + count, 0),
    openCount: sources.reduce((sum, { openCount }) => sum + openCount, 0),
    lastDeliveryId: newest?.lastDeliveryId ?? null,
    message: newest?.message ?? null,
  };
}

/** The alert that tells of it. `own`: of nothing else, so that who ignores the issue wants to hear no more of the alert. */
export function alertOfIssue(cause: IssueCause): {
  readonly rule: AlertRule;
  readonly cause: string;
  readonly own: boolean;
} {
  const { target, operation, reason } = cause;
  switch (reason) {
    case 'unauthorized':
      return { rule: 'unauthorized', cause: target, own: false };
    case 'state_mismatch':
      return { rule: 'state_mismatch', cause: `${target}/${operation}`, own: true };
    case 'contract_broken':
      return { rule: 'drift', cause: `${target}/${operation}`, own: true };
    default:
      return { rule: 'dead_letters', cause: deadLetterCause(cause), own: true };
  }
}

export function deadLetterCause({ target, operation, reason, code }: IssueCause): string {
  return `${target}/${operation}/${reason}/${code}`;
}

export function formatIssueId(number: number): string {
  return `iss_${number.toString(36)}`;
}

/** Null: it is no id of an issue. */
export function parseIssueId(id: string): number | null {
  const match = /^iss_([0-9a-z]{1,9})$/.exec(id);
  return match === null ? null : Number.parseInt(match[1] ?? '', 36);
}
