// The registry's subscriptions: made, disabled, enabled, ended, and what sending to them came to. Their secrets stand beside them,
// sealed like every other (registry-secrets.ts). May not log: what passes here may be secret.

import { limits } from '../core/limits.ts';
import { afterSend, type SendResult, type Subscription } from '../core/subscriptions/subscription.ts';
import type { RegistryParts } from './registry-parts.ts';
import type { Registry } from './registry-ports.ts';

export type NewSubscription = Omit<Subscription, 'id' | 'createdAt' | 'disabled' | 'failing'>;

type SubscriptionSide = Pick<
  Registry,
  'listSubscriptions' | 'createSubscription' | 'setSubscriptionState' | 'removeSubscription' | 'noteSend'
>;

/** The name of its secret. */
export function secretOfSubscription(id: string): string {
  return `subscription/${id}`;
}

export function createRegistrySubscriptions({ rows, clock, random }: RegistryParts): SubscriptionSide {
  const change = (id: string, work: (found: Subscription) => Subscription): Subscription | null =>
    rows.transaction(() => {
      const found = rows.subscriptions().find((each) => each.id === id);
      if (found === undefined) return null;
      const changed = work(found);
      if (changed === found) return found;
      rows.putSubscription(changed);
      rows.bump();
      return changed;
    });
  return {
    listSubscriptions: async () => rows.subscriptions(),
    createSubscription: async (wanted) =>
      rows.transaction(() => {
        if (rows.subscriptions().length >= limits.maxSubscriptions) return null;
        const id = `sub_${toHex(random(10))}`;
        const made = { ...wanted, id, createdAt: clock.now(), disabled: null, failing: null };
        rows.putSubscription(made);
        rows.bump();
        return made;
      }),
    setSubscriptionState: async (id, disabled) =>
      change(id, (found) => {
        // Enabled, it begins again: what failed before counts no more.
        if (disabled === null) return { ...found, disabled: null, failing: null };
        return found.disabled === null ? { ...found, disabled: { at: clock.now(), ...disabled } } : found;
      }),
    removeSubscription: async (id) =>
      rows.transaction(() => {
        if (!rows.subscriptions().some((each) => each.id === id)) return false;
        rows.removeSubscription(id);
        rows.removeSecret(secretOfSubscription(id));
        rows.bump();
        return true;
      }),
    noteSend: async (id, result: SendResult) => change(id, (found) => afterSend(found, result, clock.now())),
  };
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
