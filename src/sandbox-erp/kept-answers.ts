// Answers kept under idempotency keys: the same request again gets the first answer, another one is refused.
// Works inside the caller's transaction, so that an effect and its answer are kept together or not at all.

import type { ErpStore } from './erp-store.ts';
import { Refusal } from './refusal.ts';

/** 24 h: what services with idempotency keys commonly keep them for. */
const ANSWER_TTL_MS = 24 * 60 * 60 * 1_000;

export type KeptAnswer = { readonly status: number; readonly body: unknown };

type Key = { readonly key: string; readonly bodyDigest: string | null; readonly now: number };

export function knownAnswer(store: ErpStore, { key, bodyDigest, now }: Key): KeptAnswer | null {
  const row = store.row('SELECT digest, status, body, expires_at FROM answers WHERE key = ?', key);
  if (row === null || Number(row.expires_at) <= now) return null;
  if (row.digest !== bodyDigest) {
    const message = 'The idempotency key was used with another body.';
    throw new Refusal({ status: 422, code: 'idempotency_key_reused', message });
  }
  return { status: Number(row.status), body: JSON.parse(String(row.body)) };
}

/** Only successes are kept: a refusal may be cured in the ERP, and the same request must then succeed. */
export function keepAnswer(
  store: ErpStore,
  { key, bodyDigest, now }: Key,
  { status, body }: KeptAnswer,
): void {
  store.sql.exec(
    `INSERT INTO answers (key, digest, status, body, expires_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET digest = excluded.digest, status = excluded.status, body = excluded.body,
       expires_at = excluded.expires_at`,
    ...[key, bodyDigest ?? '', status, JSON.stringify(body), now + ANSWER_TTL_MS],
  );
}

/** Called at a login: seldom enough to look at all of them. */
export function dropOldAnswers(store: ErpStore, now: number): void {
  store.sql.exec('DELETE FROM answers WHERE expires_at <= ?', now);
}
