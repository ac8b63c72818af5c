// The local secrets: reads .dev.vars, and writes what is missing there, random, readable by its owner alone.
// It may change no line that exists, and may print no value.

import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

export type Secrets = Record<string, string>;

const random = (bytes: number) => randomBytes(bytes);

/**
 * How each secret is made, in the form its sender gives it. 32 random bytes are 256 bits, as much as the HMAC-SHA256
 * they key can use.
 */
const makers: Record<string, () => string> = {
  ADMIN_KEY: () => `hf_${random(32).toString('base64url')}`,
  TOKEN_KEY: () => random(32).toString('base64'),
  REGISTRY_KEY: () => random(32).toString('base64'),
  SHOPIFY_WEBHOOK_SECRET: () => random(32).toString('hex'),
  STRIPE_WEBHOOK_SECRET: () => `whsec_${random(32).toString('hex')}`,
  WOOCOMMERCE_WEBHOOK_SECRET: () => random(32).toString('hex'),
  STANDARD_WEBHOOKS_SECRET: () => `whsec_${random(32).toString('base64')}`,
  WAREHOUSE_WEBHOOK_SECRET: () => random(32).toString('hex'),
  SMOKE_WEBHOOK_SECRET: () => `whsec_${random(32).toString('base64')}`,
  SANDBOX_ERP_KEY_ID: () => `relay-${random(6).toString('hex')}`,
  SANDBOX_ERP_KEY_SECRET: () => random(32).toString('hex'),
};

export const secretNames: readonly string[] = Object.keys(makers);

/** A complete set of fresh secrets, for a relay that keeps nothing. */
export function createSecrets(): Secrets {
  return Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()]));
}

/** Everything .dev.vars says, the secrets and any variable it overrides. An absent file says nothing. */
export function readDevVars(path: string): Record<string, string> {
  if (!existsSync(path)) {
    return {};
  }
  return parseEnv(readFileSync(path, 'utf8')) as Record<string, string>;
}

/** Adds the secrets that are missing or empty; returns their names. A value that is there stays as it is. */
export function addMissingSecrets(path: string): string[] {
  const existing = readDevVars(path);
  const missing = secretNames.filter((name) => (existing[name] ?? '') === '');
  if (missing.length === 0) {
    return [];
  }
  const lines = missing.map((name) => `${name}=${makers[name]?.()}\n`).join('');
  if (existsSync(path)) {
    const isOpenLine = /[^\n]$/.test(readFileSync(path, 'utf8'));
    appendFileSync(path, `${isOpenLine ? '\n' : ''}${lines}`);
  } else {
    const heading =
      '# Local secrets, made at random; not for a deployed relay. Names and meaning: .dev.vars.example\n';
    writeFileSync(path, heading + lines, { mode: 0o600, flag: 'wx' });
  }
  return missing;
}
