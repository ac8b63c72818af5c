// A shop, a target and an adapter for the type tests: small, and of their own, so that no real preset's change breaks them.
import { defineSource, defineTarget } from '../../src/core/define-integration.ts';
import type { ErpAdapter, OperationHandler } from '../../src/core/erp.ts';
import type { SourcePreset } from '../../src/core/source.ts';

export type ShopLine = {
  readonly id: number;
  readonly sku: string;
  readonly count: number;
  readonly price: string;
};
export type ShopOrder = {
  readonly id: string;
  readonly total: string;
  readonly paid_at: string;
  readonly note: string | null;
  readonly lines: readonly ShopLine[];
};
export interface ShopCustomer {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly changed_at: string;
}
export type ShopTopics = {
  readonly 'order/created': ShopOrder;
  readonly 'order/paid': ShopOrder;
  readonly 'customer/changed': ShopCustomer;
};

declare const shopPreset: SourcePreset<ShopTopics>;
declare const handler: OperationHandler;
declare const session: ErpAdapter['session'];

export const openSource = shopPreset;
export const shop = defineSource({ id: 'shop', preset: shopPreset, secret: 'SHOP_SECRET' });

const adapter = {
  name: 'fixture',
  version: '1.0.0',
  level: 'proven',
  once: 'native_key',
  credentialFields: [],
  session,
} as const;

export const limitedAdapter = {
  ...adapter,
  operations: { 'stock.set': handler },
} as const satisfies ErpAdapter;

export const wholeAdapter: ErpAdapter = { ...adapter, operations: { 'stock.set': handler } };

const settings = { baseUrl: 'ERP_BASE_URL', credential: {}, timeoutMs: 1_000, quietMs: 1_000 };

export const target = defineTarget({ id: 'erp', adapter: wholeAdapter, ...settings });
export const stockTarget = defineTarget({ id: 'wms', adapter: limitedAdapter, ...settings });

export const lineOf = (line: ShopLine) => ({
  lineId: String(line.id),
  sku: line.sku,
  quantity: line.count,
  unitPrice: line.price,
});
