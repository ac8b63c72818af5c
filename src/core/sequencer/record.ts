// What a sequencer keeps of one event: one row that is the event, its deliveries and their ledger entries.
// While anything about it is open, or the journal has not acknowledged it, the row stands in `open` with its body;
// afterwards a small form of it stands in `settled` until the ledger's horizon. Pure types.

import type { Attempt, Delivery } from '../delivery.ts';
import type { EventPayload, WebhookEvent } from '../event.ts';
import type { OperatorAct } from '../operator-act.ts';
import type { SubscriptionSet } from '../subscriptions/subscription.ts';
import type { BulkStepAnswer } from './bulk-replay-messages.ts';
import type { IntakeRows } from './intake-record.ts';

export type EventKey = { readonly orderingKey: string; readonly source: string; readonly eventId: string };

export type EventRecord = {
  /** `evt_{partition}_{number}` */
  readonly id: string;
  readonly event: WebhookEvent;
  /** Order of arrival in the partition: unique and rising. */
  readonly arrival: number;
  readonly deliveries: readonly Delivery[];
  /** Attempts the journal has not acknowledged yet. Bounded: see limits.ts. */
  readonly attempts: readonly Attempt[];
  /** Attempts left out of `attempts` because the journal was away for too long. */
  readonly droppedAttempts: number;
  /** What persons did to its deliveries and the journal has not acknowledged; absent: nothing. */
  readonly acts?: readonly OperatorAct[];
  /** Number of its last change in the partition. */
  readonly changeNumber: number;
  /** Equal to `changeNumber`: the journal has no rows of it (journal-kind.ts). Anything else, or absent: it may have. */
  readonly unlistedAt?: number;
};

/** A lease: exclusive, expiring right to attempt some deliveries. One row, overwritten when the slot is used again. */
export type LeaseRow = {
  readonly slot: number;
  readonly epoch: number;
  /** Epoch ms. */
  readonly deadlineAt: number;
  /** Those that are neither settled nor given back, as of when the row was written. */
  readonly deliveryIds: readonly string[];
  /** How many it was given at first: one that was leased with others and expires is no lone crash. */
  readonly givenCount: number;
};

export type PartitionMeta = {
  /** Numbers below are used or reserved. */
  readonly reservedNumbers: number;
  readonly partitions: number;
  readonly generation: number;
};

/** The last step of a bulk job that did something here: asked for again, it is answered and not done. */
export type BulkStepRow = {
  readonly job: string;
  readonly stepNumber: number;
  /** Epoch ms. */
  readonly at: number;
  readonly answer: BulkStepAnswer;
};

/**
 * The rows of one partition. Synchronous, because a decision and its rows are one transaction.
 * `transaction` rolls back when `work` throws; the caller then drops its memory and starts again from the rows.
 */
export interface SequencerRows extends IntakeRows {
  transaction<T>(work: () => T): T;
  readMeta(): PartitionMeta | null;
  writeMeta(meta: PartitionMeta): void;
  /** Null: none was ever written. */
  readSubscriptions(): SubscriptionSet | null;
  writeSubscriptions(set: SubscriptionSet): void;
  /** Without those of keys that were handed over. */
  readOpen(): Iterable<EventRecord>;
  /** Open records of one ordering key, also of one that was handed over. */
  readOpenOf(orderingKey: string): Iterable<EventRecord>;
  /** Settled records of one ordering key. */
  readSettled(orderingKey: string): Iterable<EventRecord>;
  readPayload(key: EventKey): EventPayload | null;
  insertOpen(record: EventRecord, payload: EventPayload): void;
  updateOpen(record: EventRecord): void;
  /**
   * Open → settled; a settled one is written again, where evidence comes late. `expiresAt`: when the ledger may forget
   * it, epoch ms.
   */
  settle(record: EventRecord, expiresAt: number): void;
  /** Settled → open, for a replay. */
  reopen(record: EventRecord, payload: EventPayload): void;
  /** A settled record that comes from another partition. */
  insertSettled(record: EventRecord, expiresAt: number): void;
  /** Whether the key was handed over to the next generation. */
  isMoved(orderingKey: string): boolean;
  hasMovedKeys(): boolean;
  markMoved(orderingKey: string): void;
  /** Keys that were handed over and have open rows here: the next generation has not said that it has them. */
  readUntakenKeys(): Iterable<string>;
  /** Deletes the rows of a key that was handed over; the mark stays. */
  dropMoved(orderingKey: string): void;
  readBulkStep(job: string): BulkStepRow | null;
  /** One row a job; those from before `forgetBefore`, epoch ms, are deleted. */
  writeBulkStep(row: BulkStepRow, forgetBefore: number): void;
  readLeases(): Iterable<LeaseRow>;
  writeLease(lease: LeaseRow): void;
  /**
   * Walks `limit` settled rows after `cursor` (null: from the start) and deletes those that expired before `now`.
   * `next` is null at the end.
   */
  pruneSettled(
    now: number,
    cursor: string | null,
    limit: number,
  ): { readonly removed: readonly EventKey[]; readonly next: string | null };
}
