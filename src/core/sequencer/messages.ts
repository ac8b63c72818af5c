// What is asked of a sequencer and what it answers: the calls between ingest, consumers, operators and the object.
// Pure types. They cross a deploy and a rollback: add optional fields, never change what a field means.

import type {
  Attempt,
  Delivery,
  DeliveryStatus,
  EditedInput,
  HeldCause,
  LedgerEffect,
  PlannedDelivery,
} from '../delivery.ts';
import type { EventPayload, WebhookEvent } from '../event.ts';
import type { AccessView } from '../identity/access-view.ts';
import type { Outcome } from '../outcome.ts';
import type { SubscriptionSet } from '../subscriptions/subscription.ts';
import type { RestReason } from '../target-signals.ts';
import type { EventRecord } from './record.ts';

export type ClaimRequest = {
  readonly event: WebhookEvent;
  readonly payload: EventPayload;
  readonly deliveries: readonly PlannedDelivery[];
  /** Under which the caller computed the partition. Another count than the object's is refused: nothing may be claimed twice. */
  readonly partitions: number;
  readonly generation: number;
  /** It may have been done without the relay: its first attempts begin with a look-up. */
  readonly startsInDoubt?: boolean;
  /** The event under ordering keys its source gave it before, the first first: whichever has seen it keeps it. */
  readonly earlier?: readonly EarlierPlan[];
};

/** Of the event only the ordering key and the entity differ. */
export type EarlierPlan = Pick<ClaimRequest, 'event' | 'deliveries'> & {
  /** The last generation in which the ordering key was made so. */
  readonly untilGeneration: number;
};

export type ClaimAnswer =
  | {
      readonly kind: 'claimed';
      readonly id: string;
      readonly status: 'accepted' | 'duplicate';
      /** Those the event planned, in order; an older object does not say. */
      readonly deliveryIds?: readonly string[];
    }
  /** Nothing was claimed; the sender should come again. */
  | {
      readonly kind: 'refused';
      readonly reason: 'generation_mismatch' | 'backlog_full' | 'moved';
      readonly message: string;
    };

export type LeasedDelivery = {
  readonly delivery: Delivery;
  /** The record's id, `evt_…`. */
  readonly eventRecordId: string;
  readonly event: WebhookEvent;
  readonly payload: EventPayload;
  readonly epoch: number;
  /** What the ledger holds for the operation key, from whichever delivery. */
  readonly ledger: LedgerEffect | null;
  /** More stands behind it in its line, and not in its run: its settle should not wait for others. */
  readonly successorWaits: boolean;
};

export type LeaseRequest = {
  /** How many deliveries the consumer can start at once. */
  readonly max: number;
  /** ms; the deadline is this long after the sequencer's now, so always after the consumer's own. */
  readonly leaseMs: number;
  /**
   * Targets the consumer was admitted to, and how many more of each it can start. Of these it gets at most so many, also
   * while the target rests: its admission is newer than the refusal of another. Absent: the targets that do not rest.
   */
  readonly grants?: Readonly<Record<string, number>>;
  /**
   * The consumer goes through runs: of a line it may get up to `most` deliveries at once, none of which it starts before the
   * one in front has succeeded. `room`: how many deliveries it can have in hand in all. `notFor`: targets that cannot be asked
   * what was done there, where a crash shall leave in doubt only what was started. Absent: one of each line.
   */
  readonly runs?: { readonly most: number; readonly room: number; readonly notFor: readonly string[] };
  /** Lines of these targets that it may get beyond `max` where many are ready, to start them later. Absent: none. */
  readonly ahead?: { readonly most: number; readonly targets: readonly string[] };
  /** Who is to be told of what ends from now on. Absent: as before. */
  readonly subscriptions?: SubscriptionSet;
};

export type LeaseAnswer = {
  readonly leased: readonly LeasedDelivery[];
  /** More is ready than was handed out. */
  readonly moreReady: boolean;
};

export type Settlement = {
  readonly deliveryId: string;
  /** Where the delivery stands now, if it was handed over meanwhile. */
  readonly orderingKey?: string;
  readonly epoch: number;
  readonly result:
    | {
        readonly kind: 'outcome';
        readonly outcome: Outcome;
        readonly inputHash: string | null;
        /** Whether it costs an attempt: look-ups in doubt and answers from the ledger do not. */
        readonly spent: boolean;
        /** A conclusive look-up showed that earlier attempts did nothing. */
        readonly doubtCleared: boolean;
      }
    /** Given back untouched: costs no attempt. With `target`, the whole target rests until `notBeforeAt` (epoch ms). */
    | {
        readonly kind: 'returned';
        readonly target: string | null;
        readonly notBeforeAt: number | null;
        /** Why the target rests. */
        readonly reason?: RestReason;
      };
  /** Null where nothing was tried. */
  readonly attempt: Omit<Attempt, 'number'> | null;
};

