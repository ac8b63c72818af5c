// Client credentials at Microsoft Entra. The token's host is another than the ERP's: the target names it with `tokenUrl`,
// `https://login.microsoftonline.com/{tenant}`. There is no refresh token: at its end a new one is asked for.

import { oauth2ClientCredentials } from '../sessions/oauth2.ts';

export const bcSession = oauth2ClientCredentials({
  tokenPath: '/oauth2/v2.0/token',
  scope: 'https://api.businesscentral.dynamics.com/.default',
  clientAuthentication: 'body',
});
