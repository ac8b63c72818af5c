// Admission to one target: circuit, pause, credential, limits and fair shares in one decision for a whole batch. Pure:
// state in, state and facts out, so that a Durable Object, a test and a simulator run the same rules.
// What a batch was granted counts until it says otherwise or its time is over, so that a crash frees its places.

import { circuitAt, dropProbe, openTimeMs, takeProbe } from './circuit-breaker.ts';
import { type GateContext, noteReport } from './note-report.ts';
import {
  type Admission,
  type AdmitRequest,
  type GateSettings,
  type Grant,
  gateBounds,
  type TargetGateState,
} from './target-gate-state.ts';
import {
  type Bucket,
  fairShare,
  nextTokenAt,
  rampCeiling,
  refill,
  type TargetLimits,
  windowOpensAt,
} from './target-limits.ts';
import type { RestReason, TargetSignal } from './target-signals.ts';

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
  let state = withoutEnded(gateAt(before, now), request.endedBatches ?? []);
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

/** What they were granted would count until its time is over, and every admission goes through all grants. */
function withoutEnded(state: TargetGateState, ended: readonly string[]): TargetGateState {
  if (ended.length === 0) return state;
  const grants = { ...state.grants };
  for (const batch of ended) delete grants[batch];
  return { ...state, circuit: ended.reduce(dropProbe, state.circuit), grants };
}

/** The batch's last grant is over: unused starts go back to the bucket, what it has under way keeps its places. */
function settleGrant(state: TargetGateState, request: AdmitRequest, context: GateContext): TargetGateState {
  const { batch, inFlight, holdMs, startedCount } = request;
  const { [batch]: old, ...grants } = state.grants;
  const { rate } = context.settings.limits;
  let { bucket } = state;
  if (rate !== null && old !== undefined) {
    const filled = refill(bucket, rate, context.now);
    const unused = Math.max(0, old.starts - startedCount);
    bucket = { ...filled, tokens: Math.min(rate.calls, filled.tokens + unused) };
  }
  const kept: Grant = { places: inFlight, starts: 0, expiresAt: context.now + holdMs };
  return {
    ...state,
    bucket,
    circuit: inFlight === 0 ? dropProbe(state.circuit, batch) : state.circuit,
    grants: inFlight === 0 ? grants : { ...grants, [batch]: kept },
  };
}

type Decided = { readonly state: TargetGateState; readonly admission: Admission };

function decide(before: TargetGateState, request: AdmitRequest, context: GateContext): Decided {
  const { now, settings } = context;
  const state = { ...before, askers: { ...before.askers, [request.sequencer]: now } };
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
  const { batch, sequencer, holdMs } = request;
  const isCrowded = granted < request.wanted;
  return {
    state: {
      ...withWaiting(state, sequencer, isCrowded),
      bucket,
      grants: { ...state.grants, [batch]: { places: granted, starts, expiresAt: now + holdMs } },
      rampAt: rampCeiling(state.rampAt, now) === null ? null : state.rampAt,
    },
    admission: {
      granted,
      starts,
      forMs: gateBounds.grantMs,
      probe: null,
      notBeforeAt: now + gateBounds.crowdedMs,
      reason: 'limited',
      ...(ceiling === null && settings.limits.rate === null ? { isUnlimited: true as const } : {}),
    },
  };

  function sumOf(grants: TargetGateState['grants'], own: string): number {
    return Object.entries(grants).reduce((sum, [batch, { places }]) => sum + (batch === own ? 0 : places), 0);
  }

  function ceilingOf({ rampAt }: TargetGateState, { now: at }: GateContext): number | null {
    const ceilings = [settings.limits.concurrency, rampCeiling(rampAt, at)].filter((each) => each !== null);
    return ceilings.length === 0 ? null : Math.min(...ceilings);
  }
}

/** What keeps everybody away. */
function whyBarred(state: TargetGateState, { settings, now }: GateContext): Admission | null {
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

function decideProbe(state: TargetGateState, request: AdmitRequest, { settings, now }: GateContext): Decided {
  const { batch, sequencer, holdMs } = request;
  const expiresAt = now + holdMs;
  const circuit = takeProbe(state.circuit, { batch, expiresAt });
  if (circuit === null || circuit.kind !== 'half_open') {
    return turnedAway(state, request, refusal(now + settings.circuit.openMs, 'circuit_open'));
  }
  const failedOpenMs = openTimeMs(settings.circuit, circuit.failedProbes + 1);
  const places = Math.max(1, request.inFlight + 1);
  return {
    state: {
      ...withWaiting(state, sequencer, true),
      circuit,
      grants: { ...state.grants, [batch]: { places, starts: 1, expiresAt } },
    },
    admission: {
      granted: places,
      starts: 1,
      forMs: gateBounds.grantMs,
      // Longer than the circuit stays open then: a delivery that always fails is not the next probe again.
      probe: { retryAfterMs: Math.ceil(failedOpenMs * 1.5) },
      notBeforeAt: now + settings.circuit.openMs,
      reason: 'circuit_open',
    },
  };
}

function takeStarts(
  state: TargetGateState,
  { askers, context }: { readonly askers: number; readonly context: GateContext },
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
  return { state: withWaiting(state, request.sequencer, true), admission };
}

function withWaiting(state: TargetGateState, sequencer: string, waits: boolean): TargetGateState {
  if (!waits || state.waiting.includes(sequencer)) return state;
  return { ...state, waiting: [...state.waiting, sequencer] };
}

function refusal(notBeforeAt: number, reason: RestReason): Admission {
  return { granted: 0, starts: 0, forMs: 0, probe: null, notBeforeAt, reason };
}

function earliest(now: number, at: number | null): number {
  const latest = now + gateBounds.longestRestMs;
  return Math.min(latest, Math.max(at ?? latest, now + 1));
}

/** A healthy target without limits writes nothing: what it would lose with its memory is counts. */
export function isWorthKeeping(
  before: TargetGateState,
  after: TargetGateState,
  limits: TargetLimits,
): boolean {
  const changed = after.circuit.kind !== before.circuit.kind || after.circuit.kind !== 'closed';
  const failed = after.failures !== before.failures || after.throttle !== before.throttle;
  // Who is to be knocked at when a person ends it: by then the object may have slept.
  const isToKnow =
    after.waiting.length > before.waiting.length && (after.pause !== null || after.unauthorized !== null);
  return changed || failed || isToKnow || limits.concurrency !== null || limits.rate !== null;
}
