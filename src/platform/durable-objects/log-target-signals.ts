// Facts about targets as log lines: errors where a person is needed, else information.

import { isAlert, type TargetSignal } from '../../core/target-signals.ts';
import type { Telemetry } from '../../pipeline/ports.ts';

export function logTargetSignals(telemetry: Telemetry, signals: readonly TargetSignal[]): void {
  for (const signal of signals) {
    const { kind, ...facts } = signal;
    telemetry.log(isAlert(signal) ? 'error' : 'info', kind, facts);
  }
}
