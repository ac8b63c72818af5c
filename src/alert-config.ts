// The part of the configuration that says who is told of alerts, and from when on. A part of config.ts, which alone reads it.
// All problems at once; no message may hold a secret.

import { checkUrl } from './core/egress.ts';
import type { ConfigProblem } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import { secretBytes } from './core/signature/secret-bytes.ts';

/** All channels null: alerts are log lines, and stand at /admin/alerts. */
export type AlertSettings = {
  /** Gets each notice as a Standard Webhooks message. */
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  /** An incoming webhook of Slack, or of what understands `{ "text" }` as Slack does. */
  readonly slackUrl: string | null;
  /** By the binding ALERT_MAIL. */
  readonly email: { readonly to: string; readonly from: string } | null;
  /** `private`: the URLs may be at private addresses (a laptop, a tunnel). */
  readonly network: 'public' | 'private';
  /** A line that stands still for so long is told, ms. */
  readonly blockedLineMs: number;
  /** A ready delivery that waits for so long is told, ms. */
  readonly backlogMs: number;
};

const minuteMs = 60_000;

/** Both in minutes. A line that waits for its prerequisite for a quarter of an hour is longer than senders reorder by. */
const defaultMinutes = { blockedLine: 15, backlog: 10 } as const;

/** At most a week: what nobody needs to know for longer nobody needs to know. */
const maxMinutes = 7 * 24 * 60;

const addressPattern = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/;

type Environment = Readonly<Record<string, unknown>>;

export function readAlertSettings(environment: Environment): Result<AlertSettings, readonly ConfigProblem[]> {
  const { problems, refuse, ...read } = createReader(environment);
  const network = read.text('ALERT_NETWORK') ?? 'public';
  if (network !== 'public' && network !== 'private') refuse('ALERT_NETWORK', 'must be public or private');
  const reach = network === 'private' ? 'private' : 'public';
  const webhook = read.pair('ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET');
  if (webhook !== null && secretBytes(webhook[1], 'whsec_base64') === null)
    refuse('ALERT_WEBHOOK_SECRET', 'must be base64, after "whsec_" where that stands');
  const email = read.pair('ALERT_EMAIL_TO', 'ALERT_EMAIL_FROM');
  if (email !== null) read.checkAddresses('ALERT_EMAIL_TO', 'ALERT_EMAIL_FROM');
  if (email !== null && typeof environment.ALERT_MAIL !== 'object')
    refuse('ALERT_EMAIL_TO', 'needs the send_email binding ALERT_MAIL: docs/alerts.md says how to add it');
  read.checkUrls(reach, 'ALERT_WEBHOOK_URL', 'ALERT_SLACK_URL');
  const settings: AlertSettings = {
    webhook: webhook === null ? null : { url: webhook[0], secret: webhook[1] },
    slackUrl: read.text('ALERT_SLACK_URL'),
    email: email === null ? null : { to: email[0], from: email[1] },
    network: reach,
    blockedLineMs: read.minutes('ALERT_BLOCKED_LINE_MINUTES', defaultMinutes.blockedLine),
    backlogMs: read.minutes('ALERT_BACKLOG_MINUTES', defaultMinutes.backlog),
  };
  return problems.length > 0 ? err(problems) : ok(settings);
}

function createReader(environment: Environment) {
  const problems: ConfigProblem[] = [];
  const refuse = (field: string, rule: string): void => {
    problems.push({ file: secretNames.has(field) ? '.dev.vars' : 'wrangler.toml', field, rule });
  };
  const text = (name: string): string | null => {
    const value = environment[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    problems,
    refuse,
    text,
    /** Both, or neither. */
    pair: (first: string, second: string): readonly [string, string] | null => {
      const [a, b] = [text(first), text(second)];
      if (a !== null && b !== null) return [a, b];
      if (a !== b) refuse(a === null ? first : second, `is required with ${a === null ? second : first}`);
      return null;
    },
    checkUrls: (network: AlertSettings['network'], ...names: readonly string[]): void => {
      for (const name of names) {
        const value = text(name);
        const checked = value === null ? null : checkUrl(value, network);
        if (checked?.ok === false) refuse(name, checked.error.message);
      }
    },
    checkAddresses: (...names: readonly string[]): void => {
      for (const name of names) {
        if (!addressPattern.test(text(name) ?? '')) refuse(name, 'must be one e-mail address');
      }
    },
    minutes: (name: string, otherwise: number): number => {
      const value = environment[name] ?? '';
      if (value === '') return otherwise * minuteMs;
      const count = /^\d{1,5}$/.test(String(value)) ? Number(value) : 0;
      if (count < 1 || count > maxMinutes)
        refuse(name, `must be a whole number from 1 to ${maxMinutes} (minutes)`);
      return count * minuteMs;
    },
  };
}

/** A Slack URL is all it takes to post there, so it is a secret. */
const secretNames: ReadonlySet<string> = new Set(['ALERT_WEBHOOK_SECRET', 'ALERT_SLACK_URL']);
