// Logins of Tryton: user and password against a session, sent with each call. Sessions end unannounced (30 days by default,
// or when an administrator clears them), so the end is found out by an answer.
// May not retry a login: after five bad ones Tryton answers 429 to the right password too.

import type { ErpConnection, LoginResult } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import { sessionLogin } from '../sessions/session-login.ts';
import { isExpiredSession } from './read-answer.ts';

/** A session is renewed after a day at the latest, ms: far inside the server's `[session] max_age`, 30 days by default. */
const sessionLifeMs = 24 * 3_600_000;

export const trytonSession = sessionLogin({
  login,
  authorize: (token) => ({ authorization: `Session ${token}` }),
  isExpired: isExpiredSession,
});

async function login(
  erp: ErpConnection,
  credential: Readonly<Record<string, string>>,
  now: number,
): Promise<LoginResult> {
  const { user = '', password = '' } = credential;
  const body = { id: 1, method: 'common.db.login', params: [user, { password }] };
  const answer = await erp.send({ method: 'POST', path: '/', body, write: false });
  if (answer.kind !== 'response') {
    return { kind: answer.kind === 'unauthorized' ? 'refused' : 'unavailable', message: answer.message };
  }
  if (answer.status === 401) return { kind: 'refused', message: 'Tryton refused the user or the password' };
  // Each login at a locked door counts as one more bad one and keeps it locked: it is left alone, as after a refusal.
  if (answer.status === 429) {
    return { kind: 'refused', message: 'Tryton has locked the user after bad logins; it opens by itself' };
  }
  const result = isJsonObject(answer.json) ? answer.json.result : undefined;
  const [userId, key] = Array.isArray(result) ? result : [];
  if (answer.status === 200 && typeof userId === 'number' && typeof key === 'string') {
    return { kind: 'logged_in', token: toToken(user, userId, key), expiresAt: now + sessionLifeMs };
  }
  return { kind: 'unavailable', message: `the login was answered ${answer.status} and holds no session` };
}

/** `login:user id:session key` in base64, as the header wants it; a login may hold any letter. */
function toToken(user: string, userId: number, key: string): string {
  const bytes = new TextEncoder().encode(`${user}:${userId}:${key}`);
  return btoa(String.fromCharCode(...bytes));
}
