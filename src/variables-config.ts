// The part of the configuration that needs no knowledge of the integrations: variables and secrets of the relay itself, each
// with its unit, bounds and reason. A part of config.ts; no message may hold a secret.

import * as z from 'zod';
import { readAlertSettings } from './alert-config.ts';
import type { Variables } from './config.ts';
import { limits } from './core/limits.ts';
import { parseOrigins } from './core/notice.ts';
import type { ConfigProblem } from './core/relay-definition.ts';
import { err, ok, type Result } from './core/result.ts';
import { secretBytes } from './core/signature/secret-bytes.ts';
import { type Environment, readText, secretsFile, variablesFile } from './environment.ts';
import { readIdentitySettings } from './identity-config.ts';
import { readTraceSettings } from './trace-config.ts';

const dayMs = 24 * 3600 * 1000;

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
    /** Fewer than one a second would stop people at work. */
    API_REQUESTS_PER_MINUTE: wholeNumber({ least: 60, most: 1_000_000, unit: 'requests' }).default(
      limits.apiRequestsPerMinute,
    ),
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform(parseOrigins)
      .refine((origins) => origins !== null, 'must list origins such as https://console.example.com')
      .transform((origins) => origins ?? []),
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
    API_REQUESTS_PER_MINUTE: environment.API_REQUESTS_PER_MINUTE,
    CORS_ORIGINS: environment.CORS_ORIGINS,
    CALLBACK_ORIGINS: environment.CALLBACK_ORIGINS,
    CALLBACK_SECRET: readText(environment, 'CALLBACK_SECRET'),
  };
  const parsed = variablesSchema.safeParse(given);
  const alerts = readAlertSettings(environment);
  const identity = readIdentitySettings(environment);
  const traces = readTraceSettings(environment);
  if (!parsed.success || !alerts.ok || !identity.ok || !traces.ok) {
    const own = parsed.success ? [] : parsed.error.issues.map(toProblem);
    return err([...own, ...[alerts, identity, traces].flatMap((read) => (read.ok ? [] : read.error))]);
  }
  const { data } = parsed;
  return ok({
    partitions: data.PARTITIONS,
    generation: data.GENERATION,
    previousPartitions: data.PREVIOUS_PARTITIONS,
    adminKey: data.ADMIN_KEY,
    tokenKey: data.TOKEN_KEY,
    apiRequestsPerMinute: data.API_REQUESTS_PER_MINUTE,
    corsOrigins: data.CORS_ORIGINS,
    maxBodyBytes: data.MAX_BODY_BYTES,
    ledgerHorizonMs: data.LEDGER_HORIZON_DAYS * dayMs,
    bodyRetentionMs: data.BODY_RETENTION_DAYS * dayMs,
    deliveryConcurrency: data.DELIVERY_CONCURRENCY,
    deliveryBudgetMs: data.DELIVERY_BUDGET_MS,
    alerts: alerts.value,
    traces: traces.value,
    ...identity.value,
    callbacks:
      data.CALLBACK_SECRET === null ? null : { origins: data.CALLBACK_ORIGINS, secret: data.CALLBACK_SECRET },
  });
}

function toProblem(issue: z.core.$ZodIssue): ConfigProblem {
  const field = String(issue.path[0]);
  return { file: secretVariables.includes(field) ? secretsFile : variablesFile, field, rule: issue.message };
}
