// A delivery: the duty to run one route for one event, and its lifecycle (docs/lifecycle.md). Pure types and predicates.
// A settled state stays settled; what happens next to a dead letter is a new delivery at the same position.

import type { JsonChanges } from './json-changes.ts';
import type {
  ContractIssue,
  Effect,
  ErpDocument,
  FieldError,
  RecordEffect,
  StateDifference,
} from './outcome.ts';
import type { RoutePolicy } from './route.ts';
import type { SubscriptionEventType } from './subscriptions/event-types.ts';

export type HeldCause =
  | 'unauthorized'
  | 'contract_broken'
  | 'state_mismatch'
  /** A person said so, and a person lets it go on. */
  | 'by_operator';

export type DeadLetterReason =
  /** The ERP or the input schema refused it: trying again cannot help. */
  | 'rejected'
  | 'attempts_exhausted'
  /** Nobody can say whether it was done, and nothing will find out by itself. */
  | 'in_doubt'
  /** Its lease expired again and again while it was leased alone: it crashes its consumer. */
  | 'poison'
  | 'prerequisite_missing'
  /** The ERP was still working on it at the route's `jobTimeoutMs`. */
  | 'job_timed_out'
  /** The route's `when`, `subject` or `version` failed on the event when it was planned. */
  | 'mapping_failed';

export type HeldState = {
  readonly status: 'held';
  readonly cause: HeldCause;
  readonly message: string;
  readonly at: number;
  /** What was wrong with the answer, where the cause is `contract_broken`. */
  readonly issues?: readonly ContractIssue[];
  /** Name and version of the adapter that read it, e.g. `sandbox 1.0.0`. */
  readonly adapter?: string;
  /** Not tried at all: held because of what this delivery found. */
  readonly behind?: string;
};

export type DeliveryState =
  | { readonly status: 'pending' }
  /** Waits for a back-off to pass. `dueAt`: epoch ms. */
  | {
      readonly status: 'scheduled';
      readonly dueAt: number;
      readonly reason: string;
      /** Of an unbroken run of `rate_limited`, which costs no attempts: when it began, epoch ms. Absent: none is on. */
      readonly since?: number;
    }
  /** The ERP works on it; it is asked after at `pollAt`, and its line waits. Times are epoch ms. */
  | {
      readonly status: 'running';
      /** The ERP's own id of the job. */
      readonly jobRef: string;
      readonly pollAt: number;
      readonly startedAt: number;
      /** Polls that found it still running: each wait is longer than the one before. */
      readonly pollCount: number;
      /** 0 to 1, where the ERP tells. */
      readonly progress: number | null;
    }
  | HeldState
  | {
      readonly status: 'dead_lettered';
      readonly reason: DeadLetterReason;
      readonly code: string;
      readonly message: string;
      readonly at: number;
    }
  | {
      readonly status: 'succeeded';
      /** `partial`: a batch; the records that failed are dead letters of their own. */
      readonly how: 'succeeded' | 'duplicate' | 'late_settle' | 'partial';
      readonly at: number;
    }
  /** A newer input of the same entity made it pointless. `by`: that delivery. */
  | { readonly status: 'superseded'; readonly by: string; readonly at: number }
  /** `how`: a person cancelled it before it was tried, or tried again; absent: it was skipped. */
  | {
      readonly status: 'skipped';
      readonly how?: 'cancelled';
      readonly note: string;
      readonly at: number;
    }
  /** A dead letter that is closed: by a replay that succeeded, a late settle, or a person. */
  | { readonly status: 'resolved'; readonly resolvedBy: string; readonly note: string; readonly at: number };

/** What the wire and the tables show. `leased` and `waiting` are derived: they are not kept in a row of their own. */
export type DeliveryStatus = DeliveryState['status'] | 'leased';

/** What the ledger holds for an operation key. Effects only: a rejection leaves nothing. */
export type LedgerEffect =
  | {
      readonly kind: 'succeeded';
      readonly document: ErpDocument;
      readonly inputHash: string | null;
      /** Of a batch: the keys of its records that were done. */
      readonly records?: readonly RecordEffect[];
    }
  /** `since`: no byte of a write went out after it, epoch ms. With a `jobRef` the ERP was working on it: it can be asked. */
  | { readonly kind: 'possibly_done'; readonly since: number; readonly jobRef?: string };

/** Made by plan-deliveries.ts at ingest; what a claim asks for. */
export type PlannedDelivery = {
  readonly routeId: string;
  readonly target: string;
  readonly operation: string;
  /** Null where planning failed: see `problem`. */
  readonly operationKey: string | null;
  /** The operation key without its version, where `onStale` is `skip`; else null. */
  readonly staleKey: string | null;
  readonly policy: RoutePolicy;
  readonly problem: { readonly code: 'mapping_failed'; readonly message: string } | null;
  /** Where to tell that it ended; direct requests only. */
  readonly callbackUrl?: string;
};

