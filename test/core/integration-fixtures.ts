// A shop, a warehouse and an ERP in memory, for the tests of the builder, the compiler and the planning.
import { defineSource, defineTarget, type IntegrationDefinition } from '../../src/core/define-integration.ts';
import type { ErpAdapter, OperationHandler } from '../../src/core/erp.ts';
import { ok } from '../../src/core/result.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import { shopify } from '../../src/core/sources/shopify.ts';
import { operations } from '../../src/operations/index.ts';

export type Order = { readonly id: string; readonly total: string };
export type ShopTopics = {
  readonly 'order/created': Order;
  readonly 'order/paid': Order;
  readonly 'order/refunded': Order;
};

export function fakePreset<Topics extends object>(
  topics: readonly string[] | null = null,
): SourcePreset<Topics> {
  const identity = { eventId: '1', type: 'x', entity: null, sequence: null, occurredAt: null, payload: null };
  return {
    name: 'fake',
    scheme: shopify.scheme,
    topics,
    parsePayload: () => ok(null),
    identify: async () => ok(identity),
  };
}

const handler: OperationHandler = {
  lookup: async () => ({ kind: 'not_found' }),
  perform: async () => ({ kind: 'performed', answer: null }),
  verify: async () => ({ kind: 'verified', output: null }),
};

export const fakeAdapter: ErpAdapter = {
  name: 'fake-erp',
  version: '1.0.0',
  level: 'proven',
  once: 'searchable_field',
  credentialFields: ['keyId', 'secret'],
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

export const shop = defineSource({
  id: 'shop',
  preset: fakePreset<ShopTopics>(['order/created', 'order/paid', 'order/refunded']),
  secret: 'SHOP_SECRET',
});

export const warehouse = defineSource({
  id: 'warehouse',
  preset: fakePreset<{ readonly [type: string]: { readonly sku: string } }>(),
  secret: 'WAREHOUSE_SECRET',
});

export const targetOptions = {
  id: 'erp',
  adapter: fakeAdapter,
  baseUrl: 'ERP_BASE_URL',
  credential: { keyId: 'ERP_KEY_ID', secret: 'ERP_KEY_SECRET' },
  timeoutMs: 5_000,
  quietMs: 10_000,
} as const;

export const erp = defineTarget(targetOptions);
export const crm = defineTarget({ ...targetOptions, id: 'crm' });

export const saleInput = (order: Order) => ({
  orderId: order.id,
  customer: { customerId: '1', name: 'Ada' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'a', quantity: 1, unitPrice: order.total }],
  total: order.total,
});

export function integration(parts: Partial<IntegrationDefinition>): IntegrationDefinition {
  return { name: 'shop-orders', sources: [shop, warehouse], targets: [erp, crm], routes: [], ...parts };
}
