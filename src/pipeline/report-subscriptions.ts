// The scheduled look at subscriptions: one that is disabled by the relay, lost its owner, or fails for long is an alert until
// somebody acts. Told again every minute from what the registry holds, so that no lost message makes it silent.

import type { Condition } from '../core/alerts/alert.ts';
import type { Credential } from '../core/identity/credential.ts';
import { limits } from '../core/limits.ts';
import { type Subscription, stateOfSubscription } from '../core/subscriptions/subscription.ts';
import type { Alerts, Clock, Telemetry } from './ports.ts';
import type { Registry } from './registry-ports.ts';

export type ReportSubscriptionsDependencies = {
  /** Null: without REGISTRY_KEY there are none. */
  readonly registry: Pick<Registry, 'snapshot'> | null;
  readonly alerts: Pick<Alerts, 'report'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
};

/** Never rejects. */
export async function reportSubscriptions(deps: ReportSubscriptionsDependencies): Promise<void> {
  const { registry, alerts, clock, telemetry } = deps;
  if (registry === null) return;
  const reporter = 'subscribers';
  try {
    const snapshot = await registry.snapshot(null);
    const { subscriptions = [], credentials = [] } = snapshot ?? {};
    const conditions = subscriptionConditions(subscriptions, credentials, clock.now());
    await alerts.report({ reporter, conditions });
  } catch (error) {
    telemetry.log('error', 'alert.not_reported', { reporter, error: String(error) });
  }
}

export function subscriptionConditions(
  subscriptions: readonly Subscription[],
  credentials: readonly Credential[],
  now: number,
): readonly Condition[] {
  return subscriptions.flatMap((each): readonly Condition[] => {
    const { id, disabled, failing, owner } = each;
    const state = stateOfSubscription(each, credentials, now);
    const base = { cause: id, count: 1, details: { subscription: id, owner } };
    if (state === 'owner_ended') {
      const summary = `Subscription ${id} is told nothing: its owner ${owner} is no longer good`;
      return [{ ...base, rule: 'subscription_disabled', since: now, summary }];
    }
    if (disabled !== null) {
      // A person who disabled it knows.
      if (disabled.by !== 'relay') return [];
      const summary = `Subscription ${id} is disabled, ${disabled.reason}`;
      return [{ ...base, rule: 'subscription_disabled', since: disabled.at, summary }];
    }
    if (failing === null || now - failing.since < limits.subscriptionAlertMs) return [];
    const summary = `The receiver of subscription ${id} takes nothing: ${failing.message}`;
    return [{ ...base, rule: 'subscription_failing', since: failing.since, summary }];
  });
}
