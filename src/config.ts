// Env → Config: every setting with its unit, bounds and reason; every secret a source or target names. All problems at
// once, each with file, field and rule. It may not import a layer that reads it, and no message may hold a secret.

import * as z from 'zod';
import { type AlertSettings, readAlertSettings } from './alert-config.ts';
import { limits } from './core/limits.ts';
import { parseOrigins } from './core/notice.ts';
import type { ConfigProblem, RelayDefinition, SourceDefinition } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import { secretBytes } from './core/signature/secret-bytes.ts';
import type { SourceSecrets } from './core/source.ts';
import type { TargetDefinition } from './core/target.ts';
import { trimEnd } from './core/trim-end.ts';

export type { AlertSettings };

export type TargetSettings = {
  /** Without a slash at its end; null where the target's adapter makes no call. */
  readonly baseUrl: string | null;
  /** Where tokens are obtained, where that is another host; absent: the base URL. */
  readonly tokenUrl?: string;
  readonly credential: Readonly<Record<string, string>>;
};

export type SourceSettings = {
  /** As the sender knows it, to the character: it may be a part of what is signed. Null: not configured. */
  readonly publicUrl: string | null;
  readonly credentials: Readonly<Record<string, string>>;
};

export type SenderApiSettings = {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Null where the API takes none. */
  readonly token: string | null;
};

export type Config = {
  /** How many sequencers share the ordering keys. */
  readonly partitions: number;
  readonly generation: number;
  /** Partitions of each earlier generation, the first first. */
  readonly previousPartitions: readonly number[];
  /** Null: the admin endpoints answer 503 and everything else works. */
  readonly adminKey: string | null;
  /** Encrypts what is kept of tokens, base64 of 32 bytes; null: tokens stay in memory. */
  readonly tokenKey: string | null;
  readonly maxBodyBytes: number;
  readonly ledgerHorizonMs: number;
  /** How long the bodies of closed events are kept after their receipt. */
  readonly bodyRetentionMs: number;
  /** ERP calls one consumer makes at once. */
  readonly deliveryConcurrency: number;
  /** How long one consumer takes new work, ms. */
  readonly deliveryBudgetMs: number;
  readonly alerts: AlertSettings;
  /** Where notices of ended jobs may go, and what they are signed with; null: no callbacks. */
  readonly callbacks: { readonly origins: readonly string[]; readonly secret: string } | null;
  /** By source id. */
  readonly sourceSecrets: ReadonlyMap<string, SourceSecrets>;
  /** By source id. */
  readonly sourceSettings: ReadonlyMap<string, SourceSettings>;
  /** By target id. */
  readonly targetSettings: ReadonlyMap<string, TargetSettings>;
  /** Of sources that enrich, by source id. */
  readonly senderApis: ReadonlyMap<string, SenderApiSettings>;
};

/** What a Worker is given. Bindings stand in it too; only named variables are read. */
export type Environment = Readonly<Record<string, unknown>>;

const dayMs = 24 * 3600 * 1000;

/** Where variables and secrets are written: what a person has to open to mend a problem. */
const variablesFile = 'wrangler.toml';
const secretsFile = '.dev.vars';

export function parseConfig(
  environment: Environment,
  relay: RelayDefinition,
): Result<Config, readonly ConfigProblem[]> {
  const variables = parseVariables(environment);
  const secrets = [...relay.sources.values()].map((source) => readSourceSecrets(environment, source));
  const settings = [...relay.sources.values()].map((source) => readSourceSettings(environment, source));
  const targets = [...relay.targets.values()].map((target) => readTargetSettings(environment, target));
  const apis = [...relay.sources.values()].flatMap((source) => readSenderApi(environment, source));
  const problems = [variables, ...secrets, ...settings, ...targets, ...apis].flatMap((read) =>
    read.ok ? [] : read.error,
  );
  if (!variables.ok || problems.length > 0) return err(problems);
  return ok({
    ...variables.value,
    sourceSecrets: new Map(secrets.flatMap((read) => (read.ok ? [read.value] : []))),
    sourceSettings: new Map(settings.flatMap((read) => (read.ok ? [read.value] : []))),
    targetSettings: new Map(targets.flatMap((read) => (read.ok ? [read.value] : []))),
    senderApis: new Map(apis.flatMap((read) => (read.ok ? [read.value] : []))),
  });
}

