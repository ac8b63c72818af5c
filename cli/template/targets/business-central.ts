// The ERP the integrations run their operations on: Business Central. Nothing else knows which ERP it is: to change it, change this file.
// Its options and what the standard API cannot do: docs/erp/business-central.md.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createBusinessCentralAdapter({
    // Yours: `GET companies` shows the company, `GET customerPaymentJournals` the journal, which has to be the relay's alone.
    companyId: '00000000-0000-0000-0000-000000000000',
    currency: 'EUR',
    paymentJournalId: '00000000-0000-0000-0000-000000000000',
    refundAccount: '6910',
    // The action of an extension that releases an order: the standard API has none. Without one, take this line out, and the routes
    // that run sale.confirm.
    releaseAction: 'Microsoft.NAV.release',
  }),
  // Known from its documentation only: docs/erp/business-central.md says what is verified.
  experimental: true,
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  tokenUrl: 'BC_TOKEN_URL',
  credential: { clientId: 'BC_CLIENT_ID', clientSecret: 'BC_CLIENT_SECRET' },
  timeoutMs: 60_000,
  // The gateway cuts after 10 minutes; what was begun may still end.
  quietMs: 600_000,
  // What the service takes of one user.
  limits: { concurrency: 5, rate: { calls: 1_200, perMs: 60_000 } },
});
