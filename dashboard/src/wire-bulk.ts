// What the admin API answers of acts on many deliveries at once: the plan of one, and the job that does it. Pure types.

import type { Delivery } from './wire.ts';

export type BulkAct = 'replay' | 'skip' | 'resolve' | 'release';

/** As a list is searched. */
export type Filter = Readonly<Record<string, string>>;

export type BulkPlan = {
  readonly count: number;
  readonly oldestReceivedAt: string | null;
  readonly groups: readonly {
    readonly target: string;
    readonly operation: string;
    readonly reason: string | null;
    readonly code: string | null;
    readonly count: number;
  }[];
  readonly otherGroupCount: number;
  readonly sample: readonly Delivery[];
};

export type BulkJob = {
  readonly id: string;
  readonly act: BulkAct;
  readonly as?: 'done' | 'dropped';
  readonly filter: Readonly<Record<string, unknown>>;
  readonly reason: string;
  readonly actor: string;
  readonly status: 'running' | 'succeeded' | 'cancelled' | 'failed';
  readonly ratePerSecond: number;
  readonly limit: number;
  /** Null until they are counted. */
  readonly total: number | null;
  readonly done: number;
  readonly refused: number;
  readonly refusals: readonly { readonly deliveryId: string; readonly reason: string }[];
  readonly deliveryIds: readonly { readonly deliveryId: string; readonly replayOf?: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
  readonly estimatedEndAt: string | null;
  readonly problem?: { readonly code: string; readonly message: string };
  readonly cancelled?: { readonly by: string; readonly note: string };
};

export type BulkJobPage = { readonly replays: readonly BulkJob[]; readonly nextCursor: string | null };