export type SettleRequest = LeaseRequest & { readonly settlements: readonly Settlement[] };

/** A fact worth a log line or an alert, decided in core, told by the object. */
export type Signal =
  | {
      readonly kind: 'delivery.settled';
      readonly delivery: Delivery;
      readonly event: WebhookEvent;
      readonly outcome: string;
    }
  | {
      readonly kind: 'delivery.dead_lettered';
      readonly delivery: Delivery;
      readonly event: WebhookEvent;
      readonly reason: string;
      readonly message: string;
    }
  | {
      readonly kind: 'delivery.held';
      readonly delivery: Delivery;
      readonly event: WebhookEvent;
      readonly cause: string;
      readonly message: string;
    }
  | { readonly kind: 'lease.expired'; readonly deliveryIds: readonly string[]; readonly epoch: number }
  | {
      readonly kind: 'settle.late';
      readonly deliveryId: string;
      readonly epoch: number;
      readonly effect: string;
      readonly used: boolean;
    }
  /** Two documents for one operation key: somebody has to look. */
  | {
      readonly kind: 'effect.doubled';
      readonly deliveryId: string;
      readonly operationKey: string;
      readonly documents: readonly string[];
    }
  /** All items of an intake are done. `counts`: items by status. */
  | {
      readonly kind: 'intake.finished';
      readonly intake: string;
      readonly source: string;
      readonly counts: Readonly<Record<string, number>>;
      readonly durationMs: number;
    }
  /** An item could not be enriched: somebody has to retry or drop it. */
  | {
      readonly kind: 'intake_item.dead';
      readonly item: string;
      readonly source: string;
      readonly eventId: string | null;
      readonly failureCount: number;
      readonly reason: string;
      readonly message: string;
    };

export type ReplayRequest = {
  readonly deliveryId: string;
  /** Lets a new generation fetch the key from the one before. */
  readonly orderingKey?: string;
  readonly edited: Pick<EditedInput, 'input' | 'from' | 'changed'> | null;
  readonly forced: boolean;
  readonly actor: string;
  readonly reason: string;
  /** Needed where the sequencer holds the settled row only: read from the journal by the caller. */
  readonly archived: { readonly record: EventRecord; readonly payload: EventPayload } | null;
  /** The route planned again with the present code: used where the first planning failed and left no operation key. */
  readonly planned: PlannedDelivery | null;
};

export type ReplayAnswer =
  | { readonly kind: 'replayed'; readonly deliveryId: string }
  | {
      readonly kind: 'refused';
      readonly reason: 'not_found' | 'replay_open' | 'not_finished' | 'payload_needed' | 'not_planned';
      readonly message: string;
    };

/** `due`: it is asked after at once. */
export type PollNowAnswer =
  | { readonly kind: 'due' }
  | { readonly kind: 'not_running'; readonly status: DeliveryStatus }
  | { readonly kind: 'not_found' };

export type ResolveRequest = {
  readonly deliveryId: string;
  /** Lets a new generation fetch the key from the one before. */
  readonly orderingKey?: string;
  /**
   * `done`: it was done by hand; `dropped`: it shall not be done; `released`: a held delivery may go on; `unblocked`: it
   * no longer holds up its line.
   */
  readonly as: 'done' | 'dropped' | 'released' | 'unblocked';
  readonly documentId: string | null;
  readonly actor: string;
  readonly note: string;
};

/** Stops what waits. A call of its own: an object of an earlier version must not take it for another word about the delivery. */
export type StopRequest = {
  readonly deliveryId: string;
  /** `held`: it and its line wait for a release; `cancelled`: it is never tried. */
  readonly as: 'held' | 'cancelled';
  readonly actor: string;
  readonly note: string;
};

/** Releases everything that is held for the target, of one operation or of one cause where they are named. */
export type ReleaseManyRequest = {
  readonly target: string;
  readonly operation: string | null;
  readonly cause: HeldCause | null;
  readonly actor: string;
  readonly note: string;
  /** At most so many deliveries. */
  readonly limit: number;
};

export type ReleaseManyAnswer = {
  readonly released: readonly string[];
  readonly refused: readonly { readonly deliveryId: string; readonly reason: string }[];
  /** Matching deliveries left for another call. */
  readonly remaining: number;
};

