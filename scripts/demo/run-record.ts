// What a run has done and what is due because of it: the only thing besides the ERP's documents that the promises are
// judged by. Data alone.

import type { DemoOrder } from './demo-order.ts';
import type { DemoReceipt, Webhook } from './webhooks.ts';

export type PostRecord = {
  readonly webhook: Webhook;
  /** The same webhook had been posted before. */
  readonly isRepeat: boolean;
  readonly status: number;
  /** What the relay called the event: `accepted`, `duplicate`, or `refused`. */
  readonly event: string;
};

export type ForgedRecord = { readonly webhook: Webhook; readonly note: string; readonly status: number };

export type RunRecord = {
  readonly orders: DemoOrder[];
  readonly receipts: DemoReceipt[];
  /** Stock that was reported several times; `newest` must be on hand. */
  readonly levels: { readonly sku: string; readonly newest: number; readonly reports: number }[];
  /** Customers that changed several times; `newest` must be the name. */
  readonly customers: { readonly customerId: string; readonly newest: string; readonly changes: number }[];
  /** Two orders of one shop that were changed in the same second. */
  readonly sameSecond: DemoOrder[];
  readonly posts: PostRecord[];
  readonly forged: ForgedRecord[];
  /** The relay's event ids of all that was accepted. */
  readonly eventIds: Set<string>;
  /** What came while the ERP was down; `doneMeanwhile`: effects the ERP had of it before it was up again. */
  readonly outage: { readonly posts: PostRecord[]; doneMeanwhile: number };
  /** Orders whose answer the ERP cut off after it had committed them. */
  readonly answersLost: DemoOrder[];
  readonly deadLetters: {
    /** Orders that were refused for good at first. */
    readonly orders: DemoOrder[];
    kept: number;
    replayedEdited: number;
    replayedInBulk: number;
  };
};

export function createRunRecord(): RunRecord {
  return {
    orders: [],
    receipts: [],
    levels: [],
    customers: [],
    sameSecond: [],
    posts: [],
    forged: [],
    eventIds: new Set(),
    outage: { posts: [], doneMeanwhile: 0 },
    answersLost: [],
    deadLetters: { orders: [], kept: 0, replayedEdited: 0, replayedInBulk: 0 },
  };
}
