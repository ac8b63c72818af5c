// An alert: something a person has to look at, told once however often it is seen, and over when nobody reports it any more.
// The rules are data: a new one is a row here and a line in docs/alerts.md. Pure types and tables.

/** `critical`: work stands still or money may be wrong. `warning`: it will not mend itself, and can wait for the morning. */
export type Severity = 'critical' | 'warning';

type Rule = {
  readonly severity: Severity;
  readonly title: string;
  /**
   * What ends it: `when_gone`, that no reporter names it any more; `by_person`, an acknowledgement; a number, that it was
   * not seen for so many ms.
   */
  readonly ends: 'when_gone' | 'by_person' | number;
};

const minuteMs = 60_000;

export const alertRules = {
  dead_letters: { severity: 'warning', title: 'Deliveries are dead letters', ends: 'when_gone' },
  circuit_open: { severity: 'critical', title: 'The circuit of a target is open', ends: 'when_gone' },
  unauthorized: { severity: 'critical', title: 'A target refuses its credential', ends: 'when_gone' },
  token_expiring: { severity: 'warning', title: 'A credential expires soon', ends: 'when_gone' },
  rotation_failed: { severity: 'warning', title: 'A key could not be replaced', ends: 'when_gone' },
  drift: { severity: 'critical', title: 'The answers of a target changed their shape', ends: 'when_gone' },
  state_mismatch: {
    severity: 'critical',
    title: 'A target did something else than asked',
    ends: 'when_gone',
  },
  line_blocked: { severity: 'warning', title: 'A line does not go on', ends: 'when_gone' },
  backlog_old: { severity: 'warning', title: 'Ready deliveries wait too long', ends: 'when_gone' },
  effect_doubled: { severity: 'critical', title: 'One operation has two documents', ends: 'by_person' },
  journal_behind: {
    severity: 'warning',
    title: 'The journal does not take what was done',
    ends: 'when_gone',
  },
  doorbell_not_sent: { severity: 'warning', title: 'The queue does not take doorbells', ends: 'when_gone' },
  doorbell_unanswered: { severity: 'critical', title: 'Nobody answers the doorbells', ends: 'when_gone' },
  /** Half an hour: as long as the queue repeats what fails, with a margin. */
  doorbell_dead: { severity: 'warning', title: 'Doorbells failed to the end', ends: 30 * minuteMs },
  audit_broken: { severity: 'critical', title: 'The audit was changed from outside', ends: 'by_person' },
  /** An hour: long enough that somebody who looks at it twice a day sees it. */
  access_refused: {
    severity: 'warning',
    title: 'A caller tries what it was not granted',
    ends: 60 * minuteMs,
  },
  events_missing: { severity: 'warning', title: 'A source did not send all events', ends: 'when_gone' },
  subscription_lost: {
    severity: 'critical',
    title: 'A sender has no webhook to this relay',
    ends: 'when_gone',
  },
  reconciliation_failed: {
    severity: 'warning',
    title: 'A source could not be compared with its sender',
    ends: 'when_gone',
  },
  subscription_disabled: {
    severity: 'critical',
    title: 'A subscription is told nothing any more',
    ends: 'when_gone',
  },
  subscription_failing: {
    severity: 'warning',
    title: 'The receiver of a subscription takes nothing',
    ends: 'when_gone',
  },
  bulk_job_failed: { severity: 'warning', title: 'A bulk job stopped before its end', ends: 'by_person' },
  sequencer_silent: { severity: 'critical', title: 'A sequencer does not answer', ends: 'when_gone' },
} as const satisfies Readonly<Record<string, Rule>>;

export type AlertRule = keyof typeof alertRules;

export function ruleOf(rule: AlertRule): Rule {
  return alertRules[rule];
}

/** One thing a reporter has to complain about right now. */
export type Condition = {
  readonly rule: AlertRule;
  /** Same rule and cause: the same alert, from whichever reporter. E.g. `erp/sale.confirm`. */
  readonly cause: string;
  /** How many deliveries, lines, … it is about. */
  readonly count: number;
  /** Epoch ms. */
  readonly since: number;
  /** One sentence. */
  readonly summary: string;
  /** Ids and facts for whoever looks: never a body, never a secret. */
  readonly details: Readonly<Record<string, string | number | null>>;
};

/** All of a reporter's conditions at this moment: what it named before and names no longer is over. */
export type AlertReport = {
  /** A partition (`g1/p3`), a target (`target/erp`), the watchdog. */
  readonly reporter: string;
  readonly conditions: readonly Condition[];
};

export type Acknowledgement = { readonly by: string; readonly at: number; readonly note: string };

export type Alert = {
  /** `alr_` and a number, rising. */
  readonly id: string;
  readonly rule: AlertRule;
  readonly cause: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly details: Condition['details'];
  readonly status: 'open' | 'resolved';
  /** Since when it has been so, epoch ms; the alert itself may be younger. */
  readonly since: number;
  readonly openedAt: number;
  readonly lastSeenAt: number;
  readonly resolvedAt: number | null;
  /** Over all reporters, as of its last report. */
  readonly count: number;
  readonly acknowledged: Acknowledgement | null;
  /** When its opening was told, when anything was told last, and whether its end was. Epoch ms. */
  readonly told: { readonly openedAt: number | null; readonly lastAt: number | null; readonly end: boolean };
};

export function alertKey(of: { readonly rule: AlertRule; readonly cause: string }): string {
  return `${of.rule}\n${of.cause}`;
}

/** What is sent to people. `digest`: there were too many to tell one by one. */
export type Notice =
  | { readonly kind: 'opened' | 'reminder' | 'resolved'; readonly alert: Alert }
  | { readonly kind: 'digest'; readonly alerts: readonly Alert[]; readonly at: number };