/** A whole number within bounds, written as a number or as digits. */
function wholeNumber(bounds: { readonly least: number; readonly most: number; readonly unit: string }) {
  const { least, most, unit } = bounds;
  const rule = `must be a whole number from ${least} to ${most} (${unit})`;
  return z
    .union([z.number(), z.string().regex(/^\d{1,15}$/, rule)], rule)
    .transform(Number)
    .pipe(z.int(rule).min(least, rule).max(most, rule));
}

/** Where GENERATION itself is wrong, that is the one thing to say. */
function isGenerationListed(data: { GENERATION: number; PREVIOUS_PARTITIONS: readonly number[] }): boolean {
  return !Number.isInteger(data.GENERATION) || data.PREVIOUS_PARTITIONS.length === data.GENERATION - 1;
}

const variablesSchema = z
  .object({
    /** More than 1,024 makes a list ask too many objects; each serves some 200 events a second. */
    PARTITIONS: wholeNumber({ least: 1, most: 1_024, unit: 'sequencers' }),
    GENERATION: wholeNumber({ least: 1, most: 1_000, unit: 'generation' }),
    /** Those objects keep what they hold, so their number must stay known. */
    PREVIOUS_PARTITIONS: z
      .string()
      .regex(/^(\d{1,4}(,\d{1,4})*)?$/, 'must list the PARTITIONS of each earlier generation: "4" or "4,16"')
      .transform((text) => (text === '' ? [] : text.split(',').map(Number)))
      .default([]),
    /** A shorter key could be guessed; a longer one would not fit a header. */
    ADMIN_KEY: z
      .string()
      .regex(/^[\x21-\x7e]{32,256}$/, 'must be 32 to 256 printable characters without spaces')
      .nullable(),
    /** AES-256. */
    TOKEN_KEY: z
      .string()
      .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 random bytes')
      .nullable(),
    /** The most is what a D1 row holds with everything beside the body. */
    MAX_BODY_BYTES: wholeNumber({ least: 1_024, most: limits.maxBodyBytes, unit: 'bytes' }).default(
      limits.maxBodyBytes,
    ),
    /** At least the longest time a sender may send an event again: 45 days. */
    LEDGER_HORIZON_DAYS: wholeNumber({ least: 45, most: 3_650, unit: 'days' }).default(
      limits.ledgerHorizonMs / dayMs,
    ),
    /** A shorter time leaves nothing to replay a mistake of last week from. */
    BODY_RETENTION_DAYS: wholeNumber({ least: 7, most: 3_650, unit: 'days' }).default(
      limits.bodyRetentionMs / dayMs,
    ),
    /** Six is what the platform opens at once in one invocation; a box of one's own can do more. */
    DELIVERY_CONCURRENCY: wholeNumber({ least: 1, most: 100, unit: 'calls' }).default(6),
    /** Far below the platform's 15 minutes for a consumer. Where one consumer runs at a time, others wait for its end. */
    DELIVERY_BUDGET_MS: wholeNumber({ least: 100, most: 300_000, unit: 'ms' }).default(20_000),
    CALLBACK_ORIGINS: z
      .string()
      .default('')
      .transform(parseOrigins)
      .refine((origins) => origins !== null, 'must list origins such as https://hooks.example.com')
      .transform((origins) => origins ?? []),
    CALLBACK_SECRET: z
      .string()
      .refine(
        (secret) => secretBytes(secret, 'whsec_base64')?.algorithm === 'hmac',
        'must be whsec_ and base64',
      )
      .nullable(),
  })
  .refine(isGenerationListed, {
    path: ['PREVIOUS_PARTITIONS'],
    message: 'must list as many numbers as there are generations before GENERATION',
  });

const secretVariables: readonly string[] = ['ADMIN_KEY', 'CALLBACK_SECRET', 'TOKEN_KEY'];

/** The settings that need no knowledge of the integrations. */
export type Variables = Omit<Config, 'sourceSecrets' | 'sourceSettings' | 'targetSettings' | 'senderApis'>;

