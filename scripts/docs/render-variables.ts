// docs/reference/variables.md: what each variable is for stands in variables.ts, what it has to be and what it is by default is
// asked of the configuration itself.

import { parseVariables, type Variables } from '../../src/config.ts';
import { code, generatedNote, table } from './markdown.ts';
import { type VariableNote, variableGroups } from './variables.ts';

const least = { PARTITIONS: '1', GENERATION: '1' };

/** No variable may be this. */
const wrong = '\u0000';

/** What goes with it, where it is asked for only beside another. */
const beside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ALERT_EMAIL_TO: { ALERT_EMAIL_FROM: 'relay@example.com' },
  ALERT_EMAIL_FROM: { ALERT_EMAIL_TO: 'ops@example.com' },
  ALERT_WEBHOOK_URL: { ALERT_WEBHOOK_SECRET: 'c2VjcmV0' },
  ALERT_WEBHOOK_SECRET: { ALERT_WEBHOOK_URL: 'https://ops.example.com' },
  OIDC_JWKS_URL: { OIDC_ISSUER: 'https://issuer.example.com', OIDC_AUDIENCE: 'relay' },
  OIDC_ISSUER: { OIDC_AUDIENCE: 'relay' },
  ACCESS_TEAM_DOMAIN: { ACCESS_AUDIENCE: 'relay' },
};

/** What the configuration says to a value that cannot be; the empty text where it takes any. */
function ruleOf(name: string): string {
  const mail = name.startsWith('ALERT_EMAIL') ? { ALERT_MAIL: {} } : {};
  const parsed = parseVariables({ ...least, ...mail, ...beside[name], [name]: wrong });
  return parsed.ok ? '' : (parsed.error.find(({ field }) => field === name)?.rule ?? '');
}

function rowOf(defaults: Variables, { name, secret, says, otherwise }: VariableNote): string[] {
  const given = otherwise === null ? '' : otherwise(defaults);
  return [code(name), secret ? 'secret' : '', says, ruleOf(name).replace(/^must /, ''), given];
}

export function renderVariables(): string {
  const parsed = parseVariables(least);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const groups = Object.entries(variableGroups).map(
    ([title, notes]) =>
      `## ${title}\n\n${table(
        ['name', '', 'what it is', 'must', 'otherwise'],
        notes.map((note) => rowOf(parsed.value, note)),
      )}`,
  );
  return `${generatedNote}
# Variables and secrets

Variables stand under \`[vars]\` in [wrangler.toml](../../wrangler.toml). Secrets are set with \`npx wrangler secret put NAME\`, or by API where they belong to a source
or a target ([security](../security.md#secrets)). On your machine both may stand in \`.dev.vars\`. A value that does not hold stops the start; all problems are named at once, each with its
file, field and rule, at \`/readyz\` and in the log line \`configuration.invalid\`.

${groups.join('\n\n')}

## What integrations ask for

Every source names the variable of its secret, every target those of its base URL and credential, and they are required. The examples use
those of [.dev.vars.example](../../.dev.vars.example) and \`ERP_BASE_URL\`. \`NAME_PREVIOUS\` beside a source's secret is taken, too, until it is removed. The value
\`registry\` says that a secret is set by API instead.
`;
}
