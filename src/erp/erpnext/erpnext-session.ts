// The two ways to prove oneself to Frappe: `Authorization: token key:secret`, which has no end, and an OAuth client with a
// refresh token. A 401 says that it is no longer good; 403 is a matter of rights and never refreshed.

import type { ErpSession } from '../../core/erp.ts';
import { oauth2RefreshToken } from '../sessions/oauth2.ts';
import { staticKey } from '../sessions/static-key.ts';
import type { ErpnextSettings } from './erpnext-options.ts';

export function createErpnextSession({ authentication }: ErpnextSettings): ErpSession {
  if (authentication === 'oauth') {
    return oauth2RefreshToken({
      tokenPath: '/api/method/frappe.integrations.oauth2.get_token',
      clientAuthentication: 'body',
    });
  }
  return staticKey({
    token: ({ apiKey = '', apiSecret = '' }) => `${apiKey}:${apiSecret}`,
    // "Bearer key:secret" is refused.
    authorize: (token) => ({ authorization: `token ${token}` }),
  });
}
