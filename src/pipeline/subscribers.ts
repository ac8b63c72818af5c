// Subscribers as delivery sees them, out of the isolate's copy of the registry: who is active, where one is and what signs for it;
// and what sending came to, told to the registry seldom. Decides nothing: core/subscriptions does.

import type { RegistrySnapshot } from '../core/identity/registry-snapshot.ts';
import { limits } from '../core/limits.ts';
import {
  type SendResult,
  type Subscription,
  type SubscriptionSet,
  type SubscriptionState,
  stateOfSubscription,
} from '../core/subscriptions/subscription.ts';
import type { Clock, Telemetry } from './ports.ts';
import type { RegistryCopy } from './registry-copy.ts';
import type { Registry } from './registry-ports.ts';
import { secretOfSubscription } from './registry-subscriptions.ts';

export type Subscriber = {
  readonly subscription: Subscription;
  readonly state: SubscriptionState;
  /** `whsec_…`, the current one first; while a rotation lasts, the one before too. */
  readonly secrets: readonly string[];
};

export interface Subscribers {
  /** Null: nobody can say now. Never throws. */
  active(): Promise<SubscriptionSet | null>;
  /** `unknown`: nobody can say now. Never throws. */
  find(id: string): Promise<Subscriber | 'absent' | 'unknown'>;
  /** `wasTried`: it was sent before, and not taken. Never throws, and nobody waits for it. */
  note(subscription: Subscription, result: SendResult, wasTried: boolean): void;
}

export type SubscriberParts = {
  readonly copy: Pick<RegistryCopy, 'current' | 'lenient' | 'afterMiss' | 'secret'>;
  readonly registry: Pick<Registry, 'noteSend'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
  readonly background: (work: Promise<unknown>) => void;
};

export function createSubscribers(parts: SubscriberParts): Subscribers {
  const { clock, telemetry, background } = parts;
  const notedAt = new Map<string, number>();
  const orUnknown = async <T>(work: () => Promise<T>): Promise<T | 'unknown'> => {
    try {
      return await work();
    } catch (error) {
      telemetry.log('error', 'registry.unavailable', { ageMs: null, error: String(error) });
      return 'unknown';
    }
  };
  return {
    active: async () => {
      const set = await orUnknown(() => readActive(parts));
      return set === 'unknown' ? null : set;
    },
    find: (id) => orUnknown(() => findSubscriber(parts, id)),
    note: ({ id, failing }, result, wasTried) => {
      const now = clock.now();
      const isDue = now - (notedAt.get(id) ?? 0) >= limits.subscriptionNoteMs;
      // The copy may be older than a failure that another isolate told: what was tried before ends that one too.
      const isNews = result.kind === 'taken' ? wasTried || failing !== null : isDue || result.gone;
      if (!isNews) return;
      if (result.kind === 'taken') notedAt.delete(id);
      else notedAt.set(id, now);
      background(tell(parts, id, result));
    },
  };
}

async function readActive({ copy, clock }: SubscriberParts): Promise<SubscriptionSet> {
  // Not an old copy: what ends now is told by it, and nobody comes back to it.
  const { version, subscriptions = [], credentials } = await copy.current();
  const active = subscriptions.filter(
    (each) => stateOfSubscription(each, credentials, clock.now()) === 'active',
  );
  return {
    version,
    active: active.map(({ id, types, targets, entities, view }) => ({ id, types, targets, entities, view })),
  };
}

async function findSubscriber({ copy, clock }: SubscriberParts, id: string): Promise<Found> {
  const known = pick(await copy.lenient(), id, clock.now());
  // An old copy may not know of one that was just made or enabled: a dead letter for that would be wrong.
  const found = known?.state === 'active' ? known : pick(await copy.afterMiss(), id, clock.now());
  if (found === null) return 'absent';
  const secret = await copy.secret(secretOfSubscription(id));
  // It is put there right after the subscription; the next copy has it.
  if (secret.kind !== 'open') return 'unknown';
  const values = [secret.current.secret, secret.previous?.secret];
  return { ...found, secrets: values.filter((value) => value !== undefined) };
}

type Found = Subscriber | 'absent' | 'unknown';

function pick(
  { subscriptions = [], credentials }: RegistrySnapshot,
  id: string,
  now: number,
): Omit<Subscriber, 'secrets'> | null {
  const subscription = subscriptions.find((each) => each.id === id);
  if (subscription === undefined) return null;
  return { subscription, state: stateOfSubscription(subscription, credentials, now) };
}

/** What is lost of it the next failure tells. */
async function tell({ registry, telemetry }: SubscriberParts, id: string, result: SendResult): Promise<void> {
  try {
    const after = await registry.noteSend(id, result);
    if (after?.disabled?.by !== 'relay') return;
    const { at, reason } = after.disabled;
    telemetry.log('error', 'subscription.disabled', { subscription: id, at, reason });
  } catch (error) {
    telemetry.log('error', 'registry.unavailable', { ageMs: null, error: String(error) });
  }
}
