// The integration of the test of a watched ERP: a product that somebody makes in the ERP gets its price by the relay. Bundled into
// the relay in place of the examples.

import { defineIntegration, defineTarget, on } from '../../../src/core/define-integration.ts';
import { defineWatch } from '../../../src/core/define-watch.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { priceSet } from '../../../src/operations/index.ts';

const erp = defineTarget({
  id: 'erp',
  adapter: sandboxAdapter,
  baseUrl: 'ERP_BASE_URL',
  credential: { keyId: 'SANDBOX_ERP_KEY_ID', secret: 'SANDBOX_ERP_KEY_SECRET' },
  ...{ network: 'private', timeoutMs: 1_000, quietMs: 2_000 },
});

/** Changes of the ERP; nobody posts here. */
const changes = defineWatch({ id: 'erp-changes', target: erp, kinds: ['audit'] });

const products = defineIntegration({
  name: 'products',
  sources: [changes],
  targets: [erp],
  routes: [
    on(changes, 'product.create').run(priceSet, {
      id: 'price',
      target: erp,
      subject: ({ payload }) => payload.entity.id,
      version: ({ payload }) => payload.version,
      input: ({ payload }) => ({ sku: payload.entity.id, currency: 'EUR', price: '12.50' }),
    }),
  ],
});

export const integrations = [products];