/** An input given by an operator with a replay, and who gave it. */
export type EditedInput = {
  readonly input: unknown;
  readonly actor: string;
  readonly reason: string;
  /** Nobody wrote it: it is what an earlier attempt was sent with. Absent: a person edited it. */
  readonly from?: 'original';
  /** Against what the mapping gave then; absent: kept by an earlier version of the relay, or nobody edited it. */
  readonly changed?: JsonChanges;
};

export type Replay = {
  /** The delivery that was replayed. */
  readonly of: string;
  /** The first delivery at this position. */
  readonly position: string;
  /** 1 for the first replay at the position. */
  readonly revision: number;
  readonly edited: EditedInput | null;
  /** Run although a newer input was applied. Only with a reason. */
  readonly forced: boolean;
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
};

export type Delivery = PlannedDelivery & {
  /** `dlv_{partition}_{number}` */
  readonly id: string;
  readonly state: DeliveryState;
  /** Attempts spent. Look-ups in doubt and give-backs spend none. */
  readonly attemptCount: number;
  /** Look-ups in doubt that failed, since the doubt began. */
  readonly lookupCount: number;
  /** Times its lease expired while it was leased alone. */
  readonly crashCount: number;
  /** Set where a lease with it expired unsettled: leased alone next. */
  readonly suspect: boolean;
  /** Order of first start in its line; null: not started. */
  readonly startNumber: number | null;
  /** The newest lease that settled it or expired on it; a settle of an older one is late. */
  readonly epoch: number;
  readonly effect: LedgerEffect | null;
  readonly replay: Replay | null;
  /** Released by a person while its operation is held: it runs all the same, and its success lets the others go on. */
  readonly probe?: boolean;
  /** A notice: what it tells, and where. */
  readonly notice?: JobNotice;
  /** An event for a subscriber: what it tells, and whom. */
  readonly publish?: EventNotice;
  /** A record of a batch that failed, run by itself: which one, and its input where the mapping is not to give it. */
  readonly own?: { readonly of: string; readonly recordId: string; readonly input: unknown };
  /** When it was first waited for in vain, epoch ms: `waitMs` runs from the claim. */
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** That a direct request ended: content and address of one notice. */
export type JobNotice = {
  /** The delivery that ended. */
  readonly of: string;
  readonly url: string;
  readonly endedAt: number;
  readonly jobId: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly operation: string;
  readonly target: string;
  readonly document: ErpDocument | null;
  readonly problem: { readonly reason: string; readonly code: string; readonly message: string } | null;
};

/** That a delivery ended, for one subscription. What it came of stands in the event beside it. */
export type EventNotice = {
  readonly subscription: string;
  readonly type: SubscriptionEventType;
  /** The delivery that ended, and in which state. */
  readonly of: string;
  readonly endedAt: number;
  readonly status: DeliveryState['status'];
  readonly operation: string;
  readonly target: string;
  /** Its id, number and state alone. */
  readonly document: Pick<ErpDocument, 'documentId' | 'documentNumber' | 'state'> | null;
  readonly problem: { readonly reason: string; readonly code: string } | null;
};

/** One HTTP call to the ERP, as recorded: bounded, and without anything secret. */
export type Exchange = {
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly requestBody: string | null;
  readonly status: number | null;
  readonly responseBody: string | null;
  /** Why there was no answer; null where there was one. */
  readonly failure: string | null;
  readonly durationMs: number;
};

export type Attempt = {
  readonly deliveryId: string;
  /** From 1. Look-ups in doubt carry the number of the attempt they clear up. */
  readonly number: number;
  readonly epoch: number;
  /** `poll`: asked after a job; polls that found it still running are counted, not kept. */
  readonly mode: 'perform' | 'doubt' | 'poll';
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: AttemptOutcome;
  readonly exchanges: readonly Exchange[];
  /** The mapped input, as JSON text, bounded; null where the mapping failed. */
  readonly input: string | null;
};

/** An outcome as it is kept: without the document, which is the delivery's. */
export type AttemptOutcome = {
  readonly kind: string;
  readonly effect: Effect;
  readonly reason: string | null;
  readonly message: string | null;
  readonly fieldErrors?: readonly FieldError[];
  readonly issues?: readonly ContractIssue[];
  readonly differences?: readonly StateDifference[];
  /** Of a batch: how many records were done, and which were not. */
  readonly records?: { readonly doneCount: number; readonly failed: readonly string[] };
};

const closedStatuses: ReadonlySet<DeliveryState['status']> = new Set([
  'succeeded',
  'superseded',
  'skipped',
  'resolved',
]);

/** Closed: nothing is left to do or to decide; it satisfies `after`, and its line has moved on. */
export function isClosed(state: DeliveryState): boolean {
  return closedStatuses.has(state.status);
}
