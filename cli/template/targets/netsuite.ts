// The ERP the integrations run their operations on: NetSuite. Nothing else knows which ERP it is: to change it, change this file.
// Its options, its role and its certificate: docs/erp/netsuite.md.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createNetsuiteAdapter({
    // Yours: internal ids of the currencies, and numbers of the items that shipping, discounts and refunds are lines of.
    currencies: { EUR: '4', USD: '1' },
    shippingItem: 'SHIP',
    discountItem: 'DISCOUNT',
    refundItem: 'REFUND',
  }),
  // Known from its documentation only: docs/erp/netsuite.md says what is verified.
  experimental: true,
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  credential: {
    accountId: 'NETSUITE_ACCOUNT_ID',
    clientId: 'NETSUITE_CLIENT_ID',
    keyId: 'NETSUITE_CERTIFICATE_ID',
    privateKey: 'NETSUITE_PRIVATE_KEY',
  },
  timeoutMs: 60_000,
  // NetSuite lets a request run for 15 minutes.
  quietMs: 900_000,
  // Of the account's places, those that other integrations leave.
  limits: { concurrency: 4 },
});
