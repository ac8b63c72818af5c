// What a person, or a login, does to a target's gate: pause, resume, open, close, hold for want of a credential, let go.
// Pure, like target-gate.ts. `knock`: deliveries may go on, so whoever was turned away has to hear of it.

import { closeByHand, openByHand } from './circuit-breaker.ts';
import { toSignal } from './note-report.ts';
import { gateAt } from './target-gate.ts';
import type { TargetGateState } from './target-gate-state.ts';
import type { TargetSignal } from './target-signals.ts';

export type ControlStep = {
  readonly state: TargetGateState;
  readonly signals: readonly TargetSignal[];
  readonly knock: boolean;
};

type Act = { readonly target: string; readonly now: number; readonly actor: string; readonly note: string };

export function pauseTarget(state: TargetGateState, { target, now, actor, note }: Act): ControlStep {
  if (state.pause !== null) return { state, signals: [], knock: false };
  const paused = { ...state, pause: { at: now, actor, note } };
  return { state: paused, signals: [{ kind: 'target.paused', target, at: now, actor, note }], knock: false };
}

export function resumeTarget(state: TargetGateState, { target, now, actor, note }: Act): ControlStep {
  if (state.pause === null) return { state, signals: [], knock: true };
  const resumed = { ...state, pause: null, throttle: null };
  return { state: resumed, signals: [{ kind: 'target.resumed', target, at: now, actor, note }], knock: true };
}

export function setCircuit(state: TargetGateState, wanted: 'open' | 'closed', act: Act): ControlStep {
  const { target, now, note } = act;
  const { circuit } = gateAt(state, now);
  const step = wanted === 'open' ? openByHand(circuit, now, note) : closeByHand(circuit, now);
  const signals = step.facts.map((fact) => toSignal(fact, { target, at: now, by: 'operator' }));
  const isClosed = wanted === 'closed' && signals.length > 0;
  const next = { ...state, circuit: step.state, ...(isClosed ? { rampAt: now, throttle: null } : {}) };
  return { state: next, signals, knock: wanted === 'closed' };
}

/** Nothing goes to the target until a login is taken. One fact, however many deliveries meet it. */
export function holdUnauthorized(
  state: TargetGateState,
  held: {
    readonly target: string;
    readonly now: number;
    readonly message: string;
    readonly retryAt: number | null;
  },
): ControlStep {
  const { target, now, message, retryAt } = held;
  const since = state.unauthorized?.at ?? now;
  const next = { ...state, unauthorized: { at: since, message, retryAt } };
  const isNew = state.unauthorized === null;
  const signal: TargetSignal = { kind: 'target.unauthorized', target, at: now, message, retryAt };
  return { state: next, signals: isNew ? [signal] : [], knock: false };
}

export function releaseAuthorized(
  state: TargetGateState,
  { target, now }: { readonly target: string; readonly now: number },
): ControlStep {
  if (state.unauthorized === null) return { state, signals: [], knock: false };
  const next = { ...state, unauthorized: null };
  return { state: next, signals: [{ kind: 'target.authorized', target, at: now }], knock: true };
}
