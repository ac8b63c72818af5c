// The log of one delivery for whoever shows it: its attempts and state, and what persons did to it, which stands in the sequencer until
// the journal has it and in the audit then. Who did it is not told to who sees a part of the relay.

import type { Attempt, Delivery } from '../../core/delivery.ts';
import { type LogEntry, logOf } from '../../core/delivery-log.ts';
import type { WebhookEvent } from '../../core/event.ts';
import { limits } from '../../core/limits.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import { PortError } from '../../pipeline/ports.ts';
import { within } from '../../pipeline/within.ts';
import { isNarrowed, type Viewer } from '../access/redact.ts';
import type { HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';

type Of = {
  readonly event: WebhookEvent;
  readonly delivery: Delivery;
  readonly attempts: readonly Attempt[];
  /** Those of the event that the journal has not acknowledged. */
  readonly fresh: readonly OperatorAct[];
};

export async function logOfDelivery(
  services: Pick<HttpServices, 'audit' | 'clock' | 'telemetry'>,
  { event, delivery, attempts, fresh }: Of,
  viewer: Viewer,
) {
  const own = fresh.filter(({ deliveryId }) => deliveryId === delivery.id);
  const acts = new Map([...(await audited(services, delivery.id)), ...own].map((act) => [act.id, act]));
  const entries = logOf({ event, delivery, attempts, acts: [...acts.values()] });
  const hidden = isNarrowed(viewer) ? ofOthers : [];
  const redacted = hidden.filter((name) => entries.some(({ fields }) => Object.hasOwn(fields, name)));
  return {
    log: entries.map((entry) => toWireEntry(entry, hidden)),
    redacted: redacted.map((name) => `log[].fields.${name}`),
  };
}

/** Credentials, and deliveries that may be of sources the caller does not see. */
const ofOthers: readonly string[] = ['actor', 'by', 'behind'];

function toWireEntry({ at, event, fields }: LogEntry, hidden: readonly string[]) {
  const shown = Object.entries(fields).filter(([name]) => !hidden.includes(name));
  return { at: toIso(at), event, fields: Object.fromEntries(shown) };
}

/** Without the audit the log is what the delivery itself tells. */
async function audited(
  { audit, clock, telemetry }: Pick<HttpServices, 'audit' | 'clock' | 'telemetry'>,
  deliveryId: string,
): Promise<readonly OperatorAct[]> {
  const any = { actor: null, action: null, orderingKey: null, target: null };
  try {
    const asked = audit.list({
      ...{ filter: { ...any, deliveryId }, before: null, limit: limits.maxUnjournaledActs },
    });
    const found = await within(clock, limits.operatorWaitMs, asked);
    // What somebody was refused has not happened to it.
    return found.filter(({ action }) => action !== 'refused').map(({ number: _, hash: __, ...act }) => act);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    telemetry.log('error', 'journal.unavailable', { error: error.message });
    return [];
  }
}
