// The part of the configuration that says whose tokens are taken and what opens the registry. A part of variables-config.ts. All
// problems at once; no message may hold a secret.

import { checkUrl } from './core/egress.ts';
import type { WorkerKeys } from './core/identity/envelope.ts';
import type { ConfigProblem } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import { trimEnd } from './core/trim-end.ts';
import { type Environment, readText, secretsFile, variablesFile } from './environment.ts';

/** Whose tokens prove a caller, and where their keys are. */
export type TokenIssuer = {
  /** `bearer`: any OpenID Connect issuer; `access`: Cloudflare Access, which puts its own header on a request. */
  readonly kind: 'bearer' | 'access';
  /** As it stands in `iss`, to the character. */
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl: string;
};

export type IdentitySettings = {
  /** Null: the registry keeps no credentials and no secrets. */
  readonly registryKeys: WorkerKeys | null;
  readonly issuers: readonly TokenIssuer[];
};

const keyPattern = /^[A-Za-z0-9+/]{43}=$/;
const keyRule = 'must be the base64 of 32 random bytes';

export function readIdentitySettings(
  environment: Environment,
): Result<IdentitySettings, readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const keys = readKeys(environment, problems);
  const issuers = [readOidc(environment, problems), readAccess(environment, problems)];
  if (problems.length > 0) return err(problems);
  return ok({ registryKeys: keys, issuers: issuers.filter((issuer) => issuer !== null) });
}

function readKeys(environment: Environment, problems: ConfigProblem[]): WorkerKeys | null {
  const current = readText(environment, 'REGISTRY_KEY');
  const previous = readText(environment, 'REGISTRY_KEY_PREVIOUS');
  for (const [field, value] of Object.entries({ REGISTRY_KEY: current, REGISTRY_KEY_PREVIOUS: previous })) {
    if (value !== null && !keyPattern.test(value)) problems.push({ file: secretsFile, field, rule: keyRule });
  }
  if (current === null && previous !== null)
    problems.push({
      file: secretsFile,
      field: 'REGISTRY_KEY',
      rule: 'is required with REGISTRY_KEY_PREVIOUS',
    });
  return current === null ? null : { current, previous };
}

function readOidc(environment: Environment, problems: ConfigProblem[]): TokenIssuer | null {
  const issuer = readText(environment, 'OIDC_ISSUER');
  const audience = readText(environment, 'OIDC_AUDIENCE');
  const url = readText(environment, 'OIDC_JWKS_URL');
  if (issuer === null && audience === null && url === null) return null;
  const jwksUrl = url ?? `${trimEnd(issuer ?? '', '/')}/.well-known/jwks.json`;
  if (issuer === null) problems.push(missing('OIDC_ISSUER', 'whose tokens are taken'));
  if (audience === null) problems.push(missing('OIDC_AUDIENCE', 'the `aud` of tokens for this relay'));
  if (!checkUrl(jwksUrl, 'public').ok) {
    const rule = 'must be the https address of the issuer’s keys';
    problems.push({ file: variablesFile, field: url === null ? 'OIDC_ISSUER' : 'OIDC_JWKS_URL', rule });
  }
  return { kind: 'bearer', issuer: issuer ?? '', audience: audience ?? '', jwksUrl };
}

function readAccess(environment: Environment, problems: ConfigProblem[]): TokenIssuer | null {
  const domain = readText(environment, 'ACCESS_TEAM_DOMAIN');
  const audience = readText(environment, 'ACCESS_AUDIENCE');
  if (domain === null && audience === null) return null;
  if (audience === null) problems.push(missing('ACCESS_AUDIENCE', 'the AUD tag of the Access application'));
  const issuer = `https://${domain ?? ''}`;
  if (domain === null || !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain)) {
    const rule = 'must be the team’s host name, e.g. example.cloudflareaccess.com';
    problems.push({ file: variablesFile, field: 'ACCESS_TEAM_DOMAIN', rule });
  }
  return {
    kind: 'access',
    issuer,
    audience: audience ?? '',
    jwksUrl: `${issuer}/cdn-cgi/access/certs`,
  };
}

function missing(field: string, what: string): ConfigProblem {
  return { file: variablesFile, field, rule: `is required: ${what}` };
}
