// What a target has to complain about right now, for the book of alerts: derived from its gate and the ends that are known, so
// that a report that was lost is made again. Pure.

import type { Condition } from './alerts/alert.ts';
import type { TargetGateState } from './target-gate-state.ts';

export type KnownEnd = { readonly what: 'static_key' | 'refresh_token'; readonly expiresAt: number };

/** A rotation that failed and has not succeeded since. */
export type RotationTrouble = { readonly since: number; readonly step: string; readonly message: string };

/** @param end of a credential that was warned of; null: none is near */
export function targetConditions(
  target: string,
  { circuit, unauthorized }: TargetGateState,
  { end, rotation }: { readonly end: KnownEnd | null; readonly rotation: RotationTrouble | null },
): readonly Condition[] {
  const found: Condition[] = [];
  const base = { cause: target, count: 1 };
  if (circuit.kind !== 'closed') {
    const { openedAt: since, reason } = circuit;
    const summary = `${target} is left alone: ${reason}`;
    found.push({ ...base, rule: 'circuit_open', since, summary, details: { target, reason } });
  }
  if (unauthorized !== null) {
    const { at: since, message, retryAt } = unauthorized;
    const summary = `${target} refuses its credential: ${message}`;
    found.push({ ...base, rule: 'unauthorized', since, summary, details: { target, retryAt } });
  }
  if (end !== null) {
    const { what, expiresAt } = end;
    const summary = `A credential of ${target} (${what}) ends at ${new Date(expiresAt).toISOString()}`;
    const details = { target, what, expiresAt };
    found.push({ ...base, rule: 'token_expiring', since: expiresAt - warnedAheadMs, summary, details });
  }
  if (rotation !== null) {
    const { since, step, message } = rotation;
    const summary = `The key of ${target} could not be replaced (${step}): ${message}`;
    found.push({ ...base, rule: 'rotation_failed', since, summary, details: { target, step, message } });
  }
  return found;
}

/** The first warning of token-life.ts, ms before the end. */
const warnedAheadMs = 14 * 24 * 3_600_000;
