// A small relay for tests: one shop, one warehouse, one ERP, and routes that show each case of a replay.
// The real builder and the real catalogue; only the adapter is made up, and it is never called.

import { compileIntegrations } from '../../src/core/compile-integrations.ts';
import { defineIntegration, defineSource, defineTarget, on } from '../../src/core/define-integration.ts';
import type { ErpAdapter, OperationHandler } from '../../src/core/erp.ts';
import type { RelayDefinition } from '../../src/core/relay-definition.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import { operations, paymentRegister, saleConfirm, stockSet } from '../../src/operations/index.ts';

export type ShopData = {
  readonly 'order.placed': { readonly id: string; readonly total: string; readonly name?: string };
  readonly 'order.paid': { readonly id: string; readonly payment?: string; readonly amount: string };
  readonly 'stock.counted': { readonly sku: string; readonly onHand: number };
};

const handler: OperationHandler = {
  lookup: async () => ({ kind: 'not_found' }),
  perform: async () => ({ kind: 'performed', answer: null }),
  verify: async () => ({ kind: 'verified', output: null }),
};

export const testAdapter: ErpAdapter = {
  name: 'test-erp',
  version: '1.0.0',
  level: 'proven',
  once: 'native_key',
  credentialFields: ['key'],
  session: {
    login: async () => ({ kind: 'logged_in', token: 't', expiresAt: 1 }),
    authorize: () => ({}),
    isExpired: () => false,
  },
  operations: Object.fromEntries(Object.keys(operations).map((name) => [name, handler])),
  batches: {
    'stock.set_many': {
      atomic: false,
      lookup: async () => ({ kind: 'looked_up', done: [] }),
      perform: async () => ({ kind: 'performed', done: [], refused: [] }),
    },
  },
};

export function relayWith(options: { readonly network?: 'public' | 'private' }): RelayDefinition {
  const { network = 'private' } = options;
  const shop = defineSource({
    id: 'shop',
    preset: standardWebhooks<ShopData>(),
    secret: 'SHOP_SECRET',
    entity: ({ payload }) =>
      'id' in payload.data ? { kind: 'order', id: payload.data.id } : { kind: 'sku', id: payload.data.sku },
  });
  const spare = defineSource({
    id: 'spare',
    preset: standardWebhooks<{ readonly ping: object }>(),
    secret: 'SPARE_SECRET',
  });
  const erp = defineTarget({
    id: 'erp',
    adapter: testAdapter,
    baseUrl: 'ERP_BASE_URL',
    credential: { key: 'ERP_KEY' },
    network,
    timeoutMs: 5_000,
    quietMs: 10_000,
  });
  const routes = [
    on(shop, 'order.placed').run(saleConfirm, {
      id: 'confirm-sale',
      target: erp,
      input: ({ payload: { data } }) => ({
        orderId: data.id,
        customer: { customerId: '7', name: data.name ?? 'Ada' },
        currency: 'EUR',
        lines: [{ lineId: '1', sku: 'mug', quantity: 1, unitPrice: data.total }],
        total: data.total,
      }),
    }),
    on(shop, 'order.paid').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      subject: ({ payload: { data } }) => data.payment ?? '',
      input: ({ payload: { data } }) => ({
        paymentId: data.payment ?? '',
        orderId: data.id,
        amount: data.amount,
        currency: 'EUR',
        paidAt: '2026-03-01T12:00:00Z',
      }),
    }),
    on(shop, 'stock.counted').run(stockSet, {
      id: 'set-stock',
      target: erp,
      subject: ({ payload: { data } }) => data.sku,
      version: ({ id }) => id,
      input: ({ payload: { data } }) => ({ sku: data.sku, quantity: data.onHand }),
    }),
  ];
  const shopOrders = defineIntegration({ name: 'shop', sources: [shop, spare], targets: [erp], routes });
  const compiled = compileIntegrations([shopOrders]);
  if (!compiled.ok) throw new Error(`the test relay does not compile: ${JSON.stringify(compiled.error)}`);
  return compiled.value;
}
