// What each variable and secret of the relay is for. What a value has to be, and what it is where none is given, is asked of the code
// itself: render-variables.ts. A test compares the names with those that the configuration reads.

import type { Variables } from '../../src/config.ts';

export type VariableNote = {
  readonly name: string;
  /** A Worker secret; else a variable of wrangler.toml. */
  readonly secret: boolean;
  readonly says: string;
  /** What it is where none is given; null: it is required, or there is none. */
  readonly otherwise: ((defaults: Variables) => string) | null;
};

const dayMs = 24 * 3600 * 1000;
const minuteMs = 60_000;

const variable = (name: string, says: string, otherwise: VariableNote['otherwise'] = null): VariableNote => ({
  ...{ name, secret: false, says, otherwise },
});
const secret = (name: string, says: string): VariableNote => ({ name, secret: true, says, otherwise: null });

export const variableGroups: Readonly<Record<string, readonly VariableNote[]>> = {
  'The relay': [
    variable(
      'PARTITIONS',
      'how many sequencers share the ordering keys: chosen before the first deploy, changed by [a new generation](../deploying.md#changing-partitions)',
    ),
    variable('GENERATION', 'raised by one with each change of PARTITIONS or of an ordering rule'),
    variable(
      'PREVIOUS_PARTITIONS',
      'the PARTITIONS of each earlier generation, the first first',
      () => 'none',
    ),
    variable('MAX_BODY_BYTES', 'the longest body of a webhook', ({ maxBodyBytes }) => String(maxBodyBytes)),
    variable('LEDGER_HORIZON_DAYS', 'how long it is known what was done', ({ ledgerHorizonMs }) =>
      String(ledgerHorizonMs / dayMs),
    ),
    variable('BODY_RETENTION_DAYS', 'how long bodies of closed events are kept', ({ bodyRetentionMs }) =>
      String(bodyRetentionMs / dayMs),
    ),
    variable('DELIVERY_CONCURRENCY', 'ERP calls one consumer makes at once', ({ deliveryConcurrency }) =>
      String(deliveryConcurrency),
    ),
    variable('DELIVERY_BUDGET_MS', 'how long one consumer takes new work', ({ deliveryBudgetMs }) =>
      String(deliveryBudgetMs),
    ),
  ],
  Access: [
    secret(
      'ADMIN_KEY',
      'the [bootstrap key](../security.md#the-bootstrap-key), good until a credential that manages credentials is made with it',
    ),
    secret(
      'REGISTRY_KEY',
      'opens the registry of credentials and secrets; without it ADMIN_KEY is the only key there is',
    ),
    secret(
      'REGISTRY_KEY_PREVIOUS',
      'the one before, while `npm run secrets:rotate-key` goes from one to the other',
    ),
    secret('TOKEN_KEY', 'encrypts what is kept of ERP tokens; without it they stay in memory'),
    variable(
      'API_REQUESTS_PER_MINUTE',
      'of one credential, counted by each isolate',
      ({ apiRequestsPerMinute }) => String(apiRequestsPerMinute),
    ),
    variable('CORS_ORIGINS', 'origins whose pages may call the API', () => 'none'),
    variable('OIDC_ISSUER', 'whose tokens prove a caller ([security](../security.md))'),
    variable('OIDC_AUDIENCE', 'the `aud` of tokens for this relay'),
    variable('OIDC_JWKS_URL', 'where the keys of the issuer are', () => 'below the issuer'),
    variable('ACCESS_TEAM_DOMAIN', 'the host name of a Cloudflare Access team'),
    variable('ACCESS_AUDIENCE', 'the AUD tag of the Access application'),
  ],
  'Alerts and notices': [
    variable('ALERT_WEBHOOK_URL', 'gets each alert as a Standard Webhooks message ([alerts](../alerts.md))'),
    secret('ALERT_WEBHOOK_SECRET', 'signs them'),
    secret('ALERT_SLACK_URL', 'an incoming webhook of Slack'),
    variable('ALERT_EMAIL_TO', 'who is written to, by the binding ALERT_MAIL'),
    variable('ALERT_EMAIL_FROM', 'as whom'),
    variable(
      'ALERT_NETWORK',
      '`private`: the URLs may be at private addresses',
      ({ alerts }) => alerts.network,
    ),
    variable('ALERT_BLOCKED_LINE_MINUTES', 'a line that stands still for so long is told', ({ alerts }) =>
      String(alerts.blockedLineMs / minuteMs),
    ),
    variable('ALERT_BACKLOG_MINUTES', 'a ready delivery that waits for so long is told', ({ alerts }) =>
      String(alerts.backlogMs / minuteMs),
    ),
    variable(
      'CALLBACK_ORIGINS',
      'where notices of ended jobs, and events for [subscribers](../subscriptions.md), may go',
      () => 'none',
    ),
    secret('CALLBACK_SECRET', 'signs notices of ended jobs; without it there are none'),
  ],
  Traces: [
    variable(
      'OTLP_ENDPOINT',
      'the collector of [traces](../observability.md#traces)',
      () => 'nothing is traced',
    ),
    secret('OTLP_HEADERS', 'headers the collector wants to see'),
    variable('OTLP_SAMPLE_RATIO', 'how many of all traces are told', () => '1'),
    variable('OTLP_SENDER_TRACE', "whether a sender's trace goes on here or is pointed at", () => 'parent'),
    variable('OTLP_NETWORK', '`private`: the collector may be at a private address', () => 'public'),
  ],
};
