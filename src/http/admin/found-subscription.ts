// What every act on a subscription begins and ends with: whether the caller sees it, whether names and addresses are good, its version,
// and the audit. Shows no secret.

import type { Context } from 'hono';
import { type AccessView, isWhole } from '../../core/identity/access-view.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import { type Subscription, urlProblem } from '../../core/subscriptions/subscription.ts';
import { versionOfSubscription } from '../../core/versions.ts';
import type { Registry } from '../../pipeline/registry-ports.ts';
import { secretOfSubscription } from '../../pipeline/registry-subscriptions.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireSubscription } from '../to-wire-subscription.ts';
import { recordAct } from './audit.ts';
import { withRegistry } from './credentials.ts';

export function urlError(url: string, origins: readonly string[]) {
  const rule = urlProblem(url, origins);
  return rule === null ? null : { field: 'url', rule };
}

/** A misspelt name would be told of nothing. A source the caller does not see is as unknown as one that is not there. */
export function unknownName(
  c: Context<HttpEnv>,
  asked: {
    readonly sources: readonly string[] | null;
    readonly targets: readonly string[] | null;
    /** In which they must be. */
    readonly view: AccessView;
  },
) {
  const { definition } = c.get('services');
  const { view } = asked;
  const isOwn = (id: string): boolean =>
    view.sources?.includes(id) ?? (definition.sources.has(id) || /^operations(\/|$)/.test(id));
  const source = asked.sources?.findIndex((id) => !isOwn(id)) ?? -1;
  if (source >= 0) return { field: `sources[${source}]`, rule: 'must be a source you see' };
  const target = asked.targets?.findIndex((id) => !definition.targets.has(id)) ?? -1;
  return target >= 0 ? { field: `targets[${target}]`, rule: 'must be a target you see' } : null;
}

export function isSeen(c: Context<HttpEnv>, { owner }: Subscription): boolean {
  const { view, credentialId } = c.get('caller');
  return isWhole(view) || (owner !== null && owner === credentialId);
}

export function withFound(
  c: Context<HttpEnv>,
  work: (registry: Registry, found: Subscription) => Promise<Response>,
): Promise<Response> {
  return withRegistry(c, async (registry) => {
    const found = (await registry.listSubscriptions()).find(({ id }) => id === c.req.param('id'));
    return found === undefined || !isSeen(c, found) ? problem(c, 'not_found') : work(registry, found);
  });
}

export async function shown(c: Context<HttpEnv>, registry: Registry, subscription: Subscription) {
  const credentials = await registry.listCredentials();
  return toWireSubscription(subscription, credentials, c.get('services').clock.now());
}

/** What its next change is to name; its secret is a part of it. */
export async function versionOf(registry: Registry, subscription: Subscription): Promise<string> {
  const name = secretOfSubscription(subscription.id);
  const secret = (await registry.listSecrets()).find((each) => each.name === name);
  return versionOfSubscription(subscription, secret?.revision ?? null);
}

type SubscriptionAct = {
  readonly action: Extract<OperatorAct['action'], `subscription_${string}`>;
  readonly before?: string;
  readonly after: string;
  readonly reason: string;
};

export async function note(c: Context<HttpEnv>, act: SubscriptionAct): Promise<void> {
  const { action, before = null, after, reason } = act;
  const services = c.get('services');
  const { actor } = c.get('caller');
  const fields = { requestId: c.get('requestId'), actor, act: action, subscription: after };
  services.telemetry.log('info', 'subscription.changed', fields);
  const none = { deliveryId: null, orderingKey: null, target: null };
  await recordAct(services, { ...none, actor, action, before, after, reason });
}
