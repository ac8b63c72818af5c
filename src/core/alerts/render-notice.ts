// A notice as people and machines read it: one subject line, a plain text, and a JSON payload with stable names.
// Pure. Nothing secret can stand in it, for nothing secret stands in an alert.

import { type Alert, type Notice, ruleOf } from './alert.ts';

export type RenderedNotice = {
  readonly subject: string;
  readonly text: string;
  /** The body of the Standard Webhooks notice. */
  readonly payload: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
};

const words = { opened: 'OPEN', reminder: 'STILL OPEN', resolved: 'RESOLVED' } as const;

/** @param now epoch ms; the time the notice was decided */
export function renderNotice(notice: Notice, now: number): RenderedNotice {
  const timestamp = toIso(now);
  if (notice.kind === 'digest') {
    const lines = notice.alerts.map((alert) => `- ${alert.status}: ${headline(alert)}: ${alert.summary}`);
    return {
      subject: `[Holdfast] ${notice.alerts.length} further alerts`,
      text: `Too many to tell one by one; GET /admin/alerts shows them all.\n${lines.join('\n')}`,
      payload: { type: 'alert.digest', timestamp, data: { alerts: notice.alerts.map(toWireAlert) } },
    };
  }
  const { alert, kind } = notice;
  const facts = Object.entries(alert.details).map(([name, value]) => `${name}: ${value}`);
  const lines = [
    alert.summary,
    `${alert.count} affected, since ${toIso(alert.since)}`,
    ...facts,
    `id: ${alert.id}; runbook: docs/alerts.md#${alert.rule}`,
  ];
  return {
    subject: `[Holdfast] ${words[kind]} (${alert.severity}): ${headline(alert)}`,
    text: lines.join('\n'),
    payload: { type: `alert.${kind}`, timestamp, data: toWireAlert(alert) },
  };
}

function headline(alert: Alert): string {
  return `${ruleOf(alert.rule).title} (${alert.cause})`;
}

/** As notices and the admin API show it. */
export function toWireAlert(alert: Alert) {
  const { acknowledged } = alert;
  return {
    id: alert.id,
    rule: alert.rule,
    cause: alert.cause,
    severity: alert.severity,
    title: ruleOf(alert.rule).title,
    summary: alert.summary,
    details: alert.details,
    status: alert.status,
    count: alert.count,
    since: toIso(alert.since),
    openedAt: toIso(alert.openedAt),
    lastSeenAt: toIso(alert.lastSeenAt),
    resolvedAt: alert.resolvedAt === null ? null : toIso(alert.resolvedAt),
    acknowledged: acknowledged === null ? null : { ...acknowledged, at: toIso(acknowledged.at) },
    runbook: `docs/alerts.md#${alert.rule}`,
    issues: issuesPath(alert.details),
  };
}

/** Where the issue it is about is found; null: it is about no failed delivery. */
function issuesPath(details: Alert['details']): string | null {
  if (details.operation === undefined || details.reason === undefined) return null;
  const query = new URLSearchParams();
  for (const name of ['target', 'operation', 'reason', 'code']) {
    const value = details[name];
    if (value !== undefined && value !== null) query.set(name, String(value));
  }
  return `/admin/issues?${query}`;
}

function toIso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
