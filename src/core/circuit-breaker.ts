// The states of a target's circuit: closed, open, half_open. When to open is decided by open-rules.ts. Pure and
// serialisable: what time brings about is worked out when it is asked for, so that nothing is lost with the memory.

import { addAttempt, emptySample, type HealthSample, type OpenRule, reasonToOpen } from './open-rules.ts';

export type CircuitSettings = {
  /** The circuit opens when one of them says so. */
  readonly openWhen: readonly OpenRule[];
  /** A call that took so long counts as failed, ms. */
  readonly slowMs: number;
  /** How long it stays open at first, ms; doubled each time a probe fails, at most `openCapMs`. */
  readonly openMs: number;
  readonly openCapMs: number;
  /** Probes that have to pass, one after the other, before it closes. */
  readonly probesToClose: number;
};

/**
 * Calls, not attempts. Ten in a row: an ERP that fails a third of its calls does that once in 50,000, one that is away at
 * once. 70 % of at least 30 in half a minute finds one that still answers now and then. 5 s doubled to a minute: a restart
 * is noticed within a minute, and an outage of ten minutes costs some 15 probes. One probe that passes closes it: an ERP
 * that still fails often would hardly pass two, and the ramp bounds what a mistake costs.
 */
export const circuitDefaults: Omit<CircuitSettings, 'slowMs'> = {
  openWhen: [
    { kind: 'failures_in_a_row', count: 10 },
    { kind: 'failure_ratio', windowMs: 30_000, minimumCount: 30, ratio: 0.7 },
  ],
  openMs: 5_000,
  openCapMs: 60_000,
  probesToClose: 1,
};

/** `failedProbes`: probes that failed since it was last closed for good; doubles the open time. */
export type CircuitState =
  | {
      readonly kind: 'closed';
      readonly sample: HealthSample;
      readonly failedProbes: number;
      /** When it closed after having been open, epoch ms. */
      readonly closedAt: number | null;
    }
  | {
      readonly kind: 'open';
      readonly openedAt: number;
      /** When the next probe may go, epoch ms; null: an operator opened it and has to close it. */
      readonly untilAt: number | null;
      readonly failedProbes: number;
      readonly reason: string;
    }
  | {
      readonly kind: 'half_open';
      readonly openedAt: number;
      readonly failedProbes: number;
      readonly passedProbes: number;
      /** The probe under way; one whose result never comes counts until `expiresAt`. */
      readonly probe: { readonly batch: string; readonly expiresAt: number } | null;
      readonly reason: string;
    };

export type CircuitFact =
  | { readonly kind: 'circuit.opened'; readonly reason: string; readonly untilAt: number | null }
  | { readonly kind: 'circuit.closed'; readonly openedAt: number }
  | { readonly kind: 'circuit.probed'; readonly passed: boolean; readonly untilAt: number | null };

export type CircuitStep = { readonly state: CircuitState; readonly facts: readonly CircuitFact[] };

export const closedCircuit: CircuitState = {
  kind: 'closed',
  sample: emptySample,
  failedProbes: 0,
  closedAt: null,
};

/** How long it stays open after so many failed probes, ms. */
export function openTimeMs(settings: CircuitSettings, failedProbes: number): number {
  return Math.min(settings.openCapMs, settings.openMs * 2 ** Math.min(failedProbes, 30));
}

/** As it is at `now`: an open time that passed makes it half open, a probe that never came back is forgotten. */
export function circuitAt(state: CircuitState, now: number): CircuitState {
  if (state.kind === 'open' && state.untilAt !== null && state.untilAt <= now) {
    const { openedAt, failedProbes, reason } = state;
    return { kind: 'half_open', openedAt, failedProbes, passedProbes: 0, probe: null, reason };
  }
  if (state.kind === 'half_open' && state.probe !== null && state.probe.expiresAt <= now) {
    return { ...state, probe: null };
  }
  return state;
}

