// Admission to one target: circuit, pause, credential, limits and fair shares in one decision for a whole batch. Pure:
// state in, state and facts out, so that a Durable Object, a test and a simulator run the same rules.
// What a batch was granted counts until it says otherwise or its time is over, so that a crash frees its places.

import type { AttemptReport } from './attempt-report.ts';
import {
  type CircuitFact,
  type CircuitSettings,
  type CircuitState,
  circuitAt,
  closedCircuit,
  dropProbe,
  noteAttempt,
  openTimeMs,
  takeProbe,
} from './circuit-breaker.ts';
import {
  type Bucket,
  fairShare,
  nextTokenAt,
  rampCeiling,
  refill,
  type TargetLimits,
  type Throttle,
  throttleAfter,
  windowOpensAt,
} from './target-limits.ts';
import type { RestReason, TargetSignal } from './target-signals.ts';

export type GateSettings = {
  readonly target: string;
  readonly circuit: CircuitSettings;
  readonly limits: TargetLimits;
};

export type AdmitRequest = {
  readonly targetId: string;
  /** Names the batch: unique, the same in each of its calls. */
  readonly batch: string;
  readonly partition: number;
  /** Deliveries it would have under way at once, those that are included. 0: it is done with the target. */
  readonly wanted: number;
  /** Deliveries of the target it has under way. */
  readonly inFlight: number;
  /** How long what it holds counts if it is never heard of again, ms: its lease. */
  readonly holdMs: number;
  /** Deliveries it started since its last call. */
  readonly startedCount: number;
  /** Attempts that ended since its last call, oldest first. */
  readonly reports: readonly AttemptReport[];
};

export type Admission = {
  /** Deliveries it may have under way at once; 0: none may start. */
  readonly granted: number;
  /** Deliveries it may start before it asks again. */
  readonly starts: number;
  /** It asks again after that instant, epoch ms. */
  readonly untilAt: number;
  /** What it starts is a probe: where it fails it costs no attempt, and is not due again within so long, ms. */
  readonly probe: { readonly retryAfterMs: number } | null;
  /** What was not granted: when to ask again (epoch ms), and why. */
  readonly notBeforeAt: number;
  readonly reason: RestReason;
};

type Grant = {
  readonly partition: number;
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
  /** Partitions that asked lately: epoch ms by partition. */
  readonly askers: Readonly<Record<string, number>>;
  /** Partitions that were turned away and have not been told otherwise: who to knock at when it goes on. */
  readonly waiting: readonly number[];
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
  /** A partition that has not asked for so long has no share, ms: longer than a batch asks again. */
  askerMs: 5_000,
  /** Who is turned away for want of a place comes again after so long, ms. */
  crowdedMs: 500,
  /** Longest a partition stays away, ms: a knock that was lost costs no more. */
  longestRestMs: 60_000,
  /** Failures shown to people. */
  keptFailures: 10,
} as const;

export type GateStep = {
  readonly state: TargetGateState;
  readonly admission: Admission;
  readonly signals: readonly TargetSignal[];
};

/** Takes the reports of a batch in, and says what it may do next. */
export function admit(
  before: TargetGateState,
  request: AdmitRequest,
  { settings, now }: { readonly settings: GateSettings; readonly now: number },
): GateStep {
  const signals: TargetSignal[] = [];
  let state = gateAt(before, now);
  for (const report of request.reports) {
    state = noteReport(state, { report, batch: request.batch }, { settings, now, signals });
  }
  state = settleGrant(state, request, { settings, now });
  if (request.wanted === 0) return { state, admission: refusal(now, 'limited'), signals };
  const decided = decide(state, request, { settings, now });
  return { ...decided, signals };
}

/** What time brought about: open circuits become half open, grants and askers that are over are forgotten. */
export function gateAt(state: TargetGateState, now: number): TargetGateState {
  const grants = Object.entries(state.grants).filter(([, grant]) => grant.expiresAt > now);
  const askers = Object.entries(state.askers).filter(([, at]) => at > now - gateBounds.askerMs);
  return {
    ...state,
    circuit: circuitAt(state.circuit, now),
    grants: Object.fromEntries(grants),
    askers: Object.fromEntries(askers),
  };
}

type Context = { readonly settings: GateSettings; readonly now: number };

