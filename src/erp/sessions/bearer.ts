// What sessions of several strategies share: the bearer header, and the answer of an OAuth 2 token endpoint (RFC 6749,
// section 5) read from its status and its body. Keeps nothing and retries nothing.

import type { ErpCallFailure, ErpResponse, LoginResult } from '../../core/erp.ts';
import { isJsonObject } from '../../core/json.ts';

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}

/** A 401 says it; an ERP that says it otherwise gives its own test. */
export function isUnauthorized({ status }: ErpResponse): boolean {
  return status === 401;
}

/** Seconds a token lives where the endpoint does not say: five minutes, the shortest among the ERPs. */
const assumedLifeSeconds = 300;

/** Errors that say the credential, grant or key is no longer good; all others may pass. */
const refusals = ['invalid_grant', 'invalid_client', 'unauthorized_client', 'access_denied', 'invalid_scope'];

export function readTokenAnswer(answer: ErpResponse | ErpCallFailure, now: number): LoginResult {
  if (answer.kind === 'unauthorized') return { kind: 'refused', message: answer.message };
  if (answer.kind !== 'response') return { kind: 'unavailable', message: answer.message };
  const { json, status } = answer;
  const body = isJsonObject(json) ? json : {};
  if (typeof body.access_token === 'string' && status < 300) {
    const expiresAt = now + secondsOf(body.expires_in, assumedLifeSeconds) * 1_000;
    // QuickBooks names the hard end of a refresh token so; others say nothing.
    const hardEnd = secondsOf(body.x_refresh_token_hard_expires_in ?? body.refresh_token_expires_in, 0);
    return {
      kind: 'logged_in',
      token: body.access_token,
      expiresAt,
      ...(typeof body.refresh_token === 'string' ? { refreshToken: body.refresh_token } : {}),
      ...(hardEnd > 0 ? { refreshExpiresAt: now + hardEnd * 1_000 } : {}),
    };
  }
  const code = typeof body.error === 'string' ? body.error : null;
  const description = typeof body.error_description === 'string' ? `: ${body.error_description}` : '';
  const message = `the token endpoint answered ${status}${code === null ? '' : ` ${code}`}${description}`;
  // Entra answers 400 or 401 with a code. 429 and 5xx pass.
  const isRefused = status === 401 || status === 403 || (code !== null && refusals.includes(code));
  return { kind: isRefused ? 'refused' : 'unavailable', message: message.slice(0, 500) };
}

function secondsOf(value: unknown, otherwise: number): number {
  const seconds = typeof value === 'string' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : otherwise;
}
