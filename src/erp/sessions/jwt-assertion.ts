// jwt_assertion: a JWT signed with the client's own key against an access token (RFC 7523), as NetSuite and Entra take it.
// No secret leaves; the key is a PKCS#8 PEM in a Worker secret.

import { importPKCS8, SignJWT } from 'jose';
import type { ErpSession } from '../../core/erp.ts';
import { bearer, isUnauthorized, readTokenAnswer } from './bearer.ts';

export type JwtAssertionOptions = {
  readonly tokenPath: string;
  readonly algorithm: 'PS256' | 'RS256' | 'ES256';
  /** `aud`: usually the whole URL of the token endpoint. A function where it depends on the credential. */
  readonly audience: string | ((credential: Readonly<Record<string, string>>) => string);
  /** `client_credentials` with a client assertion (default), or the JWT as the grant itself. */
  readonly grant?: 'client_assertion' | 'jwt_bearer';
  readonly scope?: string;
  /** Whether the scope is a claim of the JWT (NetSuite) or a field of the request. */
  readonly scopeIn?: 'claim' | 'field';
  readonly isExpired?: ErpSession['isExpired'];
};

/** How long an assertion holds, seconds: it is used at once, and clocks differ. */
const assertionSeconds = 300;

/** Credential: `clientId`, `privateKey` (PKCS#8 PEM; `\n` may stand for line ends), and, where the ERP asks for it, `keyId`. */
export function jwtAssertion(options: JwtAssertionOptions): ErpSession {
  return {
    strategy: 'jwt_assertion',
    optionalFields: ['keyId', 'subject'],
    login: async (erp, credential, now) => {
      const assertion = await sign(options, credential, now);
      if (assertion === null)
        return { kind: 'refused', message: `privateKey cannot be used for ${options.algorithm}` };
      const inField = options.scope !== undefined && options.scopeIn !== 'claim';
      const form = {
        ...formOf(options, assertion),
        ...(inField ? { scope: options.scope ?? '' } : {}),
      };
      const answer = await erp.send({ method: 'POST', path: options.tokenPath, form, write: false });
      return readTokenAnswer(answer, now);
    },
    authorize: bearer,
    isExpired: options.isExpired ?? isUnauthorized,
  };
}

function formOf({ grant }: JwtAssertionOptions, assertion: string): Readonly<Record<string, string>> {
  if (grant === 'jwt_bearer') {
    return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
  }
  return {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

/** Null: the key is none, or is not one of the algorithm. */
async function sign(
  options: JwtAssertionOptions,
  credential: Readonly<Record<string, string>>,
  now: number,
): Promise<string | null> {
  const { clientId = '', privateKey = '', keyId, subject = clientId } = credential;
  const issuedAt = Math.floor(now / 1_000);
  const { algorithm: alg, audience, scope, scopeIn } = options;
  try {
    const key = await importPKCS8(privateKey.replaceAll('\\n', '\n'), alg);
    return await new SignJWT(scope !== undefined && scopeIn === 'claim' ? { scope } : {})
      .setProtectedHeader({ typ: 'JWT', alg, ...(keyId === undefined ? {} : { kid: keyId }) })
      .setIssuer(clientId)
      .setSubject(subject)
      .setAudience(typeof audience === 'string' ? audience : audience(credential))
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + assertionSeconds)
      .setJti(crypto.randomUUID())
      .sign(key);
  } catch {
    return null;
  }
}