function noteReport(
  state: TargetGateState,
  { report, batch }: { readonly report: AttemptReport; readonly batch: string },
  { settings, now, signals }: Context & { readonly signals: TargetSignal[] },
): TargetGateState {
  const { target } = settings;
  const isSlow = report.health === 'healthy' && report.slowestCallMs >= settings.circuit.slowMs;
  const failed = report.health === 'failed' || isSlow;
  let next = isSlow || report.health !== 'healthy' ? keepFailure(state, report, isSlow) : state;
  if (settings.limits.rate !== null) next = chargeExtraCalls(next, report, { settings, now });
  if (report.health === 'unauthorized') return next;
  if (report.health === 'throttled') {
    const throttle = throttleAfter(next.throttle, report);
    if (throttle.untilAt > (next.throttle?.untilAt ?? 0)) {
      signals.push({ kind: 'target.throttled', target, at: now, untilAt: throttle.untilAt });
    }
    next = { ...next, throttle, rampAt: throttle.untilAt };
  } else if (!failed && next.throttle !== null && report.at > next.throttle.untilAt) {
    next = { ...next, throttle: null };
  }
  // A pause the ERP asks for while it is down (503 with Retry-After) holds the whole target, too.
  if (report.health === 'failed' && report.retryAfterMs !== null) {
    next = { ...next, throttle: throttleAfter(next.throttle, report) };
  }
  const step = noteAttempt(next.circuit, { batch, failed, at: report.at, now }, settings.circuit);
  signals.push(...step.facts.map((fact) => toSignal(fact, { target, at: now, by: 'rule' })));
  const closed = step.facts.some((fact) => fact.kind === 'circuit.closed');
  return { ...next, circuit: step.state, ...(closed ? { rampAt: now, throttle: null } : {}) };
}

function keepFailure(state: TargetGateState, report: AttemptReport, isSlow: boolean): TargetGateState {
  const { at, deliveryId, operation, health } = report;
  const message = isSlow ? `a call took ${report.slowestCallMs} ms` : report.message;
  const failure: TargetFailure = {
    at,
    deliveryId,
    operation,
    health: isSlow ? 'slow' : health,
    message: message.slice(0, 500),
  };
  return { ...state, failures: [failure, ...state.failures].slice(0, gateBounds.keptFailures) };
}

/** One call was paid for when it was let in. */
function chargeExtraCalls(state: TargetGateState, report: AttemptReport, context: Context): TargetGateState {
  const { rate } = context.settings.limits;
  if (rate === null) return state;
  const bucket = refill(state.bucket, rate, context.now);
  return { ...state, bucket: { ...bucket, tokens: bucket.tokens - Math.max(0, report.callCount - 1) } };
}

/** The batch's last grant is over: unused starts go back to the bucket, what it has under way keeps its places. */
function settleGrant(state: TargetGateState, request: AdmitRequest, context: Context): TargetGateState {
  const { batch, partition, inFlight, holdMs, startedCount } = request;
  const { [batch]: old, ...grants } = state.grants;
  const { rate } = context.settings.limits;
  let { bucket } = state;
  if (rate !== null && old !== undefined) {
    const filled = refill(bucket, rate, context.now);
    const unused = Math.max(0, old.starts - startedCount);
    bucket = { ...filled, tokens: Math.min(rate.calls, filled.tokens + unused) };
  }
  const kept: Grant = { partition, places: inFlight, starts: 0, expiresAt: context.now + holdMs };
  return {
    ...state,
    bucket,
    circuit: inFlight === 0 ? dropProbe(state.circuit, batch) : state.circuit,
    grants: inFlight === 0 ? grants : { ...grants, [batch]: kept },
  };
}

type Decided = { readonly state: TargetGateState; readonly admission: Admission };

function decide(before: TargetGateState, request: AdmitRequest, context: Context): Decided {
  const { now, settings } = context;
  const state = { ...before, askers: { ...before.askers, [request.partition]: now } };
  const barred = whyBarred(state, context);
  if (barred !== null) return turnedAway(state, request, barred);
  if (state.circuit.kind === 'half_open') return decideProbe(state, request, context);
  const ceiling = ceilingOf(state, context);
  const askers = Object.keys(state.askers).length;
  const others = sumOf(state.grants, request.batch);
  const share = ceiling === null ? request.wanted : Math.min(ceiling - others, fairShare(ceiling, askers));
  const granted = Math.min(request.wanted, share);
  if (granted <= 0 || granted <= request.inFlight) {
    return turnedAway(state, request, refusal(now + gateBounds.crowdedMs, 'limited'));
  }
  const { starts, bucket, nextAt } = takeStarts(state, { askers, context });
  if (starts === 0) return turnedAway(state, request, refusal(nextAt, 'limited'));
  const { batch, partition, holdMs } = request;
  const isCrowded = granted < request.wanted;
  return {
    state: {
      ...withWaiting(state, partition, isCrowded),
      bucket,
      grants: { ...state.grants, [batch]: { partition, places: granted, starts, expiresAt: now + holdMs } },
      rampAt: rampCeiling(state.rampAt, now) === null ? null : state.rampAt,
    },
    admission: {
      granted,
      starts,
      untilAt: now + gateBounds.grantMs,
      probe: null,
      notBeforeAt: now + gateBounds.crowdedMs,
      reason: 'limited',
    },
  };

  function sumOf(grants: TargetGateState['grants'], own: string): number {
    return Object.entries(grants).reduce((sum, [batch, { places }]) => sum + (batch === own ? 0 : places), 0);
  }

  function ceilingOf({ rampAt }: TargetGateState, { now: at }: Context): number | null {
    const ceilings = [settings.limits.concurrency, rampCeiling(rampAt, at)].filter((each) => each !== null);
    return ceilings.length === 0 ? null : Math.min(...ceilings);
  }
}

