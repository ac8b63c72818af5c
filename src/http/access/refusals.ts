// What was refused to a known caller: into the audit and to the book of alerts at once, bounded, so that a caller in a loop fills
// neither. Every refusal is a log line. A refusal is answered whether or not it could be told.

import type { Caller } from '../../core/identity/caller.ts';
import { limits } from '../../core/limits.ts';
import { recordAct } from '../admin/audit.ts';
import type { HttpServices } from '../services.ts';

export type RefusedAct = {
  readonly caller: Caller;
  /** `POST /admin/targets/:id/pause`, or `sale.confirm on erp`. */
  readonly what: string;
  /** The id in the path; empty: none. */
  readonly on: string;
  /** The scope or grant that was missing. */
  readonly missing: string;
};

export type Refusals = Pick<HttpServices['identities'], 'noteUse'> & {
  readonly note: (act: RefusedAct) => Promise<void>;
};

const minuteMs = 60_000;

type Minute = { readonly at: number; count: number };

export function createRefusals(services: HttpServices): Refusals {
  const { clock, telemetry, identities } = services;
  const minutes = new Map<string, Minute>();
  const isWithinBudget = (actor: string): boolean => {
    const at = Math.floor(clock.now() / minuteMs);
    const known = minutes.get(actor);
    const minute = known?.at === at ? known : { at, count: 0 };
    minute.count += 1;
    minutes.set(actor, minute);
    return minute.count <= limits.maxRefusedActsPerMinute;
  };
  return {
    noteUse: (use) => identities.noteUse(use),
    note: async (act) => {
      const { caller, what, on, missing } = act;
      telemetry.log('warn', 'act.refused', { actor: caller.actor, what, on: on || null, missing });
      if (!isWithinBudget(caller.actor)) return;
      await recordAct(services, {
        actor: caller.actor,
        action: 'refused',
        deliveryId: on.startsWith('dlv_') ? on : null,
        orderingKey: null,
        target: what.includes('/targets/') ? on || null : null,
        before: null,
        after: on === '' ? what : `${what} (${on})`,
        reason: `it needs ${missing}`,
      });
      await alertOf(services, act);
    },
  };
}

/** One alert for each caller and what it lacks: it is over when nobody has tried for a while. */
async function alertOf({ alerts, clock, telemetry }: HttpServices, act: RefusedAct): Promise<void> {
  const { caller, what, missing } = act;
  const reporter = `access/${caller.actor}/${missing}`;
  const condition = {
    rule: 'access_refused',
    cause: `${caller.actor}/${missing}`,
    count: 1,
    since: clock.now(),
    summary: `${caller.name} tried what it was not granted: ${what}`,
    details: { actor: caller.actor, what, missing },
  } as const;
  try {
    await alerts.report({ reporter, conditions: [condition] });
  } catch (error) {
    telemetry.log('error', 'alert.not_reported', { reporter, error: String(error) });
  }
}
