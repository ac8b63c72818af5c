// What a sequencer is asked about many deliveries at once, and what it answers. Pure types; they cross a deploy and a rollback.

import type { DeliveryFilter, DeliveryView } from './messages.ts';

export type ReplayManyRequest = {
  readonly filter: DeliveryFilter;
  /** At most so many positions. */
  readonly limit: number;
  readonly actor: string;
  readonly reason: string;
};

export type ReplayManyAnswer = {
  readonly replayed: readonly { readonly deliveryId: string; readonly replayOf: string }[];
  readonly refused: readonly { readonly deliveryId: string; readonly reason: string }[];
  /** Matching positions left for another call. */
  readonly remaining: number;
};

export type PlanReplaysRequest = {
  readonly filter: DeliveryFilter;
  /** Only what was dead or held by then, epoch ms; absent: whenever. */
  readonly until?: number;
  /** How many of the oldest are shown. */
  readonly sample: number;
};

/** Places that failed alike. */
export type ReplayGroup = {
  readonly target: string;
  readonly operation: string;
  readonly reason: string | null;
  readonly code: string | null;
  readonly count: number;
};

export type PlanReplaysAnswer = {
  readonly count: number;
  readonly groups: readonly ReplayGroup[];
  /** Oldest event first. */
  readonly oldest: readonly DeliveryView[];
};

/** A place in the order of a bulk job: the record's arrival, and the place's index among the record's. */
export type BulkPlace = { readonly arrival: number; readonly index: number };

export type BulkStepAct = 'replayed' | 'done' | 'dropped' | 'released';

/** One step of a bulk job at one partition: one transaction. */
export type BulkStepRequest = {
  /** The job, and the number of its step: the same step again is answered, not done. */
  readonly job: string;
  readonly stepNumber: number;
  readonly act: BulkStepAct;
  readonly filter: DeliveryFilter;
  /** Only what was dead or held by then, epoch ms. */
  readonly until: number;
  /** Null: from the first one. */
  readonly after: BulkPlace | null;
  /** At most so many places, refused ones included. */
  readonly limit: number;
  readonly actor: string;
  readonly reason: string;
};

export type BulkStepAnswer = {
  readonly touched: readonly { readonly deliveryId: string; readonly replayOf?: string }[];
  readonly refused: readonly { readonly deliveryId: string; readonly reason: string }[];
  /** The last place it looked at; null: there was none. */
  readonly last: BulkPlace | null;
  readonly hasMore: boolean;
};
