// oauth2_client_credentials and oauth2_refresh_token (RFC 6749, sections 4.4 and 6) as sessions an adapter chooses.
// A refresh token that rotates is given back with the token: who calls keeps it before the token is used.

import type { ErpConnection, ErpSession, LoginResult } from '../../core/erp.ts';
import { bearer, isUnauthorized, readTokenAnswer } from './bearer.ts';

export type OAuth2Options = {
  /** Appended to the token URL of the target, or to its base URL where it has none. */
  readonly tokenPath: string;
  /** Default: none asked for. */
  readonly scope?: string;
  /** How the client proves itself: `basic`, the standard's own, or `body`. */
  readonly clientAuthentication?: 'basic' | 'body';
  /** Further fields of the request, e.g. `audience`. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly isExpired?: ErpSession['isExpired'];
};

/** Credential: `clientId`, `clientSecret`. */
export function oauth2ClientCredentials(options: OAuth2Options): ErpSession {
  return {
    strategy: 'oauth2_client_credentials',
    login: (erp, credential, now) =>
      requestToken({ erp, credential, now, options, grant: { grant_type: 'client_credentials' } }),
    authorize: bearer,
    isExpired: options.isExpired ?? isUnauthorized,
  };
}

/** Credential: `clientId`, `clientSecret`, and as `refreshToken` the first one, from the consent of a person. */
export function oauth2RefreshToken(options: OAuth2Options): ErpSession {
  const use = (erp: ErpConnection, credential: Credential, refresh: { token: string; now: number }) => {
    const grant = { grant_type: 'refresh_token', refresh_token: refresh.token };
    return requestToken({ erp, credential, now: refresh.now, options, grant });
  };
  return {
    strategy: 'oauth2_refresh_token',
    login: (erp, credential, now) => use(erp, credential, { token: credential.refreshToken ?? '', now }),
    refresh: (erp, { credential, refreshToken, now }) => use(erp, credential, { token: refreshToken, now }),
    authorize: bearer,
    isExpired: options.isExpired ?? isUnauthorized,
  };
}

type Credential = Readonly<Record<string, string>>;

async function requestToken(request: {
  readonly erp: ErpConnection;
  readonly credential: Credential;
  readonly now: number;
  readonly options: OAuth2Options;
  readonly grant: Readonly<Record<string, string>>;
}): Promise<LoginResult> {
  const { erp, credential, now, options, grant } = request;
  const { clientId = '', clientSecret = '' } = credential;
  const inBody = options.clientAuthentication === 'body';
  const answer = await erp.send({
    method: 'POST',
    path: options.tokenPath,
    headers: inBody ? {} : { authorization: `Basic ${toBasic(clientId, clientSecret)}` },
    form: {
      ...grant,
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      ...(inBody ? { client_id: clientId, client_secret: clientSecret } : {}),
      ...options.fields,
    },
    write: false,
  });
  return readTokenAnswer(answer, now);
}

/** Both parts are form-encoded first: RFC 6749, section 2.3.1. */
function toBasic(clientId: string, clientSecret: string): string {
  return btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
}
