// Webhooks that an ERP sends only as long as they are renewed: what a source asks for, and what an adapter does about it. Pure
// types; the connection the adapter gets does the I/O.

import type { AdapterFailure, ErpConnection } from './erp.ts';
import type { TargetDefinition } from './target.ts';

/** Of a source definition: the ERP that sends, and what it shall send. */
export type SubscribeStep = {
  readonly target: TargetDefinition;
  /** Collections of the ERP's API, e.g. `items`. */
  readonly resources: readonly string[];
};

export type SubscriptionWish = {
  /** The source's URL as the ERP sees it. */
  readonly notificationUrl: string;
  /** The source's secret: the ERP gives it back with each notification. */
  readonly clientState: string;
  readonly resources: readonly string[];
  /** Epoch ms. */
  readonly now: number;
  /** What ends sooner is renewed, ms. */
  readonly renewBeforeMs: number;
};

export type SubscriptionCounts = {
  readonly createdCount: number;
  readonly renewedCount: number;
  /** They hold long enough. */
  readonly keptCount: number;
};

/** Idempotent: it looks at what the ERP has first. Never ends a subscription. */
export type RenewSubscriptions = (
  erp: ErpConnection,
  wish: SubscriptionWish,
) => Promise<({ readonly kind: 'renewed' } & SubscriptionCounts) | AdapterFailure>;
