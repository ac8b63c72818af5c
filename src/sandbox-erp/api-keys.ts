// API keys of the sandbox ERP: bearers that live for months, issued to whoever holds one, and ended by whoever holds another of
// the same owner; as ERPs with keys for machines do it. At most ten for an owner, so that who never ends one is stopped.
// May not answer HTTP itself.

import * as z from 'zod';
import { ERP_AREAS, type Erp, type ErpArea, isoTime, parseBody } from './erp.ts';
import { Refusal, refuse } from './refusal.ts';
import type { Session } from './sessions.ts';

export const ISSUE_KEY_ROUTE = 'POST /auth/keys';
export const REVOKE_KEY_ROUTE = 'POST /auth/keys/revoke';

/** Ten, as in Odoo. */
const MAX_KEYS_OF_OWNER = 10;

/** 90 days: the longest life of an Odoo key. */
const MAX_LIFE_SECONDS = 90 * 86_400;

export const issueBody = z.strictObject({
  expiresInSeconds: z.int().min(1).max(MAX_LIFE_SECONDS).default(MAX_LIFE_SECONDS),
  /** No more than the issuing key has. Absent: as many. */
  scopes: z.array(z.enum(ERP_AREAS)).nullish(),
});

export type ApiKey = {
  readonly apiKey: string;
  readonly expiresAt: string;
  readonly scopes: readonly ErpArea[];
};

export function issueApiKey(erp: Erp, { keyId, scopes: held }: Session, body: unknown): ApiKey {
  const { expiresInSeconds, scopes: wanted } = parseBody(issueBody, body);
  const { sql } = erp.store;
  sql.exec('DELETE FROM tokens WHERE expires_at <= ?', erp.now);
  const owned = erp.store.row(
    "SELECT count(*) AS count FROM tokens WHERE key_id = ? AND substr(token, 1, 4) = 'sbk_'",
    keyId,
  );
  if (Number(owned?.count ?? 0) >= MAX_KEYS_OF_OWNER) {
    refuse('too_many_keys', `An owner may have ${MAX_KEYS_OF_OWNER} keys.`);
  }
  const apiKey = `sbk_${crypto.randomUUID().replaceAll('-', '')}`;
  const expiresAt = erp.now + expiresInSeconds * 1_000;
  const scopes = held.filter((scope) => wanted?.includes(scope) ?? true);
  sql.exec(
    'INSERT INTO tokens (token, key_id, scopes, expires_at) VALUES (?, ?, ?, ?)',
    ...[apiKey, keyId, JSON.stringify(scopes), expiresAt],
  );
  return { apiKey, expiresAt: isoTime(expiresAt), scopes };
}

const revokeBody = z.strictObject({ apiKey: z.string().startsWith('sbk_').max(100) });

export function revokeApiKey(erp: Erp, { keyId }: Session, body: unknown): { readonly revoked: true } {
  const { apiKey } = parseBody(revokeBody, body);
  if (erp.store.row('SELECT 1 FROM tokens WHERE token = ? AND key_id = ?', apiKey, keyId) === null) {
    throw new Refusal({ status: 404, code: 'unknown_key', message: 'There is no such key.' });
  }
  erp.store.sql.exec('DELETE FROM tokens WHERE token = ?', apiKey);
  return { revoked: true };
}
