// static_key: the credential is the token. No login, nothing to renew; where its end is known (`expiresAt` of the
// credential, ISO 8601) the target warns days before, and where the ERP has an API for it the key is replaced in time.

import type { ErpResponse, ErpSession, KeyRotation } from '../../core/erp.ts';
import { neverExpiresAt } from '../../core/token-life.ts';
import { bearer, isUnauthorized } from './bearer.ts';

export type StaticKeyOptions = {
  /** The token as it is sent, made of the credential's parts. */
  readonly token: (credential: Readonly<Record<string, string>>) => string;
  /** Default: `Authorization: Bearer`. */
  readonly authorize?: ErpSession['authorize'];
  /** Default: a 401. */
  readonly isExpired?: (response: ErpResponse) => boolean;
  /** Absent: it is replaced by a person. */
  readonly rotation?: KeyRotation;
};

export function staticKey(options: StaticKeyOptions): ErpSession {
  return {
    strategy: 'static_key',
    ...(options.rotation === undefined ? {} : { rotation: options.rotation }),
    optionalFields: ['expiresAt'],
    login: async (_erp, credential, now) => {
      const expiresAt =
        credential.expiresAt === undefined ? neverExpiresAt : Date.parse(credential.expiresAt);
      if (Number.isNaN(expiresAt)) return { kind: 'refused', message: 'expiresAt of the key is no date' };
      if (expiresAt <= now) {
        return { kind: 'refused', message: `the key ended at ${new Date(expiresAt).toISOString()}` };
      }
      return { kind: 'logged_in', token: options.token(credential), expiresAt };
    },
    authorize: options.authorize ?? bearer,
    isExpired: options.isExpired ?? isUnauthorized,
  };
}
