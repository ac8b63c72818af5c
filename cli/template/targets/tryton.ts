// The ERP the integrations run their operations on: Tryton. Nothing else knows which ERP it is: to change it, change this file.
// Its options, modules and products: docs/erp/tryton.md.

import { defineTarget } from '../../../src/core/define-integration.ts';
import { createTrytonAdapter } from '../../../src/erp/tryton/tryton-adapter.ts';

export const erp = defineTarget({
  id: 'erp',
  adapter: createTrytonAdapter({}),
  // Names of Worker variables and secrets, not the values.
  baseUrl: 'ERP_BASE_URL',
  credential: { user: 'TRYTON_USER', password: 'TRYTON_PASSWORD' },
  timeoutMs: 10_000,
  // Its longest transaction, with a margin for the way.
  quietMs: 15_000,
});
