// Logins of the sandbox ERP: a key pair against a short-lived bearer token.
// May not keep a token or retry a login: one writer does both, for every adapter alike.

import type { ErpConnection, ErpSession, LoginResult } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';
import { isExpiredSession, readAnswer } from './read-answer.ts';

export const sandboxSession: ErpSession = {
  login,
  authorize: (token) => ({ authorization: `Bearer ${token}` }),
  isExpired: isExpiredSession,
};

async function login(
  erp: ErpConnection,
  credential: Readonly<Record<string, string>>,
  now: number,
): Promise<LoginResult> {
  const { keyId = '', secret = '' } = credential;
  const body = { keyId, secret };
  const answer = readAnswer(
    await erp.send({ method: 'POST', path: '/auth/token', body, write: false }),
    false,
  );
  if (answer.kind === 'answer') return readToken(answer.json, now);
  if (answer.kind === 'call_failed') {
    const { failure } = answer;
    return { kind: failure.kind === 'unauthorized' ? 'refused' : 'unavailable', message: failure.message };
  }
  if (answer.kind === 'rejected') return { kind: 'refused', message: answer.message };
  // A locked key answers 429 to the right secret too: that passes, so it is no refusal of the credential.
  return {
    kind: 'unavailable',
    message: answer.kind === 'contract_broken' ? 'no answer to a login' : answer.message,
  };
}

/** The expiry is counted from this side's clock, which need not agree with the ERP's. */
function readToken(json: unknown, now: number): LoginResult {
  const token = isJsonObject(json) ? json.token : undefined;
  const seconds = isJsonObject(json) ? json.expiresInSeconds : undefined;
  if (typeof token !== 'string' || typeof seconds !== 'number') {
    return { kind: 'unavailable', message: 'the answer to the login holds no token' };
  }
  return { kind: 'logged_in', token, expiresAt: now + seconds * 1_000 };
}
