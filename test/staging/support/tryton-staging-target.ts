// Tryton as a staging target: the suite's own server, or one that a user names.

import { resolve } from 'node:path';
import { createTrytonClient, type TrytonClient } from '../../../scripts/tryton/tryton-client.ts';
import { version as readVersion } from '../../../scripts/tryton/tryton-server.ts';
import type { Goods, StagingTarget } from './staging-target.ts';
import { createTrytonDocuments } from './tryton-documents.ts';

export type TrytonAccess = {
  /** Where the relay and the reader find it, with the database's name. */
  readonly url: string;
  readonly relay: { readonly user: string; readonly password: string };
  readonly reader: { readonly user: string; readonly password: string };
  readonly closablePeriodEnd: string | null;
};

/** What the operations read, write or press a button of. */
const models = [
  'sale.sale',
  'sale.line',
  'account.invoice',
  'account.move',
  'account.move.line',
  'account.move.reconciliation',
  'account.period',
  'account.invoice.payment.method',
  'stock.shipment.out',
  'stock.shipment.in',
  'stock.shipment.out.return',
  'stock.move',
  'stock.inventory',
  'stock.inventory.line',
  'stock.location',
  'purchase.purchase',
  'purchase.line',
  'party.party',
  'party.address',
  'product.product',
  'product.template',
] as const;

export function createTrytonStagingTarget(access: TrytonAccess): StagingTarget {
  const { url, relay, reader, closablePeriodEnd } = access;
  const client = createTrytonClient({ url, ...reader });
  return {
    erp: 'tryton',
    erpTarget: resolve(import.meta.dirname, '../../../scripts/tryton/erp-target.ts'),
    baseUrl: url,
    variables: { TRYTON_USER: relay.user, TRYTON_PASSWORD: relay.password },
    skus: ['SKU-1', 'SKU-2'],
    currency: 'EUR',
    closablePeriodEnd,
    documents: createTrytonDocuments(client),
    version: async () => (await readVersion(new URL(url).origin)) ?? 'unknown',
    shapes: () => readShapes(client),
    makePurchaseOrder: (number, lines) => makePurchaseOrder(client, number, lines),
  };
}

async function readShapes({ fields }: TrytonClient): Promise<Record<string, Record<string, string>>> {
  const shapes: Record<string, Record<string, string>> = {};
  for (const model of models) {
    const found = await fields(model);
    const types = Object.entries(found).map(([name, { type }]) => [name, type] as const);
    shapes[model] = Object.fromEntries(types.sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return shapes;
}

export async function makePurchaseOrder(
  { find, create, press, context }: TrytonClient,
  number: string,
  lines: readonly Goods[],
): Promise<void> {
  const [supplier] = await find('party.party', [['code', '=', 'HOLDFAST-SUPPLIER']], ['addresses']);
  const [warehouse] = await find('stock.location', [['type', '=', 'warehouse']], []);
  const [currency] = await find('currency.currency', [['code', '=', 'EUR']], []);
  const [address] = (supplier?.addresses ?? []) as number[];
  const products = await find(
    'product.product',
    [['code', 'in', lines.map(({ sku }) => sku)]],
    ['code', 'default_uom'],
  );
  const id = await create('purchase.purchase', {
    ...{ company: context.company, party: supplier?.id, invoice_address: address, currency: currency?.id },
    ...{ warehouse: warehouse?.id, number, invoice_method: 'shipment' },
    lines: [
      [
        'create',
        lines.map(({ sku, quantity }) => {
          const product = products.find(({ code }) => code === sku);
          const price = { __class__: 'Decimal', decimal: '4' };
          const base = { type: 'line', product: product?.id, unit: product?.default_uom, description: sku };
          return { ...base, quantity, unit_price: price };
        }),
      ],
    ],
  });
  await press('purchase.purchase', 'quote', id);
  await press('purchase.purchase', 'confirm', id);
}
