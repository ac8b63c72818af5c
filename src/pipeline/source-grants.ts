// What sources may run, out of the isolate's copy of the registry; and where a refusal is told: the audit and the book of alerts, at
// once, bounded for each source. May not decide: core/identity/access-view.ts does.

import { allows } from '../core/identity/access-view.ts';
import { limits } from '../core/limits.ts';
import type { OperatorAct } from '../core/operator-act.ts';
import type { GrantQuestion, SourceGrants } from './perform-if-granted.ts';
import type { Alerts, AuditLog, Clock, Randomness, Telemetry } from './ports.ts';
import type { RegistryCopy } from './registry-copy.ts';

export type GrantParts = {
  readonly copy: Pick<RegistryCopy, 'lenient'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'uuid'>;
  readonly telemetry: Telemetry;
};

const minuteMs = 60_000;

export function createSourceGrants(parts: GrantParts): SourceGrants {
  const { copy, clock, telemetry } = parts;
  const minutes = new Map<string, { readonly at: number; count: number }>();
  const isWithinBudget = (source: string): boolean => {
    const at = Math.floor(clock.now() / minuteMs);
    const known = minutes.get(source);
    const minute = known?.at === at ? known : { at, count: 0 };
    minute.count += 1;
    minutes.set(source, minute);
    return minute.count <= limits.maxRefusedActsPerMinute;
  };
  return {
    check: async ({ source, operation, target }) => {
      try {
        const { sourceGrants } = await copy.lenient();
        const grants = Object.hasOwn(sourceGrants, source) ? (sourceGrants[source] ?? null) : null;
        return allows(grants, { operation, target }) ? 'granted' : 'refused';
      } catch (error) {
        telemetry.log('error', 'registry.unavailable', { ageMs: null, error: String(error) });
        return 'unknown';
      }
    },
    noteRefused: async (refused) => {
      const { source, operation, target, deliveryId } = refused;
      const what = `${operation} on ${target}`;
      const missing = `a grant of ${what}`;
      telemetry.log('warn', 'act.refused', { actor: `source/${source}`, what, on: deliveryId, missing });
      if (!isWithinBudget(source)) return;
      await Promise.all([writeAct(parts, refused, what), raiseAlert(parts, refused, what)]);
    },
  };
}

type Refused = Parameters<SourceGrants['noteRefused']>[0];

async function writeAct(parts: GrantParts, refused: Refused, what: string): Promise<void> {
  const { source, target, deliveryId, orderingKey } = refused;
  const act: OperatorAct = {
    id: parts.randomness.uuid(),
    at: parts.clock.now(),
    actor: `source/${source}`,
    action: 'refused',
    ...{ deliveryId, orderingKey, target, before: null, after: what, reason: `it needs a grant of ${what}` },
  };
  try {
    await parts.audit.record(act);
  } catch (error) {
    parts.telemetry.log('error', 'audit.not_written', { ...act, error: String(error) });
  }
}

async function raiseAlert(parts: GrantParts, asked: GrantQuestion, what: string): Promise<void> {
  const cause = `source/${asked.source}/${what}`;
  const condition = {
    rule: 'access_refused',
    cause,
    count: 1,
    since: parts.clock.now(),
    summary: `Source ${asked.source} was to run what it was not granted: ${what}`,
    details: { source: asked.source, operation: asked.operation, target: asked.target },
  } as const;
  try {
    await parts.alerts.report({ reporter: `access/${cause}`, conditions: [condition] });
  } catch (error) {
    parts.telemetry.log('error', 'alert.not_reported', { reporter: cause, error: String(error) });
  }
}
