// The registry's subscriptions: made, disabled, enabled, ended, and what sending to them came to. Their secrets stand beside them,
// sealed like every other (registry-secrets.ts). May not log: what passes here may be secret.

import { limits } from '../core/limits.ts';
import { type Differing, differs, type Precondition } from '../core/precondition.ts';
import { encodeHex } from '../core/signature/decode-bytes.ts';
import {
  afterSend,
  changed,
  type SendResult,
  type Subscription,
} from '../core/subscriptions/subscription.ts';
import { versionOfSecret, versionOfSubscription } from '../core/versions.ts';
import type { RegistryParts } from './registry-parts.ts';
import type { Registry } from './registry-ports.ts';

export type NewSubscription = Omit<Subscription, 'id' | 'createdAt' | 'disabled' | 'failing'>;

type SubscriptionSide = Pick<
  Registry,
  | ('listSubscriptions' | 'createSubscription' | 'setSubscriptionState')
  | ('changeSubscription' | 'removeSubscription' | 'noteSend')
>;

/** The name of its secret. */
export function secretOfSubscription(id: string): string {
  return `subscription/${id}`;
}

export function createRegistrySubscriptions({ rows, clock, random }: RegistryParts): SubscriptionSide {
  const versionOf = (subscription: Subscription): string => {
    const secret = rows.secrets().find(({ name }) => name === secretOfSubscription(subscription.id));
    return versionOfSubscription(subscription, secret === undefined ? null : versionOfSecret(secret));
  };
  const change = (id: string, { work, when }: Change): Changed | Differing | null =>
    rows.transaction(() => {
      const before = rows.subscriptions().find((each) => each.id === id);
      if (before === undefined) return null;
      const differing = differs(when, versionOf(before));
      if (differing !== null) return differing;
      const after = work(before);
      if (after === before) return { before, after };
      rows.putSubscription(after);
      rows.bump();
      return { before, after };
    });
  return {
    listSubscriptions: async () => rows.subscriptions(),
    createSubscription: async (wanted) =>
      rows.transaction(() => {
        if (rows.subscriptions().length >= limits.maxSubscriptions) return null;
        const id = `sub_${encodeHex(random(10))}`;
        const made = { ...wanted, id, createdAt: clock.now(), disabled: null, failing: null };
        rows.putSubscription(made);
        rows.bump();
        return made;
      }),
    setSubscriptionState: async (id, disabled, when) => {
      const work = (found: Subscription) => changed(found, { disabled }, clock.now());
      return afterOf(change(id, { work, when }));
    },
    changeSubscription: async (id, wanted, when) =>
      change(id, { work: (found) => changed(found, wanted, clock.now()), when }),
    removeSubscription: async (id, when) =>
      rows.transaction(() => {
        const found = rows.subscriptions().find((each) => each.id === id);
        if (found === undefined) return false;
        const differing = differs(when, versionOf(found));
        if (differing !== null) return differing;
        rows.removeSubscription(id);
        rows.removeSecret(secretOfSubscription(id));
        rows.bump();
        return true;
      }),
    noteSend: async (id, result: SendResult) => {
      const noted = change(id, { work: (found) => afterSend(found, result, clock.now()), when: undefined });
      return noted === null || 'kind' in noted ? null : noted.after;
    },
  };
}

type Change = {
  readonly work: (found: Subscription) => Subscription;
  readonly when: Precondition | undefined;
};

type Changed = { readonly before: Subscription; readonly after: Subscription };

function afterOf(changed: Changed | Differing | null): Subscription | Differing | null {
  return changed === null || 'kind' in changed ? changed : changed.after;
}