export type ResolveAnswer =
  | { readonly kind: 'resolved'; readonly delivery: Delivery }
  | { readonly kind: 'refused'; readonly reason: 'not_found' | 'wrong_state'; readonly message: string };

/** Absent: any. Times are epoch ms. */
export type DeliveryFilter = {
  readonly status?: readonly DeliveryStatus[];
  readonly reason?: string;
  /** Exactly this code of a dead letter; empty: none. An older object does not know it and lets more through. */
  readonly code?: string;
  readonly source?: string;
  readonly target?: string;
  readonly operation?: string;
  readonly route?: string;
  readonly orderingKey?: string;
  /** The sender's event id. */
  readonly eventId?: string;
  readonly type?: string;
  /** The record of a batch that it runs by itself. Of lists alone: an older object knows neither this nor `document`, and lets more through. */
  readonly record?: string;
  /** Id or number of the ERP's document. */
  readonly document?: string;
  readonly receivedFrom?: number;
  readonly receivedTo?: number;
  /** What the caller may see of all that matches; absent: everything. */
  readonly view?: AccessView;
};

/** Lists run from the newest event: (receivedAt, delivery id) descending. */
export type ListCursor = { readonly receivedAt: number; readonly id: string };

export type ListRequest = {
  readonly filter: DeliveryFilter;
  readonly cursor: ListCursor | null;
  readonly limit: number;
};

/** Why an open delivery does not run right now. */
export type Waiting = {
  readonly cause:
    | 'line_busy'
    | 'behind_position'
    | 'prerequisite'
    | 'prerequisite_dead'
    | 'backoff'
    | 'target_resting'
    | 'ready'
    | 'leased'
    | 'held'
    | 'dead_letter'
    /** The ERP works on it; `until` is the next look. */
    | 'erp_job';
  /** The delivery, type or target that is waited for. */
  readonly on: string | null;
  readonly until: number | null;
  /** With `target_resting`: why it rests. */
  readonly reason?: RestReason;
};

export type LinesRequest = {
  readonly blockedOnly: boolean;
  readonly target: string | null;
  readonly orderingKey: string | null;
  /** The line after which the page begins. */
  readonly after: { readonly since: number; readonly id: string } | null;
  readonly limit: number;
  /** What the caller may see: lines by their heads, and what is counted behind them. Absent: everything. */
  readonly view?: AccessView;
};

/** A line and who stands first in it. Times are epoch ms. */
export type LineSummary = {
  readonly orderingKey: string;
  readonly target: string;
  /** Time alone will not move it, or not soon. */
  readonly isBlocked: boolean;
  readonly cause: Waiting['cause'];
  readonly on: string | null;
  readonly until: number | null;
  /** Since when the head stands first or still. */
  readonly since: number;
  readonly behindCount: number;
  readonly head: {
    readonly id: string;
    readonly route: string;
    readonly operation: string;
    readonly source: string;
    readonly type: string;
    readonly eventId: string;
    readonly sequence: number | null;
    /** A dead letter's reason, a held one's cause. */
    readonly reason: string | null;
    readonly message: string | null;
  };
  /** Of each source that numbers its events: the highest number that has passed, and the lowest that waits. */
  readonly sequences: readonly {
    readonly source: string;
    readonly passed: number | null;
    readonly next: number;
  }[];
};

export type DeliveryView = {
  readonly delivery: Delivery;
  readonly status: DeliveryStatus;
  readonly eventRecordId: string;
  readonly event: WebhookEvent;
  readonly waiting: Waiting | null;
};

export type FindAnswer = DeliveryView & {
  readonly record: EventRecord;
  /** Null where the body is in the journal only. */
  readonly payload: EventPayload | null;
  /** What the ledger holds for the operation key, from whichever delivery; absent: only the delivery's own effect is known. */
  readonly ledger?: LedgerEffect | null;
  /** The delivery of a newer input that a replay would settle `superseded` by; absent: not known. */
  readonly newerInput?: string | null;
};

/** A target takes deliveries again. `release`: its deliveries held `unauthorized` may go on, too. */
export type ResumeTargetRequest = { readonly target: string; readonly release: boolean };

export type ResumeTargetAnswer = {
  readonly releasedCount: number;
  /** More are held than one call releases. */
  readonly hasMore: boolean;
};

export type PartitionStats = {
  readonly generation: number;
  readonly partition: number;
  readonly open: number;
  readonly ready: number;
  readonly leased: number;
  /** The ERP works on them. */
  readonly running: number;
  readonly held: number;
  readonly deadLettered: number;
  readonly oldestReadyAt: number | null;
  readonly unjournaled: number;
};
