// BigCommerce: Standard Webhooks signed with the plain text of the app's client secret, and thin events: the entity's kind
// and id, no more. Pure. One cause may fire twice under two webhook ids; the ledger keeps what it does to one.

import { standardWebhooksRow } from '../signature/schemes.ts';
import { signedScheme } from '../signature/signed-scheme.ts';
import type { SourcePreset } from '../source.ts';
import { definePreset } from './define-preset.ts';
import { days, okReply } from './replies.ts';

export type BigCommerceEvent<Scope extends string> = {
  readonly scope: Scope;
  readonly store_id: string;
  /** `stores/{hash}` */
  readonly producer: string;
  readonly hash: string;
  /** Epoch seconds. */
  readonly created_at: number;
  readonly data: { readonly type: string; readonly id: number };
};

type Scopes =
  | 'store/order/created'
  | 'store/order/updated'
  | 'store/order/statusUpdated'
  | 'store/product/created'
  | 'store/product/updated'
  | 'store/customer/created'
  | 'store/customer/updated'
  | 'store/shipment/created';

export type BigCommerceTopics = { readonly [Scope in Scopes]: BigCommerceEvent<Scope> };

export const bigcommerce: SourcePreset<BigCommerceTopics> = definePreset<BigCommerceTopics>({
  name: 'bigcommerce',
  scheme: signedScheme({ ...standardWebhooksRow('webhook', 'text'), name: 'bigcommerce' }),
  id: { header: 'webhook-id' },
  type: { path: 'scope' },
  entity: { kind: { path: 'data.type' }, id: { path: 'data.id' } },
  occurredAt: { at: { path: 'created_at' }, unit: 's' },
  tenant: { path: 'producer' },
  thin: true,
  reply: okReply,
  delivery: { answerWithinMs: null, resendsForMs: days(2) },
});
