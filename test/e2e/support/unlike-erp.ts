// The integrations of the test of an ERP unlike the others: one shop, and Kontor described by nothing but data. Bundled into the
// relay in place of the examples.

import { defineIntegration, defineSource, defineTarget, on } from '../../../src/core/define-integration.ts';
import { standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';
import { saleConfirm, stockSetMany } from '../../../src/operations/index.ts';
import description from '../../support/kontor-description.json' with { type: 'json' };

type Order = { readonly id: string; readonly sku: string };
type Count = { readonly id: string; readonly skus: readonly string[] };

/** POST /hooks/standard */
const shop = defineSource({
  id: 'standard',
  preset: standardWebhooks<{ readonly 'order.placed': Order; readonly 'stock.counted': Count }>(),
  secret: 'STANDARD_WEBHOOKS_SECRET',
  entity: ({ payload }) => ({ kind: 'order', id: payload.data.id }),
});

const erp = defineTarget({
  ...{ id: 'erp', adapter: httpAdapterFromJson(description), baseUrl: 'ERP_BASE_URL' },
  credential: { key: 'KONTOR_KEY' },
  ...{ network: 'private', timeoutMs: 2_000, quietMs: 2_000 },
});

const retry = { attempts: 5, baseMs: 200, capMs: 500 };

const orders = defineIntegration({
  name: 'orders',
  sources: [shop],
  targets: [erp],
  routes: [
    on(shop, 'order.placed').run(saleConfirm, {
      ...{ id: 'confirm-sale', target: erp, retry },
      input: ({ payload: { data } }) => ({
        ...{
          orderId: data.id,
          customer: { customerId: 'c-1', name: 'Ada' },
          currency: 'EUR',
          total: '20.00',
        },
        lines: [{ lineId: '1', sku: data.sku, quantity: 2, unitPrice: '10.00' }],
      }),
    }),
    on(shop, 'stock.counted').run(stockSetMany, {
      ...{ id: 'set-stock', target: erp, retry, batch: 'partial' },
      subject: ({ payload: { data } }) => data.id,
      input: ({ payload: { data } }) => ({
        batchId: data.id,
        records: data.skus.map((sku, index) => ({ sku, quantity: index + 1 })),
      }),
    }),
  ],
});

export const integrations = [orders];