/** What keeps everybody away. */
function whyBarred(state: TargetGateState, { settings, now }: Context): Admission | null {
  if (state.pause !== null) return refusal(now + gateBounds.longestRestMs, 'paused');
  if (state.unauthorized !== null) {
    return refusal(earliest(now, state.unauthorized.retryAt), 'unauthorized');
  }
  if (state.circuit.kind === 'open') return refusal(earliest(now, state.circuit.untilAt), 'circuit_open');
  const throttledUntil = state.throttle?.untilAt ?? 0;
  if (throttledUntil > now) return refusal(earliest(now, throttledUntil), 'limited');
  const opensAt = windowOpensAt(settings.limits, now);
  return opensAt > now ? refusal(earliest(now, opensAt), 'limited') : null;
}

function decideProbe(state: TargetGateState, request: AdmitRequest, { settings, now }: Context): Decided {
  const { batch, partition, holdMs } = request;
  const expiresAt = now + holdMs;
  const circuit = takeProbe(state.circuit, { batch, expiresAt });
  if (circuit === null || circuit.kind !== 'half_open') {
    return turnedAway(state, request, refusal(now + settings.circuit.openMs, 'circuit_open'));
  }
  const failedOpenMs = openTimeMs(settings.circuit, circuit.failedProbes + 1);
  const places = Math.max(1, request.inFlight + 1);
  return {
    state: {
      ...withWaiting(state, partition, true),
      circuit,
      grants: { ...state.grants, [batch]: { partition, places, starts: 1, expiresAt } },
    },
    admission: {
      granted: places,
      starts: 1,
      untilAt: now + gateBounds.grantMs,
      // Longer than the circuit stays open then: a delivery that always fails is not the next probe again.
      probe: { retryAfterMs: Math.ceil(failedOpenMs * 1.5) },
      notBeforeAt: now + settings.circuit.openMs,
      reason: 'circuit_open',
    },
  };
}

function takeStarts(
  state: TargetGateState,
  { askers, context }: { readonly askers: number; readonly context: Context },
): { readonly starts: number; readonly bucket: Bucket | null; readonly nextAt: number } {
  const { rate } = context.settings.limits;
  const { now } = context;
  if (rate === null) return { starts: gateBounds.maxStarts, bucket: state.bucket, nextAt: now };
  const bucket = refill(state.bucket, rate, now);
  const whole = Math.floor(bucket.tokens);
  const starts = whole <= 0 ? 0 : Math.min(whole, gateBounds.maxStarts, fairShare(whole, askers));
  const nextAt = Math.min(nextTokenAt(bucket, rate), now + gateBounds.longestRestMs);
  return { starts, bucket: { ...bucket, tokens: bucket.tokens - starts }, nextAt: Math.max(nextAt, now + 1) };
}

function turnedAway(state: TargetGateState, request: AdmitRequest, admission: Admission): Decided {
  return { state: withWaiting(state, request.partition, true), admission };
}

function withWaiting(state: TargetGateState, partition: number, waits: boolean): TargetGateState {
  if (!waits || state.waiting.includes(partition)) return state;
  return { ...state, waiting: [...state.waiting, partition] };
}

function refusal(notBeforeAt: number, reason: RestReason): Admission {
  return { granted: 0, starts: 0, untilAt: 0, probe: null, notBeforeAt, reason };
}

function earliest(now: number, at: number | null): number {
  const latest = now + gateBounds.longestRestMs;
  return Math.min(latest, Math.max(at ?? latest, now + 1));
}

export function toSignal(
  fact: CircuitFact,
  about: { readonly target: string; readonly at: number; readonly by: 'rule' | 'operator' },
): TargetSignal {
  const { target, at, by } = about;
  switch (fact.kind) {
    case 'circuit.opened':
      return { ...fact, target, at, by };
    case 'circuit.closed':
      return { ...fact, target, at, by };
    case 'circuit.probed':
      return { ...fact, target, at };
  }
}
