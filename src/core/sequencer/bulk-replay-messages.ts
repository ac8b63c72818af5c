// What a sequencer is asked about many dead letters at once, and what it answers. Pure types.

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
