// What is asked of a sequencer about intakes, and what it answers: ingest, the fan-out, the consumer that enriches, and
// operators. Pure types. They cross a deploy and a rollback: add optional fields, never change what a field means.

import type { EventIdentity, HeaderMap, ParseProblem } from '../source.ts';
import type { TraceContext } from '../tracing/trace-context.ts';
import type { IntakeHead, IntakeItem, ItemClaim, ItemState, ItemWork } from './intake-record.ts';
import type { ClaimRequest } from './messages.ts';

export type IntakeRequest = IntakeHead & {
  /** In the order of the request. */
  readonly items: readonly {
    readonly eventId: string | null;
    readonly type: string | null;
    readonly work: ItemWork;
  }[];
  readonly partitions: number;
  readonly generation: number;
};

export type IntakeAnswer =
  | { readonly kind: 'received'; readonly id: string; readonly status: 'received' | 'duplicate' }
  /** Nothing was claimed; the sender should come again. */
  | {
      readonly kind: 'refused';
      readonly reason: 'generation_mismatch' | 'backlog_full';
      readonly message: string;
    };

/** `itemId`: `{intake}.{index}` */
export type DueClaim = { readonly itemId: string; readonly request: ClaimRequest };

/** Claims for one partition, in the order of their requests: they are made in this order or not at all. */
export type ClaimGroup = { readonly partition: number; readonly claims: readonly DueClaim[] };

export type DueReport = {
  readonly itemId: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly headers: HeaderMap;
  readonly problem: ParseProblem;
  /** What stands in the request, as JSON text. */
  readonly body: Uint8Array<ArrayBuffer>;
};

/** What became of a group or a report. `failed`: nothing is known; it is done again, which does no harm. */
export type FanOutResult =
  | {
      readonly kind: 'claimed';
      readonly itemId: string;
      readonly eventRecordId: string;
      readonly status: 'accepted' | 'duplicate';
    }
  | { readonly kind: 'reported'; readonly itemId: string }
  | { readonly kind: 'claims_failed'; readonly partition: number }
  | { readonly kind: 'reports_failed' };

export type ItemLeaseRequest = { readonly max: number; readonly leaseMs: number };

/** An item to be enriched: exclusive until the deadline, but a fetch made twice does no harm. */
export type LeasedItem = {
  readonly itemId: string;
  readonly epoch: number;
  readonly source: string;
  readonly requestId: string;
  readonly receivedAt: number;
  readonly headers: HeaderMap;
  readonly identity: EventIdentity;
  readonly trace?: TraceContext;
  readonly failureCount: number;
};

export type ItemSettlement = {
  readonly itemId: string;
  readonly epoch: number;
  readonly result:
    | { readonly kind: 'enriched'; readonly claim: ItemClaim }
    /** The record came, and no event can be made of it. */
    | { readonly kind: 'rejected'; readonly problem: ParseProblem }
    | {
        readonly kind: 'failed';
        readonly reason: string;
        readonly message: string;
        readonly retryAfterMs?: number;
      };
};

export type ReviveRequest = {
  readonly id: string;
  /** `retry`: all dead items are fetched again; `dropped`: they shall not be. */
  readonly as: 'retry' | 'dropped';
  readonly actor: string;
  readonly note: string;
};

export type ReviveAnswer =
  | { readonly kind: 'revived'; readonly itemIds: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: 'not_found' | 'wrong_state'; readonly message: string };

export type IntakeItemView = Pick<IntakeItem, 'index' | 'eventId' | 'type'> & {
  readonly id: string;
  readonly state: ItemState;
};

export type IntakeView = Omit<IntakeHead, 'headers' | 'trace'> & {
  /** Null while an item has work left. */
  readonly finishedAt: number | null;
  readonly items: readonly IntakeItemView[];
};

export type IntakeSummary = Omit<IntakeView, 'items'> & {
  /** Items by status. */
  readonly counts: Readonly<Record<string, number>>;
};
