// Reconciliation with a source: what a sender says has happened, compared with the events that are held. A source names a
// listing; each item of it is written as the webhook the sender should have sent, so that its preset reads it like any
// other. Pure types and rules; the connection a listing gets does the I/O.

import type { EnrichFailure, SenderApi, SenderApiDefinition } from './enrich.ts';
import type { JsonValue } from './json.ts';
import type { Result } from './result.ts';
import type { HeaderMap } from './source.ts';

/** A webhook that should have come. The preset reads it, but nobody signed it: it came by the sender's own API. */
export type ListedWebhook = {
  /** Lower-case names; what the preset reads type and id from. */
  readonly headers: HeaderMap;
  readonly payload: JsonValue;
  /** Whether a later state of the entity counts for it, as of `orders/updated`; else any event of its operations does. */
  readonly isState: boolean;
};

/** From and to: epoch ms at the sender, both ends included. `cursor`: as the last page gave it; null: the first. */
export type ListRange = { readonly from: number; readonly to: number; readonly cursor: string | null };

export type ListedPage = {
  readonly webhooks: readonly ListedWebhook[];
  /** Null: that was the last page. */
  readonly cursor: string | null;
};

/** A webhook the sender is to send. `disabled`: it gave up; it must be switched on again there. */
export type Subscription = {
  /** An event type; `*`: all of them. */
  readonly type: string;
  readonly state: 'active' | 'disabled';
};

export type SourceListing = {
  /** Event types it can list; null: whatever the sender sends. */
  readonly types: readonly string[] | null;
  /** How far back the sender's list goes, ms; null: as far as it has records. */
  readonly reachMs: number | null;
  /** A page of what happened in the range. Only `types`: those some route takes. */
  list(
    api: SenderApi,
    range: ListRange & { readonly types: readonly string[] },
  ): Promise<Result<ListedPage, EnrichFailure>>;
  /** Webhooks the sender has for an address that ends in `path`; absent: it does not tell. */
  subscriptions?(
    api: SenderApi,
    place: { readonly path: string },
  ): Promise<Result<readonly Subscription[], EnrichFailure>>;
};

export type LostSubscription = { readonly type: string; readonly state: 'missing' | 'disabled' };

/** Of a source definition. */
export type ReconcileStep = {
  readonly api: SenderApiDefinition;
  readonly listing: SourceListing;
  /** Between two checks, ms. */
  readonly everyMs: number;
};

/** What the sequencer of an ordering key is asked of one listed event. */
export type HeldQuery = {
  readonly orderingKey: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  /** Of the operations its routes would run; empty where it plans none. */
  readonly operationKeys: readonly string[];
  /** An event of the type with this sequence or a later one counts for it; null: order says nothing. */
  readonly stateSequence: number | null;
};

/** Of one check of a range. */
export type ReconcileCounts = {
  readonly listedCount: number;
  /** Known by event id or by what it means. */
  readonly heldCount: number;
  /** Brought in; in a dry run: what would be. */
  readonly missingCount: number;
  /** Items no event could be read from. */
  readonly unreadableCount: number;
};

export const noCounts: ReconcileCounts = {
  listedCount: 0,
  heldCount: 0,
  missingCount: 0,
  unreadableCount: 0,
};

/** Wanted types for which the sender has no active webhook. */
export function lostSubscriptions(
  found: readonly Subscription[],
  wanted: readonly string[],
): readonly LostSubscription[] {
  return wanted.flatMap((type): LostSubscription[] => {
    const ofType = found.filter((each) => each.type === type || each.type === '*');
    if (ofType.some(({ state }) => state === 'active')) return [];
    return [{ type, state: ofType.length === 0 ? 'missing' : 'disabled' }];
  });
}
