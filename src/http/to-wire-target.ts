// A target's state as the admin API shows it: instants as ISO 8601 UTC, null where there is nothing.

import type { TargetView } from '../core/target-view.ts';
import { toIso } from './to-wire.ts';

export function toWireTarget({ circuit, pause, unauthorized, failures, token, ...rest }: TargetView) {
  return {
    circuit: {
      state: circuit.state,
      openedAt: toIso(circuit.openedAt),
      nextProbeAt: toIso(circuit.untilAt),
      failedProbes: circuit.failedProbeCount,
      reason: circuit.reason,
    },
    pause: pause === null ? null : { ...pause, at: toIso(pause.at) },
    unauthorized:
      unauthorized === null
        ? null
        : { ...unauthorized, at: toIso(unauthorized.at), retryAt: toIso(unauthorized.retryAt) },
    throttledUntil: toIso(rest.throttledUntil),
    inFlight: rest.inFlightCount,
    lastFailures: failures.map((failure) => ({ ...failure, at: toIso(failure.at) })),
    token:
      token === null
        ? null
        : {
            strategy: token.strategy,
            expiresAt: toIso(token.expiresAt),
            refreshExpiresAt: toIso(token.refreshExpiresAt),
            isPersisted: token.isPersisted,
          },
  };
}
