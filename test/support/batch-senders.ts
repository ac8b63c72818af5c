// Two senders made up for tests, and the integration that takes them: one posts arrays of events (as SendGrid does), the
// other only announces orders, whose records are fetched from its API. Real builder, real operations, the sandbox ERP.

import { createHmac } from 'node:crypto';
import { defineIntegration, defineSource, on } from '../../src/core/define-integration.ts';
import { defineThinSource } from '../../src/core/define-thin-source.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { erp } from '../../src/integrations/erp-target.ts';
import { saleConfirm, stockReceive } from '../../src/operations/index.ts';

export type Arrival = { readonly event_id: string; readonly receipt: string; readonly quantity: number };

/** POST /hooks/dock: `[{ event_id, receipt, quantity }, …]` */
export const dock = defineSource({
  id: 'dock',
  preset: genericHmac<{ readonly arrived: Arrival }>({
    name: 'dock',
    signature: { header: 'x-dock-signature' },
    items: '$',
    id: { path: 'event_id' },
    type: { fixed: 'arrived' },
    entity: { kind: 'receipt', path: 'receipt' },
  }),
  secret: 'DOCK_WEBHOOK_SECRET',
});

export type Notice = { readonly notice: string; readonly order_id: string; readonly revision: number };
export type FullOrder = { readonly id: string; readonly total: string; readonly customer: string };

/** POST /hooks/thin-shop: `{ notice, order_id, revision }`, and the order itself at `GET /orders/{id}`. */
export const thinShop = defineThinSource({
  id: 'thin-shop',
  preset: genericHmac<{ readonly 'order.placed': Notice }>({
    name: 'thin-shop',
    signature: { header: 'x-thin-signature' },
    id: { path: 'notice' },
    type: { fixed: 'order.placed' },
    sequence: { path: 'revision' },
  }),
  secret: 'THIN_WEBHOOK_SECRET',
  enrich: {
    api: { baseUrl: 'THIN_API_URL', token: 'THIN_API_TOKEN', network: 'private', timeoutMs: 2_000 },
    record: ({ payload }) => ({ id: payload.order_id, version: String(payload.revision) }),
    enrich: ({ payload }, api) => api.get<FullOrder>(`/orders/${encodeURIComponent(payload.order_id)}`),
  },
  entity: ({ payload }) => ({ kind: 'order', id: payload.id }),
});

export const intakeSecrets = {
  DOCK_WEBHOOK_SECRET: 'dock-test-secret-0123456789abcdef',
  THIN_WEBHOOK_SECRET: 'thin-test-secret-0123456789abcdef',
  THIN_API_TOKEN: 'thin-api-token-0123456789abcdef',
} as const;

/** In place of src/integrations/index.ts. */
export const integrations = [
  defineIntegration({
    name: 'intakes',
    sources: [dock, thinShop],
    targets: [erp],
    routes: [
      on(dock, 'arrived').run(stockReceive, {
        id: 'receive',
        target: erp,
        subject: ({ payload }) => payload.receipt,
        input: ({ payload }) => ({
          receiptId: payload.receipt,
          lines: [{ sku: 'mug', quantity: payload.quantity }],
        }),
      }),
      on(thinShop, 'order.placed').run(saleConfirm, {
        id: 'confirm',
        target: erp,
        input: ({ payload }) => ({
          orderId: payload.id,
          customer: { customerId: payload.customer, name: payload.customer },
          currency: 'EUR',
          lines: [{ lineId: '1', sku: 'mug', quantity: 1, unitPrice: payload.total }],
          total: payload.total,
        }),
      }),
    ],
  }),
];

export function arrivals(count: number, from = 0): readonly Arrival[] {
  return Array.from({ length: count }, (_, index) => ({
    event_id: `arrival-${from + index}`,
    receipt: `R-${from + index}`,
    quantity: 1,
  }));
}

type Signed = { readonly headers: Record<string, string>; readonly body: string };

function signed(header: string, secret: string, payload: unknown): Signed {
  const body = JSON.stringify(payload);
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { headers: { 'content-type': 'application/json', [header]: signature }, body };
}

export const signedArrivals = (items: readonly unknown[]): Signed =>
  signed('x-dock-signature', intakeSecrets.DOCK_WEBHOOK_SECRET, items);

export const signedNotice = (notice: Notice): Signed =>
  signed('x-thin-signature', intakeSecrets.THIN_WEBHOOK_SECRET, notice);