export function parseVariables(environment: Environment): Result<Variables, readonly ConfigProblem[]> {
  const given = {
    PARTITIONS: environment.PARTITIONS,
    GENERATION: environment.GENERATION,
    PREVIOUS_PARTITIONS: environment.PREVIOUS_PARTITIONS,
    ADMIN_KEY: readText(environment, 'ADMIN_KEY'),
    TOKEN_KEY: readText(environment, 'TOKEN_KEY'),
    MAX_BODY_BYTES: environment.MAX_BODY_BYTES,
    LEDGER_HORIZON_DAYS: environment.LEDGER_HORIZON_DAYS,
    BODY_RETENTION_DAYS: environment.BODY_RETENTION_DAYS,
    DELIVERY_CONCURRENCY: environment.DELIVERY_CONCURRENCY,
    DELIVERY_BUDGET_MS: environment.DELIVERY_BUDGET_MS,
    CALLBACK_ORIGINS: environment.CALLBACK_ORIGINS,
    CALLBACK_SECRET: readText(environment, 'CALLBACK_SECRET'),
  };
  const parsed = variablesSchema.safeParse(given);
  const alerts = readAlertSettings(environment);
  if (!parsed.success || !alerts.ok) {
    const own = parsed.success ? [] : parsed.error.issues.map(toProblem);
    return err([...own, ...(alerts.ok ? [] : alerts.error)]);
  }
  const { data } = parsed;
  return ok({
    partitions: data.PARTITIONS,
    generation: data.GENERATION,
    previousPartitions: data.PREVIOUS_PARTITIONS,
    adminKey: data.ADMIN_KEY,
    tokenKey: data.TOKEN_KEY,
    maxBodyBytes: data.MAX_BODY_BYTES,
    ledgerHorizonMs: data.LEDGER_HORIZON_DAYS * dayMs,
    bodyRetentionMs: data.BODY_RETENTION_DAYS * dayMs,
    deliveryConcurrency: data.DELIVERY_CONCURRENCY,
    deliveryBudgetMs: data.DELIVERY_BUDGET_MS,
    alerts: alerts.value,
    callbacks:
      data.CALLBACK_SECRET === null ? null : { origins: data.CALLBACK_ORIGINS, secret: data.CALLBACK_SECRET },
  });
}

function toProblem(issue: z.core.$ZodIssue): ConfigProblem {
  const field = String(issue.path[0]);
  return { file: secretVariables.includes(field) ? secretsFile : variablesFile, field, rule: issue.message };
}

/** Null where it is missing or empty: `.dev.vars` lists every name, filled in or not. */
function readText(environment: Environment, name: string): string | null {
  const value = environment[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

function readSourceSecrets(
  environment: Environment,
  source: SourceDefinition,
): Result<readonly [string, SourceSecrets], readonly ConfigProblem[]> {
  const current = readText(environment, source.secretVariable);
  const previous = readText(environment, source.previousSecretVariable);
  const problems: ConfigProblem[] = [];
  if (current === null) {
    const rule = `is required: what source ${source.id} signs its webhooks with`;
    return err([{ file: secretsFile, field: source.secretVariable, rule }]);
  }
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

function readSourceSettings(
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

function readTargetSettings(
  environment: Environment,
  target: TargetDefinition,
): Result<readonly [string, TargetSettings], readonly ConfigProblem[]> {
  const problems: ConfigProblem[] = [];
  const credential: Record<string, string> = {};
  const optional = target.adapter.session.optionalFields ?? [];
  for (const [part, variable] of Object.entries(target.credentialVariables)) {
    const value = readText(environment, variable);
    if (value !== null) credential[part] = value;
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
  if (needsTokenKey(target) && readText(environment, 'TOKEN_KEY') === null) {
    const rule = `is required: target ${target.id} gets a new refresh token with each use, which has to be kept`;
    problems.push({ file: secretsFile, field: 'TOKEN_KEY', rule });
  }
  if (!baseUrl.ok || !tokenUrl.ok || problems.length > 0) return err(problems);
  const token = tokenUrl.value === null ? {} : { tokenUrl: tokenUrl.value };
  return ok([target.id, { baseUrl: baseUrl.value, ...token, credential }]);
}

/** Nothing for a source that does not enrich. */
function readSenderApi(
  environment: Environment,
  source: SourceDefinition,
): readonly Result<readonly [string, SenderApiSettings], readonly ConfigProblem[]>[] {
  if (source.enrich === undefined) return [];
  const { baseUrlVariable, tokenVariable, network } = source.enrich.api;
  const owner = `the API of source ${source.id}`;
  const baseUrl = readBaseUrl(environment, { variable: baseUrlVariable, network, owner });
  const token = tokenVariable === null ? null : readText(environment, tokenVariable);
  const problems = baseUrl.ok ? [] : [...baseUrl.error];
  if (tokenVariable !== null && token === null)
    problems.push({ file: secretsFile, field: tokenVariable, rule: `is required: the token of ${owner}` });
  return [
    baseUrl.ok && problems.length === 0
      ? ok([source.id, { baseUrl: baseUrl.value, token }] as const)
      : err(problems),
  ];
}

function needsTokenKey(target: TargetDefinition): boolean {
  return target.adapter.session.strategy === 'oauth2_refresh_token';
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
