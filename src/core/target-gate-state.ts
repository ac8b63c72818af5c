// What a target's gate keeps, is asked and answers. Pure types, the state of a gate nobody has used, and the gate's bounds.
// The state is serialisable, and add-only: it outlives deploys and rollbacks.

import type { AttemptReport } from './attempt-report.ts';
import { type CircuitSettings, type CircuitState, closedCircuit } from './circuit-breaker.ts';
import type { Bucket, TargetLimits, Throttle } from './target-limits.ts';
import type { RestReason } from './target-signals.ts';

export type GateSettings = {
  readonly target: string;
  readonly circuit: CircuitSettings;
  readonly limits: TargetLimits;
};

export type AdmitRequest = {
  readonly targetId: string;
  /** Names the batch: unique, the same in each of its calls. */
  readonly batch: string;
  /** Name of the sequencer it delivers from. */
  readonly sequencer: string;
  /** Deliveries it would have under way at once, those that are included. 0: it is done with the target. */
  readonly wanted: number;
  /** Deliveries of the target it has under way. */
  readonly inFlight: number;
  /** How long what it holds counts if it is never heard of again, ms: its lease, begun when the grant ends. */
  readonly holdMs: number;
  /** Deliveries it started since its last call. */
  readonly startedCount: number;
  /** Attempts that ended since its last call, oldest first. */
  readonly reports: readonly AttemptReport[];
  /** Other batches that are done with the target, and have not said so themselves. */
  readonly endedBatches?: readonly string[];
};

export type Admission = {
  /** Deliveries it may have under way at once; 0: none may start. */
  readonly granted: number;
  /** Deliveries it may start before it asks again. */
  readonly starts: number;
  /** It asks again after so long, ms: by its own clock, which need not agree with the target's. */
  readonly forMs: number;
  /** What it starts is a probe: where it fails it costs no attempt, and is not due again within so long, ms. */
  readonly probe: { readonly retryAfterMs: number } | null;
  /** What was not granted: when to ask again (epoch ms), and why. */
  readonly notBeforeAt: number;
  readonly reason: RestReason;
  /** No limit counts its places: a batch need not say that it is done with them. Absent: one may. */
  readonly isUnlimited?: true;
};

export type Grant = {
  readonly places: number;
  readonly starts: number;
  readonly expiresAt: number;
};

export type Unauthorized = {
  readonly at: number;
  readonly message: string;
  /** When one login is tried by itself, epoch ms; null: only a person lets it be tried. */
  readonly retryAt: number | null;
};

export type TargetFailure = {
  readonly at: number;
  readonly deliveryId: string;
  readonly operation: string;
  readonly health: AttemptReport['health'] | 'slow';
  readonly message: string;
};

export type TargetGateState = {
  readonly circuit: CircuitState;
  readonly pause: { readonly at: number; readonly actor: string; readonly note: string } | null;
  readonly unauthorized: Unauthorized | null;
  readonly throttle: Throttle | null;
  /** Since when deliveries are let go at a ramp, epoch ms. */
  readonly rampAt: number | null;
  readonly bucket: Bucket | null;
  /** By batch. */
  readonly grants: Readonly<Record<string, Grant>>;
  /** Sequencers that asked lately: epoch ms by name. */
  readonly askers: Readonly<Record<string, number>>;
  /** Sequencers that were turned away and have not been told otherwise: who to knock at when it goes on. */
  readonly waiting: readonly string[];
  /** Newest first. */
  readonly failures: readonly TargetFailure[];
};

export const openGate: TargetGateState = {
  circuit: closedCircuit,
  pause: null,
  unauthorized: null,
  throttle: null,
  rampAt: null,
  bucket: null,
  grants: {},
  askers: {},
  waiting: [],
  failures: [],
};

export const gateBounds = {
  /** A batch asks again after so long, ms: what an operator or a circuit decides is kept to within it. */
  grantMs: 2_000,
  /** Deliveries a batch starts before it asks again. */
  maxStarts: 200,
  /** A sequencer that has not asked for so long has no share, ms: longer than a batch asks again. */
  askerMs: 5_000,
  /** Who is turned away for want of a place comes again after so long, ms. */
  crowdedMs: 500,
  /** Longest a sequencer stays away, ms: a knock that was lost costs no more. */
  longestRestMs: 60_000,
  /** Failures shown to people. */
  keptFailures: 10,
} as const;
