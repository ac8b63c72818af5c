// The ERP the integrations run their operations on: Odoo. Nothing else knows which ERP it is: to change it, change this file.
// Its options (products for shipping and discount, locations, price lists) and its rights: docs/erp/odoo.md.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createOdooAdapter({}),
  // Receipts without an order (stock.receive) have never met a running Odoo: docs/erp/odoo.md. The rest does not need this line.
  experimental: true,
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  credential: { apiKey: 'ODOO_API_KEY' },
  // Odoo repeats what loses a race up to five times itself: one write took 15 s, and succeeded.
  timeoutMs: 30_000,
  quietMs: 60_000,
});
