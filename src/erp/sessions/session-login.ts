// session_login: a call of the ERP's own that gives a session. The adapter brings the call; what is common is that a
// session ends, that its end may be unknown, and that it is found out by an answer.

import type { ErpSession } from '../../core/erp.ts';
import { bearer, isUnauthorized } from './bearer.ts';

export type SessionLoginOptions = Pick<ErpSession, 'login'> &
  Partial<Pick<ErpSession, 'authorize' | 'isExpired'>>;

export function sessionLogin(options: SessionLoginOptions): ErpSession {
  const { login, authorize = bearer, isExpired = isUnauthorized } = options;
  return { strategy: 'session_login', login, authorize, isExpired };
}
