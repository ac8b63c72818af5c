// Keys, logins and short-lived tokens of the sandbox ERP, with the lockout that real ERPs have.
// May not answer HTTP itself: it refuses, and the gateway answers.

import * as z from 'zod';
import { ERP_AREAS, type Erp, type ErpArea, isoTime, parseBody } from './erp.ts';
import { dropOldAnswers } from './kept-answers.ts';
import { Refusal } from './refusal.ts';

/** Failed logins in a row that lock a key. Six, as recorded on a running Tryton. */
const LOGIN_FAILURES_TO_LOCK = 6;

const scopes = z.array(z.enum(ERP_AREAS));

const loginBody = z.object({
  keyId: z.string().max(200),
  secret: z.string().max(1_000),
  /** Asks for a token of fewer scopes than the key has. */
  scopes: scopes.nullish(),
});

export const keyBody = z.strictObject({
  secret: z.string().min(8).max(1_000),
  scopes: scopes.default([...ERP_AREAS]),
});

/** The pair from the Worker's variables: it holds every scope. Null where they are not set. */
export type MainKey = { readonly keyId: string; readonly secret: string } | null;

export type Session = { readonly keyId: string; readonly scopes: readonly ErpArea[] };

export type Token = {
  readonly token: string;
  readonly tokenType: 'bearer';
  readonly expiresInSeconds: number;
  readonly expiresAt: string;
  readonly scopes: readonly ErpArea[];
};

/** Logs in. A failure is a value here, not a refusal: its count must outlive the transaction. */
export function login(erp: Erp, mainKey: MainKey, body: unknown): Token | Refusal {
  const { keyId, secret, scopes: wanted } = parseBody(loginBody, body);
  const failures = erp.store.row('SELECT count, locked_until FROM login_failures WHERE key_id = ?', keyId);
  if (Number(failures?.locked_until ?? 0) > erp.now) {
    // No Retry-After, and the right secret is refused too: this is what a caller that hammers a login meets.
    return new Refusal({ status: 429, code: 'locked_out', message: 'Too many failed logins.' });
  }
  const known = scopesOfKey(erp, mainKey, { keyId, secret });
  if (known === null) {
    countFailure(erp, keyId, Number(failures?.count ?? 0) + 1);
    return new Refusal({ status: 401, code: 'login_failed', message: 'Unknown key or wrong secret.' });
  }
  erp.store.sql.exec('DELETE FROM login_failures WHERE key_id = ?', keyId);
  erp.store.sql.exec('DELETE FROM tokens WHERE expires_at <= ?', erp.now);
  dropOldAnswers(erp.store, erp.now);
  return issueToken(erp, { keyId, scopes: known.filter((scope) => wanted?.includes(scope) ?? true) });
}

function issueToken(erp: Erp, { keyId, scopes: granted }: Session): Token {
  const token = `sbx_${crypto.randomUUID().replaceAll('-', '')}`;
  const expiresInSeconds = erp.settings.tokenTtlSeconds;
  const expiresAt = erp.now + expiresInSeconds * 1_000;
  erp.store.sql.exec(
    'INSERT INTO tokens (token, key_id, scopes, expires_at) VALUES (?, ?, ?, ?)',
    ...[token, keyId, JSON.stringify(granted), expiresAt],
  );
  return { token, tokenType: 'bearer', expiresInSeconds, expiresAt: isoTime(expiresAt), scopes: granted };
}

function countFailure(erp: Erp, keyId: string, count: number): void {
  const locked = count >= LOGIN_FAILURES_TO_LOCK;
  const lockedUntil = locked ? erp.now + erp.settings.lockoutSeconds * 1_000 : 0;
  erp.store.sql.exec(
    `INSERT INTO login_failures (key_id, count, locked_until) VALUES (?, ?, ?)
     ON CONFLICT (key_id) DO UPDATE SET count = excluded.count, locked_until = excluded.locked_until`,
    ...[keyId, locked ? 0 : count, lockedUntil],
  );
}

function scopesOfKey(
  erp: Erp,
  mainKey: MainKey,
  { keyId, secret }: { keyId: string; secret: string },
): readonly ErpArea[] | null {
  if (mainKey !== null && mainKey.keyId === keyId) return isSame(mainKey.secret, secret) ? ERP_AREAS : null;
  const row = erp.store.row('SELECT secret, scopes FROM keys WHERE key_id = ?', keyId);
  if (row === null || !isSame(String(row.secret), secret)) return null;
  return JSON.parse(String(row.scopes)) as ErpArea[];
}

/** Compares without telling by its time how much of the secret was right. */
function isSame(left: string, right: string): boolean {
  const [a, b] = [new TextEncoder().encode(left), new TextEncoder().encode(right)];
  return a.byteLength === b.byteLength && crypto.subtle.timingSafeEqual(a, b);
}

/** The session of a token. An ended and an unknown token are answered alike. */
export function authenticate(erp: Erp, token: string | null, expiredStatus: 200 | 401): Session {
  if (token === null)
    throw new Refusal({ status: 401, code: 'token_missing', message: 'A bearer token is required.' });
  const row = erp.store.row('SELECT key_id, scopes, expires_at FROM tokens WHERE token = ?', token);
  if (row === null || Number(row.expires_at) <= erp.now) {
    throw new Refusal({
      status: expiredStatus,
      code: 'session_expired',
      message: 'The session has expired.',
    });
  }
  return { keyId: String(row.key_id), scopes: JSON.parse(String(row.scopes)) as ErpArea[] };
}

export function putKey(
  erp: Erp,
  keyId: string,
  body: unknown,
): { keyId: string; scopes: readonly ErpArea[] } {
  const { secret, scopes: granted } = parseBody(keyBody, body);
  erp.store.sql.exec(
    `INSERT INTO keys (key_id, secret, scopes) VALUES (?, ?, ?)
     ON CONFLICT (key_id) DO UPDATE SET secret = excluded.secret, scopes = excluded.scopes`,
    ...[keyId, secret, JSON.stringify(granted)],
  );
  return { keyId, scopes: granted };
}

/** Those of logins; API keys end by themselves or are revoked. */
export function endAllTokens(erp: Pick<Erp, 'store'>): void {
  erp.store.sql.exec("DELETE FROM tokens WHERE substr(token, 1, 4) <> 'sbk_'");
}