/** Lets a batch make the next probe; null: one is under way, or the circuit is not half open. */
export function takeProbe(
  state: CircuitState,
  probe: { readonly batch: string; readonly expiresAt: number },
): CircuitState | null {
  return state.kind === 'half_open' && state.probe === null ? { ...state, probe } : null;
}

/** The batch ended without a result: another may probe. */
export function dropProbe(state: CircuitState, batch: string): CircuitState {
  return state.kind === 'half_open' && state.probe?.batch === batch ? { ...state, probe: null } : state;
}

/** An attempt ended. While open, and while half open but for the probe, what began earlier decides nothing. */
export function noteAttempt(
  state: CircuitState,
  attempt: { readonly batch: string; readonly failed: boolean; readonly at: number; readonly now: number },
  settings: CircuitSettings,
): CircuitStep {
  if (state.kind === 'closed') return noteClosed(state, attempt, settings);
  if (state.kind === 'half_open' && state.probe?.batch === attempt.batch) {
    return noteProbe(state, attempt, settings);
  }
  return { state, facts: [] };
}

function noteClosed(
  state: Extract<CircuitState, { kind: 'closed' }>,
  attempt: { readonly failed: boolean; readonly at: number; readonly now: number },
  settings: CircuitSettings,
): CircuitStep {
  // What began before it closed says how the ERP was then.
  if (state.closedAt !== null && attempt.at < state.closedAt) return { state, facts: [] };
  const sample = addAttempt(state.sample, attempt, settings.openWhen);
  const isSteady = state.closedAt === null || attempt.now - state.closedAt >= settings.openCapMs;
  const failedProbes = isSteady ? 0 : state.failedProbes;
  const reason = reasonToOpen(sample, settings.openWhen, attempt.now);
  if (reason === null || !attempt.failed) return { state: { ...state, sample, failedProbes }, facts: [] };
  const untilAt = attempt.now + openTimeMs(settings, failedProbes);
  const opened: CircuitState = { kind: 'open', openedAt: attempt.now, untilAt, failedProbes, reason };
  return { state: opened, facts: [{ kind: 'circuit.opened', reason, untilAt }] };
}

function noteProbe(
  state: Extract<CircuitState, { kind: 'half_open' }>,
  attempt: { readonly failed: boolean; readonly now: number },
  settings: CircuitSettings,
): CircuitStep {
  const { openedAt, reason } = state;
  if (attempt.failed) {
    const failedProbes = state.failedProbes + 1;
    const untilAt = attempt.now + openTimeMs(settings, failedProbes);
    const opened: CircuitState = { kind: 'open', openedAt, untilAt, failedProbes, reason };
    return { state: opened, facts: [{ kind: 'circuit.probed', passed: false, untilAt }] };
  }
  const passed: CircuitFact = { kind: 'circuit.probed', passed: true, untilAt: null };
  const passedProbes = state.passedProbes + 1;
  if (passedProbes < settings.probesToClose) {
    return { state: { ...state, passedProbes, probe: null }, facts: [passed] };
  }
  const closed = closeAt(attempt.now, state.failedProbes);
  return { state: closed, facts: [passed, { kind: 'circuit.closed', openedAt }] };
}

function closeAt(now: number, failedProbes: number): CircuitState {
  return { kind: 'closed', sample: emptySample, failedProbes, closedAt: now };
}

/** An operator opens it: no probe goes until an operator closes it. */
export function openByHand(state: CircuitState, now: number, reason: string): CircuitStep {
  const opened: CircuitState = {
    kind: 'open',
    openedAt: state.kind === 'closed' ? now : state.openedAt,
    untilAt: null,
    failedProbes: 0,
    reason,
  };
  const isNew = state.kind === 'closed';
  return { state: opened, facts: isNew ? [{ kind: 'circuit.opened', reason, untilAt: null }] : [] };
}

/** An operator closes it: deliveries go on, at the ramp. */
export function closeByHand(state: CircuitState, now: number): CircuitStep {
  if (state.kind === 'closed') return { state, facts: [] };
  return { state: closeAt(now, 0), facts: [{ kind: 'circuit.closed', openedAt: state.openedAt }] };
}
