// A target as an operator sees it, made of its gate and its token; and what an operator says when acting on it. Pure.

import type { TokenStrategy } from './erp.ts';
import type { Precondition } from './precondition.ts';
import { gateAt } from './target-gate.ts';
import type { TargetFailure, TargetGateState } from './target-gate-state.ts';

export type TargetAct = {
  readonly actor: string;
  readonly note: string;
  /** What its control state was to whoever acts; absent: whatever it is. */
  readonly when?: Precondition | undefined;
};

export type AuthorizeAnswer =
  /** `already`: nothing was held for want of a credential. */
  | { readonly kind: 'authorized'; readonly already: boolean }
  | { readonly kind: 'refused' | 'unavailable'; readonly message: string };

export type TokenView = {
  readonly strategy: TokenStrategy;
  /** Epoch ms; null: no token at the moment, or one without an end. */
  readonly expiresAt: number | null;
  readonly refreshExpiresAt: number | null;
  /** Where it outlives the memory: encrypted in the object's storage. */
  readonly isPersisted: boolean;
};

export type TargetView = {
  readonly circuit: {
    readonly state: 'closed' | 'open' | 'half_open';
    /** Since when it is open, epoch ms. */
    readonly openedAt: number | null;
    /** When the next probe may go; null with `open`: not before an operator closes it. */
    readonly untilAt: number | null;
    readonly failedProbeCount: number;
    readonly reason: string | null;
  };
  readonly pause: TargetGateState['pause'];
  readonly unauthorized: TargetGateState['unauthorized'];
  /** The ERP asked for no call until then, epoch ms. */
  readonly throttledUntil: number | null;
  readonly inFlightCount: number;
  /** Newest first. */
  readonly failures: readonly TargetFailure[];
  readonly token: TokenView | null;
};

export function toTargetView(state: TargetGateState, token: TokenView | null, now: number): TargetView {
  const { circuit, grants, pause, unauthorized, throttle, failures } = gateAt(state, now);
  const isClosed = circuit.kind === 'closed';
  return {
    circuit: {
      state: circuit.kind,
      openedAt: isClosed ? null : circuit.openedAt,
      untilAt: circuit.kind === 'open' ? circuit.untilAt : null,
      failedProbeCount: circuit.failedProbes,
      reason: isClosed ? null : circuit.reason,
    },
    pause,
    unauthorized,
    throttledUntil: throttle !== null && throttle.untilAt > now ? throttle.untilAt : null,
    inFlightCount: Object.values(grants).reduce((sum, grant) => sum + grant.places, 0),
    failures,
    token,
  };
}
