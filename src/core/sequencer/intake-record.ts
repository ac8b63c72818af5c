// What a sequencer keeps of an intake: a request with several or thin events, claimed whole and fanned out after the
// answer. While an item has work left its part stands in `intakes`; afterwards one small row of final statuses stands in
// `settled_intakes` until the end of the dedupe window. Pure types; no row of an event changes its meaning by them.

import type { PlannedDelivery } from '../delivery.ts';
import type { WebhookEvent } from '../event.ts';
import type { JsonValue } from '../json.ts';
import type { EventIdentity, HeaderMap, ParseProblem } from '../source.ts';
import type { TraceContext } from '../tracing/trace-context.ts';
import type { EarlierPlan } from './messages.ts';

/** An item ready to be claimed. The payload is the body of the event: its JSON text, made again at the claim. */
export type ItemClaim = {
  readonly event: WebhookEvent;
  readonly deliveries: readonly PlannedDelivery[];
  readonly earlier?: readonly EarlierPlan[];
  readonly payload: JsonValue;
};

/** What is left to be done for an item. */
export type ItemWork =
  | { readonly kind: 'claim'; readonly claim: ItemClaim }
  /** The full record is to be fetched from the sender's API first. */
  | { readonly kind: 'enrich'; readonly identity: EventIdentity }
  /** No event can be read from it: to be kept as a rejected request. */
  | { readonly kind: 'report'; readonly problem: ParseProblem; readonly item: JsonValue };

export type ItemState =
  /** To be claimed in the partition of its ordering key. */
  | { readonly status: 'received' }
  /** To be fetched, not before `notBeforeAt` (epoch ms); `message`: why the last try failed. */
  | {
      readonly status: 'enriching';
      readonly failureCount: number;
      readonly notBeforeAt: number;
      readonly message: string | null;
    }
  | { readonly status: 'accepted' | 'duplicate'; readonly eventRecordId: string }
  | { readonly status: 'rejected'; readonly problem: ParseProblem }
  /** The fetch failed to the end: kept with its work until an operator retries or drops it. */
  | {
      readonly status: 'dead';
      readonly reason: string;
      readonly message: string;
      readonly failureCount: number;
      readonly at: number;
    }
  | { readonly status: 'dropped'; readonly actor: string; readonly note: string; readonly at: number };

export type IntakeItem = {
  /** Place in the request, from 0. */
  readonly index: number;
  /** The sender's; null where none can be read. */
  readonly eventId: string | null;
  readonly type: string | null;
  readonly state: ItemState;
  /** Null: nothing is left to be done. */
  readonly work: ItemWork | null;
};

export type IntakeHead = {
  /** `int_{partition}_{digest}` */
  readonly id: string;
  readonly source: string;
  readonly requestId: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Of the request, kept with each event of it. Secret-bearing ones are left out. */
  readonly headers: HeaderMap;
  /** Under which its events are traced. Absent: nothing is. */
  readonly trace?: TraceContext;
};

/** One row: some items of an intake. A small intake is one part. */
export type IntakePart = {
  readonly head: IntakeHead;
  readonly part: number;
  readonly items: readonly IntakeItem[];
};

/** What stays of an intake when all its items are done. */
export type SettledIntake = Omit<IntakeHead, 'headers' | 'trace'> & {
  /** Epoch ms. */
  readonly finishedAt: number;
  readonly items: readonly Omit<IntakeItem, 'work'>[];
};

/** The intake rows of one partition. Synchronous, inside the transaction of the decision like all rows. */
export interface IntakeRows {
  readOpenIntakes(): Iterable<IntakePart>;
  readSettledIntake(id: string): SettledIntake | null;
  /** New, or in place of the part as it was. */
  writeIntakePart(part: IntakePart): void;
  /** All parts → one settled row. `expiresAt`: when it may be forgotten, epoch ms. */
  settleIntake(settled: SettledIntake, expiresAt: number): void;
  /** Walks `limit` settled rows after `cursor` (null: from the start), deletes what expired before `now`; null at the end. */
  pruneIntakes(now: number, cursor: string | null, limit: number): string | null;
}
