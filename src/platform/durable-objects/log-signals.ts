// What the sequencer decided and somebody should know, as log lines. A delivery that simply went on is logged by its
// consumer (delivery.attempted) and not again here.

import type { Signal } from '../../core/sequencer/messages.ts';
import type { Telemetry } from '../../pipeline/ports.ts';

export function logSignals(telemetry: Telemetry, signals: readonly Signal[]): void {
  for (const signal of signals) logSignal(telemetry, signal);
}

function logSignal(telemetry: Telemetry, signal: Signal): void {
  switch (signal.kind) {
    case 'delivery.settled':
      return;
    case 'delivery.dead_lettered':
    case 'delivery.held': {
      const { kind, delivery, event, ...why } = signal;
      telemetry.log('error', kind, {
        delivery: delivery.id,
        source: event.source,
        eventId: event.eventId,
        orderingKey: event.orderingKey,
        route: delivery.routeId,
        target: delivery.target,
        operation: delivery.operation,
        attemptCount: delivery.attemptCount,
        ...why,
      });
      return;
    }
    case 'settle.late':
    case 'lease.expired': {
      const { kind, ...facts } = signal;
      telemetry.log('warn', kind, facts);
      return;
    }
    case 'intake.finished': {
      const { kind, ...facts } = signal;
      telemetry.log('info', kind, facts);
      return;
    }
    case 'intake_item.dead':
    case 'effect.doubled': {
      const { kind, ...facts } = signal;
      telemetry.log('error', kind, facts);
      return;
    }
  }
}
