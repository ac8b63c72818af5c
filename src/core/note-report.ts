// What one attempt's report makes of a target's gate: the circuit, the pause the ERP asks for, what the calls cost, and the
// failures people are shown. Pure; facts are added to `signals`.

import type { AttemptReport } from './attempt-report.ts';
import { type CircuitFact, type CircuitState, type CircuitStep, noteAttempt } from './circuit-breaker.ts';
import {
  type GateSettings,
  gateBounds,
  type TargetFailure,
  type TargetGateState,
} from './target-gate-state.ts';
import { refill, throttleAfter } from './target-limits.ts';
import type { TargetSignal } from './target-signals.ts';

export type GateContext = { readonly settings: GateSettings; readonly now: number };

export function noteReport(
  state: TargetGateState,
  { report, batch }: { readonly report: AttemptReport; readonly batch: string },
  { settings, now, signals }: GateContext & { readonly signals: TargetSignal[] },
): TargetGateState {
  const { target } = settings;
  const { slowMs } = settings.circuit;
  const slowestMs = Math.max(0, ...report.calls.map(({ durationMs }) => durationMs));
  const isSlow = report.health === 'healthy' && slowestMs >= slowMs;
  const failed = report.health === 'failed' || isSlow;
  let next =
    isSlow || report.health !== 'healthy' ? keepFailure(state, report, isSlow ? slowestMs : null) : state;
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
  const step = noteCalls(next.circuit, { report, batch, failed }, { settings, now });
  signals.push(...step.facts.map((fact) => toSignal(fact, { target, at: now, by: 'rule' })));
  const closed = step.facts.some((fact) => fact.kind === 'circuit.closed');
  return { ...next, circuit: step.state, ...(closed ? { rampAt: now, throttle: null } : {}) };
}

function keepFailure(
  state: TargetGateState,
  report: AttemptReport,
  slowestMs: number | null,
): TargetGateState {
  const { at, deliveryId, operation, health } = report;
  const message = slowestMs === null ? report.message : `a call took ${slowestMs} ms`;
  const failure: TargetFailure = {
    at,
    deliveryId,
    operation,
    health: slowestMs === null ? health : 'slow',
    message: message.slice(0, 500),
  };
  return { ...state, failures: [failure, ...state.failures].slice(0, gateBounds.keptFailures) };
}

/** A closed circuit counts calls: an ERP that fails a third of them is not one that is away. A probe is one verdict. */
function noteCalls(
  circuit: CircuitState,
  attempt: { readonly report: AttemptReport; readonly batch: string; readonly failed: boolean },
  { settings, now }: GateContext,
): CircuitStep {
  const { report, batch, failed } = attempt;
  const calls = report.calls.map((call) => call.failed || call.durationMs >= settings.circuit.slowMs);
  // A login that got no answer is no call, and an error in a 200 is a failure, too.
  const isUntold = calls.length === 0 || (failed && !calls.includes(true));
  const verdicts = circuit.kind !== 'closed' || isUntold ? [failed] : calls;
  let step: CircuitStep = { state: circuit, facts: [] };
  for (const each of verdicts) {
    const noted = noteAttempt(step.state, { batch, failed: each, at: report.at, now }, settings.circuit);
    step = { state: noted.state, facts: [...step.facts, ...noted.facts] };
  }
  return step;
}

/** One call was paid for when it was let in. */
function chargeExtraCalls(
  state: TargetGateState,
  report: AttemptReport,
  context: GateContext,
): TargetGateState {
  const { rate } = context.settings.limits;
  if (rate === null) return state;
  const bucket = refill(state.bucket, rate, context.now);
  return { ...state, bucket: { ...bucket, tokens: bucket.tokens - Math.max(0, report.callCount - 1) } };
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
