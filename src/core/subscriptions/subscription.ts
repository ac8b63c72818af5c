// A subscription: a caller's URL that is told of what ended, signed, in the order of each entity. What it is for, whether it is
// active, and when failures end it. Pure: the clock is passed in. Its secret stands elsewhere, sealed.

import { checkUrl } from '../egress.ts';
import { type AccessView, seesDelivery } from '../identity/access-view.ts';
import { type Credential, stateOf } from '../identity/credential.ts';
import { limits } from '../limits.ts';
import { isAllowedCallback } from '../notice.ts';
import type { SubscriptionEventType } from './event-types.ts';

/** What an event must be to be told. */
export type SubscriptionFilter = {
  readonly types: readonly SubscriptionEventType[];
  /** Targets of the deliveries; null: every one. */
  readonly targets: readonly string[] | null;
  /** `order` or `order/1001`: kinds of entities, or single ones; null: every one, and events without an entity. */
  readonly entities: readonly string[] | null;
  /** What its owner saw when it was made, perhaps narrowed. */
  readonly view: AccessView;
};

export type Subscription = SubscriptionFilter & {
  /** `sub_…` */
  readonly id: string;
  /** The credential it belongs to: it ends with it. Null: the bootstrap key's. */
  readonly owner: string | null;
  readonly url: string;
  readonly description: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly disabled: { readonly at: number; readonly by: string; readonly reason: string } | null;
  /** Since its receiver took something last; null: it takes what it is sent. */
  readonly failing: { readonly since: number; readonly lastAt: number; readonly message: string } | null;
};

/** What a sequencer knows of one that is active. */
export type ActiveSubscription = SubscriptionFilter & { readonly id: string };

/** `version`: of the registry; a higher one is newer. */
export type SubscriptionSet = { readonly version: number; readonly active: readonly ActiveSubscription[] };

export type SubscriptionState = 'active' | 'disabled' | 'owner_ended';

/** Who made it may see no more than it may: with a credential that is no longer good, its subscriptions stop. */
export function stateOfSubscription(
  subscription: Subscription,
  credentials: readonly Credential[],
  now: number,
): SubscriptionState {
  if (subscription.disabled !== null) return 'disabled';
  if (subscription.owner === null) return 'active';
  const owner = credentials.find(({ id }) => id === subscription.owner);
  return owner !== undefined && stateOf(owner, now) === 'active' ? 'active' : 'owner_ended';
}

export type ToldOf = {
  readonly type: SubscriptionEventType;
  readonly source: string;
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly operation: string;
  readonly target: string;
};

export function isWanted(filter: SubscriptionFilter, of: ToldOf): boolean {
  return (
    filter.types.includes(of.type) &&
    (filter.targets === null || filter.targets.includes(of.target)) &&
    (filter.entities === null || isOneOf(filter.entities, of.entity)) &&
    seesDelivery(filter.view, of)
  );
}

function isOneOf(wanted: readonly string[], entity: ToldOf['entity']): boolean {
  return entity !== null && (wanted.includes(entity.kind) || wanted.includes(`${entity.kind}/${entity.id}`));
}

/** A public https host by name, or an origin that is configured. Null: it may be sent to; else what must hold. */
export function urlProblem(url: string, origins: readonly string[]): string | null {
  if (isAllowedCallback(url, origins)) return null;
  const checked = checkUrl(url, 'public');
  return checked.ok ? null : `${checked.error.message}; other origins must be listed in CALLBACK_ORIGINS`;
}

/** What a person changes of one; absent: it stays. `view`: what it sees from now on. */
export type SubscriptionChange = {
  readonly url?: string;
  readonly description?: string;
  readonly types?: readonly SubscriptionEventType[];
  readonly targets?: readonly string[] | null;
  readonly entities?: readonly string[] | null;
  readonly view?: AccessView;
  /** Null enables it. */
  readonly disabled?: { readonly by: string; readonly reason: string } | null;
};

/** Enabled, or sent to another address, it begins again: what failed before counts no more. The first who disabled it stays. */
export function changed(subscription: Subscription, change: SubscriptionChange, now: number): Subscription {
  const { disabled, ...configured } = change;
  const isAnew = disabled === null || (change.url !== undefined && change.url !== subscription.url);
  const next = { ...subscription, ...configured, ...(isAnew ? { failing: null } : {}) };
  if (disabled === undefined) return next;
  if (disabled === null) return { ...next, disabled: null };
  return subscription.disabled === null ? { ...next, disabled: { at: now, ...disabled } } : next;
}

export type SendResult =
  | { readonly kind: 'taken' }
  /** `gone`: it says that it wants no more. */
  | { readonly kind: 'failed'; readonly gone: boolean; readonly message: string };

/** After a send. One that has failed for too long, or says that it is gone, is disabled. */
export function afterSend(subscription: Subscription, result: SendResult, now: number): Subscription {
  if (subscription.disabled !== null) return subscription;
  if (result.kind === 'taken') return { ...subscription, failing: null };
  const { failing: before } = subscription;
  // What failed long before, with nothing to send in between, proves nothing about the days between.
  const goesOn = before !== null && now - before.lastAt < limits.subscriptionGapMs;
  const since = goesOn ? before.since : now;
  const failing = { since, lastAt: now, message: result.message };
  if (!result.gone && now - since < limits.subscriptionFailingMs) return { ...subscription, failing };
  const reason = result.gone ? 'gone: the receiver answered 410' : 'failing: it took nothing for three days';
  return { ...subscription, failing, disabled: { at: now, by: 'relay', reason } };
}
