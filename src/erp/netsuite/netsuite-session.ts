// Machine to machine (OAuth 2.0 client credentials) with a JWT signed by PS256. The audience is the whole URL of the account's
// token endpoint; the scope is a claim. There is no refresh token: a new assertion gets a new access token.

import { jwtAssertion } from '../sessions/jwt-assertion.ts';

const tokenPath = '/services/rest/auth/oauth2/v1/token';

/** An account's id has letters, digits and, of a sandbox, a hyphen or underscore: nothing that could lead to another host. */
const accountPattern = /^[A-Za-z0-9_-]{1,40}$/;

/** A sandbox is `123456_SB1` in the application and `123456-sb1` in the host's name. */
export function hostOf(accountId: string): string {
  const name = accountPattern.test(accountId) ? accountId.toLowerCase().replaceAll('_', '-') : 'invalid';
  return `https://${name}.suitetalk.api.netsuite.com`;
}

export const netsuiteSession = jwtAssertion({
  tokenPath,
  algorithm: 'PS256',
  audience: ({ accountId = '' }) => `${hostOf(accountId)}${tokenPath}`,
  scope: 'rest_webservices',
  scopeIn: 'claim',
});
