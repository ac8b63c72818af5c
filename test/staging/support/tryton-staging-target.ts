// Tryton as a staging target: the suite's own server, or one that a user names.

import { resolve } from 'node:path';
import { makePurchaseOrder } from '../../../scripts/tryton/make-goods.ts';
import { createTrytonClient, type TrytonClient } from '../../../scripts/tryton/tryton-client.ts';
import { version as readVersion } from '../../../scripts/tryton/tryton-server.ts';
import type { StagingTarget } from './staging-target.ts';
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
    receiptWarning: 'move_without_origin',
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
