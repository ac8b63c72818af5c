// The part of the configuration that the integrations ask for: the secrets and settings that sources and targets name.
// A part of config.ts; no message may hold a secret.

import type { SenderApiSettings, SourceSettings, TargetSettings } from './config.ts';
import type { SenderApiDefinition } from './core/enrich.ts';
import type { ConfigProblem, SourceDefinition } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import type { SourceSecrets } from './core/source.ts';
import type { TargetDefinition } from './core/target.ts';
import { trimEnd } from './core/trim-end.ts';
import { type Environment, inRegistry, readText, secretsFile, variablesFile } from './environment.ts';

export function readSourceSecrets(
  environment: Environment,
  source: SourceDefinition,
): Result<readonly [string, SourceSecrets | null], readonly ConfigProblem[]> {
  const current = readText(environment, source.secretVariable);
  const previous = readText(environment, source.previousSecretVariable);
  const problems: ConfigProblem[] = [];
  if (current === null) {
    const rule = `is required: what source ${source.id} signs its webhooks with`;
    return err([{ file: secretsFile, field: source.secretVariable, rule }]);
  }
  if (current === inRegistry) return keptInRegistry(environment, source.secretVariable, [source.id, null]);
  const check = (field: string, secret: string) => {
    const problem = source.preset.scheme.secretProblem(secret);
    if (problem === null) return;
    const rule = `cannot be used as a secret of source ${source.id} (${source.preset.name}): ${problem}`;
    problems.push({ file: secretsFile, field, rule });
  };
  check(source.secretVariable, current);
  if (previous !== null) check(source.previousSecretVariable, previous);
  return problems.length > 0 ? err(problems) : ok([source.id, { current, previous }]);
}

/** A secret can only stand there where the registry can keep one. */
function keptInRegistry<T>(
  environment: Environment,
  field: string,
  value: T,
): Result<T, readonly ConfigProblem[]> {
  if (readText(environment, 'REGISTRY_KEY') !== null) return ok(value);
  const rule = `cannot be ${inRegistry} without REGISTRY_KEY: the registry could keep no secret`;
  return err([{ file: secretsFile, field, rule }]);
}

export function readSourceSettings(
  environment: Environment,
  source: SourceDefinition,
): Result<readonly [string, SourceSettings], readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const credentials: Record<string, string> = {};
  for (const [name, variable] of Object.entries(source.credentialVariables ?? {})) {
    const value = readText(environment, variable);
    if (value !== null) credentials[name] = value;
    else {
      const rule = `is required: the ${name} of source ${source.id}`;
      problems.push({ file: secretsFile, field: variable, rule });
    }
  }
  const { urlVariable } = source;
  const publicUrl = urlVariable === undefined ? null : readText(environment, urlVariable);
  // Kept as it is written: the sender signs these characters, and no others.
  if (urlVariable !== undefined && URL.parse(publicUrl ?? '')?.protocol.startsWith('http') !== true) {
    const rule = `must be the URL that source ${source.id}'s sender posts to, exactly as it was given to the sender`;
    problems.push({ file: variablesFile, field: urlVariable, rule });
  }
  return problems.length > 0 ? err(problems) : ok([source.id, { publicUrl, credentials }]);
}

export function readTargetSettings(
  environment: Environment,
  target: TargetDefinition,
): Result<readonly [string, TargetSettings], readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const credential: Record<string, string> = {};
  const optional = target.adapter.session.optionalFields ?? [];
  for (const [part, variable] of Object.entries(target.credentialVariables)) {
    const value = readText(environment, variable);
    if (value === inRegistry) {
      const kept = keptInRegistry(environment, variable, null);
      if (!kept.ok) problems.push(...kept.error);
    } else if (value !== null) credential[part] = value;
    else if (!optional.includes(part)) {
      const rule = `is required: the ${part} of target ${target.id}`;
      problems.push({ file: secretsFile, field: variable, rule });
    }
  }
  const { baseUrlVariable: variable, tokenUrlVariable, network } = target;
  const owner = `target ${target.id}`;
  const baseUrl = variable === null ? ok(null) : readBaseUrl(environment, { variable, network, owner });
  if (!baseUrl.ok) problems.push(...baseUrl.error);
  const tokenUrl =
    tokenUrlVariable === undefined
      ? ok(null)
      : readBaseUrl(environment, { variable: tokenUrlVariable, network, owner: `the tokens of ${owner}` });
  if (!tokenUrl.ok) problems.push(...tokenUrl.error);
  const kept = whyTokenKey(target);
  if (kept !== null && readText(environment, 'TOKEN_KEY') === null) {
    const rule = `is required: target ${target.id} gets ${kept}, which has to be kept`;
    problems.push({ file: secretsFile, field: 'TOKEN_KEY', rule });
  }
  if (!baseUrl.ok || !tokenUrl.ok || problems.length > 0) return err(problems);
  const token = tokenUrl.value === null ? {} : { tokenUrl: tokenUrl.value };
  return ok([target.id, { baseUrl: baseUrl.value, ...token, credential }]);
}

/** Under which the settings of a source's listing stand; a source id holds no slash. */
export const listingSettingsId = (source: string): string => `${source}/list`;

/** Nothing for a source that has no such API. */
export function readSenderApi(
  environment: Environment,
  { id, owner }: { readonly id: string; readonly owner: string },
  api: SenderApiDefinition | undefined,
): readonly Result<readonly [string, SenderApiSettings], readonly ConfigProblem[]>[] {
  if (api === undefined) return [];
  const { baseUrlVariable, tokenVariable, network } = api;
  const baseUrl = readBaseUrl(environment, { variable: baseUrlVariable, network, owner });
  const token = tokenVariable === null ? null : readText(environment, tokenVariable);
  const problems = baseUrl.ok ? [] : [...baseUrl.error];
  if (tokenVariable !== null && token === null)
    problems.push({ file: secretsFile, field: tokenVariable, rule: `is required: the token of ${owner}` });
  return [
    baseUrl.ok && problems.length === 0
      ? ok([id, { baseUrl: baseUrl.value, token }] as const)
      : err(problems),
  ];
}

function whyTokenKey({ adapter }: TargetDefinition): string | null {
  const { strategy, rotation } = adapter.session;
  if (strategy === 'oauth2_refresh_token') return 'a new refresh token with each use';
  return rotation === undefined ? null : 'new keys in place of the configured one';
}

function readBaseUrl(
  environment: Environment,
  place: { readonly variable: string; readonly network: 'public' | 'private'; readonly owner: string },
): Result<string, readonly ConfigProblem[]> {
  const { variable: field, network, owner } = place;
  const refuse = (rule: string) => err([{ file: variablesFile, field, rule }]);
  const text = readText(environment, field);
  if (text === null) return refuse(`is required: the base URL of ${owner}`);
  const url = URL.parse(text);
  if (url === null) return refuse('must be a URL, e.g. https://erp.example.com/api');
  if (url.username !== '' || url.password !== '')
    return refuse('may not hold a credential: that is a secret');
  if (url.search !== '' || url.hash !== '') return refuse('may not have a query or a fragment');
  const allowed = network === 'private' ? ['https:', 'http:'] : ['https:'];
  if (!allowed.includes(url.protocol)) {
    return refuse(`must begin with ${allowed.join('// or ')}//, as ${owner} is on a ${network} network`);
  }
  return ok(trimEnd(url.href, '/'));
}
