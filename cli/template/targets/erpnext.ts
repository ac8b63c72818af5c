// The ERP the integrations run their operations on: ERPNext. Nothing else knows which ERP it is: to change it, change this file.
// Its options (company, warehouse, accounts) and the custom field it needs: docs/erp/erpnext.md.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createErpnextAdapter({}),
  // Known from its documentation only: docs/erp/erpnext.md says what is verified.
  experimental: true,
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  credential: { apiKey: 'ERPNEXT_API_KEY', apiSecret: 'ERPNEXT_API_SECRET' },
  timeoutMs: 30_000,
  // The longest request the site's proxy lets through.
  quietMs: 120_000,
});
