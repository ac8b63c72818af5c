// The integrations of the tests of described ERPs: the sandbox ERP twice, by nothing but the description of the documentation.
// `erp` logs in; `keyed` has a key that the ERP replaces every eight seconds. Bundled into the relay in place of the examples.

import description from '../../../docs/erp/http-example.json' with { type: 'json' };
import { defineIntegration, defineSource, defineTarget, on } from '../../../src/core/define-integration.ts';
import { standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';
import { saleCancel, saleConfirm } from '../../../src/operations/index.ts';

type Order = { readonly id: string; readonly at?: string };

/** POST /hooks/standard */
const shop = defineSource({
  id: 'standard',
  preset: standardWebhooks<{ readonly 'order.placed': Order; readonly 'order.cancelled': Order }>(),
  secret: 'STANDARD_WEBHOOKS_SECRET',
  entity: ({ payload }) => ({ kind: 'order', id: payload.data.id }),
});

// The ERP's longest transaction here is the `slowMs` of a test.
const times = { network: 'private', timeoutMs: 1_000, quietMs: 2_000 } as const;

const erp = defineTarget({
  id: 'erp',
  adapter: httpAdapterFromJson(description),
  baseUrl: 'ERP_BASE_URL',
  credential: { keyId: 'SANDBOX_ERP_KEY_ID', secret: 'ERP_SECRET' },
  ...times,
});

const keyed = defineTarget({
  id: 'keyed',
  adapter: httpAdapterFromJson({
    ...description,
    session: {
      kind: 'static_key',
      header: 'authorization',
      value: 'Bearer {credential.apiKey}',
      rotation: {
        everySeconds: 8,
        rotate: { path: '/auth/keys', body: {} },
        key: 'body.apiKey',
        expiresAt: 'body.expiresAt',
        prove: { path: '/api/trial-balance' },
        revoke: { path: '/auth/keys/revoke', body: { apiKey: '{old}' } },
      },
    },
  }),
  baseUrl: 'ERP_BASE_URL',
  credential: { apiKey: 'ERP_API_KEY' },
  ...times,
});

const retry = { attempts: 5, baseMs: 300, capMs: 1_000 };

const orders = defineIntegration({
  name: 'orders',
  sources: [shop],
  targets: [erp, keyed],
  routes: [
    on(shop, 'order.placed').run(saleConfirm, {
      id: 'confirm-sale',
      target: erp,
      retry,
      input: ({ payload: { data } }) => ({
        orderId: data.id,
        customer: { customerId: 'c-1', name: 'Ada' },
        currency: 'EUR',
        lines: [{ lineId: '1', sku: 'SKU-1', quantity: 2, unitPrice: '10.00' }],
        total: '20.00',
        ...(data.at === undefined ? {} : { orderedAt: data.at }),
      }),
    }),
    on(shop, 'order.cancelled').run(saleCancel, {
      id: 'cancel-sale',
      target: erp,
      retry,
      input: ({ payload: { data } }) => ({ orderId: data.id }),
    }),
  ],
});

export const integrations = [orders];
