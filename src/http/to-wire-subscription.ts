// A subscription as the admin API shows it: never its secret; instants as ISO 8601 UTC, null where there is nothing.

import type { Credential } from '../core/identity/credential.ts';
import { type Subscription, stateOfSubscription } from '../core/subscriptions/subscription.ts';
import { toIso } from './to-wire.ts';

export function toWireSubscription(
  subscription: Subscription,
  credentials: readonly Credential[],
  now: number,
) {
  const { id, url, description, types, targets, entities, view, owner, disabled, failing } = subscription;
  return {
    ...{ id, url, description, types, sources: view.sources, targets, entities, owner },
    state: stateOfSubscription(subscription, credentials, now),
    createdAt: toIso(subscription.createdAt),
    createdBy: subscription.createdBy,
    disabled: disabled === null ? null : { ...disabled, at: toIso(disabled.at) },
    failing:
      failing === null
        ? null
        : { since: toIso(failing.since), lastAt: toIso(failing.lastAt), message: failing.message },
  };
}
