// /admin/subscriptions: URLs that are told, signed, of what the caller may see. A secret is shown once, in the answer that makes it.
// Who is narrowed to a part of the relay sees its own subscriptions alone.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { isWhole } from '../../core/identity/access-view.ts';
import { limits } from '../../core/limits.ts';
import { type SubscriptionEventType, subscribableTypes } from '../../core/subscriptions/event-types.ts';
import { type Subscription, urlProblem } from '../../core/subscriptions/subscription.ts';
import { sendTest } from '../../pipeline/perform-publish.ts';
import type { Registry } from '../../pipeline/registry-ports.ts';
import { secretOfSubscription } from '../../pipeline/registry-subscriptions.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireSubscription } from '../to-wire-subscription.ts';
import { recordAct } from './audit.ts';
import { reasonBody, rotateBody, withRegistry } from './credentials.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const text = z.string().trim().min(1).max(limits.maxIdCharacters);
const some = z.array(text).min(1).max(limits.maxSubscriptionEntries);

export const subscriptionBody = z.strictObject({
  url: z.string().max(limits.maxCallbackUrlCharacters),
  description: z.string().trim().max(limits.maxIdCharacters).default(''),
  types: z.array(z.enum(subscribableTypes as [SubscriptionEventType])).min(1),
  sources: some.optional(),
  targets: some.optional(),
  entities: some.optional(),
  reason: noteField,
});

export function routeSubscriptions(app: Hono<HttpEnv>): void {
  app.get('/admin/subscriptions', (c) =>
    withRegistry(c, async (registry) => {
      const [all, credentials] = await Promise.all([
        registry.listSubscriptions(),
        registry.listCredentials(),
      ]);
      const { now } = c.get('services').clock;
      const seen = all.filter((each) => isSeen(c, each));
      return c.json({ subscriptions: seen.map((each) => toWireSubscription(each, credentials, now())) });
    }),
  );
  app.post('/admin/subscriptions', validBody(subscriptionBody), (c) =>
    withRegistry(c, (registry) => create(c, registry, c.req.valid('json'))),
  );
  app.get('/admin/subscriptions/:id', (c) =>
    withFound(c, async (registry, found) => c.json(await shown(c, registry, found))),
  );
  app.post('/admin/subscriptions/:id/rotate', validBody(rotateBody), (c) => {
    const { overlapSeconds, reason } = c.req.valid('json');
    return withFound(c, async (registry, found) => {
      const secret = await setSecret(c, registry, { id: found.id, overlapMs: overlapSeconds * 1_000 });
      if (secret === null) return tooMany(c);
      await note(c, { action: 'subscription_rotated', after: found.id, reason });
      return c.json({ subscription: await shown(c, registry, found), secret });
    });
  });
  app.post('/admin/subscriptions/:id/test', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return withFound(c, (_registry, found) => test(c, found.id, reason));
  });
  routeStates(app);
}

function routeStates(app: Hono<HttpEnv>): void {
  app.post('/admin/subscriptions/:id/disable', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    const { actor } = c.get('caller');
    return setState(c, { disabled: { by: actor, reason }, action: 'subscription_disabled', reason });
  });
  app.post('/admin/subscriptions/:id/enable', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return setState(c, { disabled: null, action: 'subscription_enabled', reason });
  });
  app.delete('/admin/subscriptions/:id', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return withFound(c, async (registry, { id }) => {
      if (!(await registry.removeSubscription(id))) return problem(c, 'not_found');
      await note(c, { action: 'subscription_removed', after: id, reason });
      return c.json({ id, removed: true });
    });
  });
}

async function create(
  c: Context<HttpEnv>,
  registry: Registry,
  body: z.infer<typeof subscriptionBody>,
): Promise<Response> {
  const { url, description, types, sources = null, targets = null, entities = null, reason } = body;
  const { publishing } = c.get('services');
  const error = urlError(url, publishing.sender.origins) ?? unknownName(c, { sources, targets });
  if (error !== null) return problem(c, 'invalid_body', { errors: [error] });
  const { actor, credentialId, view } = c.get('caller');
  const made = await registry.createSubscription({
    ...{ url, description, types: [...new Set(types)], targets, entities, owner: credentialId },
    view: { ...view, sources: sources ?? view.sources },
    createdBy: actor,
  });
  if (made === null) return tooMany(c);
  const secret = await setSecret(c, registry, { id: made.id, overlapMs: 0 });
  if (secret === null) {
    // Nothing could sign for it.
    await registry.removeSubscription(made.id);
    return tooMany(c);
  }
  const after = `${made.id} ${new URL(url).origin}: ${types.join(' ')}`;
  await note(c, { action: 'subscription_made', after, reason });
  return c.json({ subscription: await shown(c, registry, made), secret }, 201);
}

function urlError(url: string, origins: readonly string[]) {
  const rule = urlProblem(url, origins);
  return rule === null ? null : { field: 'url', rule };
}

/** A misspelt name would be told of nothing. A source the caller does not see is as unknown as one that is not there. */
function unknownName(
  c: Context<HttpEnv>,
  asked: { readonly sources: readonly string[] | null; readonly targets: readonly string[] | null },
) {
  const { definition } = c.get('services');
  const { view } = c.get('caller');
  const isOwn = (id: string): boolean => view.sources?.includes(id) ?? /^operations(\/|$)/.test(id);
  const source = asked.sources?.findIndex((id) => !definition.sources.has(id) && !isOwn(id)) ?? -1;
  if (source >= 0) return { field: `sources[${source}]`, rule: 'must be a source you see' };
  const target = asked.targets?.findIndex((id) => !definition.targets.has(id)) ?? -1;
  return target >= 0 ? { field: `targets[${target}]`, rule: 'must be a target you see' } : null;
}

function isSeen(c: Context<HttpEnv>, { owner }: Subscription): boolean {
  const { view, credentialId } = c.get('caller');
  return isWhole(view) || (owner !== null && owner === credentialId);
}

function withFound(
  c: Context<HttpEnv>,
  work: (registry: Registry, found: Subscription) => Promise<Response>,
): Promise<Response> {
  return withRegistry(c, async (registry) => {
    const found = (await registry.listSubscriptions()).find(({ id }) => id === c.req.param('id'));
    return found === undefined || !isSeen(c, found) ? problem(c, 'not_found') : work(registry, found);
  });
}

async function shown(c: Context<HttpEnv>, registry: Registry, subscription: Subscription) {
  const credentials = await registry.listCredentials();
  return toWireSubscription(subscription, credentials, c.get('services').clock.now());
}

/** Shown in this answer and never again. Null: there are as many secrets as there may be. */
async function setSecret(
  c: Context<HttpEnv>,
  registry: Registry,
  of: { readonly id: string; readonly overlapMs: number },
): Promise<string | null> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = `whsec_${btoa(String.fromCharCode(...bytes))}`;
  const name = secretOfSubscription(of.id);
  const { actor } = c.get('caller');
  const set = await registry.putSecret({ name, values: { secret }, overlapMs: of.overlapMs, actor });
  // It is in the answer, which is therefore kept nowhere.
  c.set('holdsSecret', true);
  return set === null ? null : secret;
}

function tooMany(c: Context<HttpEnv>): Response {
  const detail = `${limits.maxSubscriptions} subscriptions, or ${limits.maxRegistrySecrets} secrets.`;
  return problem(c, 'limit_reached', { detail });
}

async function test(c: Context<HttpEnv>, id: string, reason: string): Promise<Response> {
  const { publishing, clock, randomness } = c.get('services');
  const { actor } = c.get('caller');
  const messageId = `test_${randomness.uuid()}`;
  const sent = await sendTest({ clock, publishing }, { id, messageId, by: actor });
  if (sent === 'absent') return problem(c, 'not_found');
  if (sent === 'unknown') return problem(c, 'registry_unavailable');
  const after = `${id} answered ${sent.status ?? 'nothing'}`;
  await note(c, { action: 'subscription_tested', after, reason });
  return c.json({ id, messageId, ...sent });
}

type StateAct = {
  readonly disabled: { readonly by: string; readonly reason: string } | null;
  readonly action: 'subscription_disabled' | 'subscription_enabled';
  readonly reason: string;
};

function setState(c: Context<HttpEnv>, { disabled, action, reason }: StateAct): Promise<Response> {
  return withFound(c, async (registry, { id }) => {
    const set = await registry.setSubscriptionState(id, disabled);
    if (set === null) return problem(c, 'not_found');
    await note(c, { action, after: id, reason });
    return c.json(await shown(c, registry, set));
  });
}

type SubscriptionAct = {
  readonly action:
    | StateAct['action']
    | 'subscription_made'
    | 'subscription_rotated'
    | 'subscription_tested'
    | 'subscription_removed';
  readonly after: string;
  readonly reason: string;
};

async function note(c: Context<HttpEnv>, { action, after, reason }: SubscriptionAct): Promise<void> {
  const services = c.get('services');
  const { actor } = c.get('caller');
  const fields = { requestId: c.get('requestId'), actor, act: action, subscription: after };
  services.telemetry.log('info', 'subscription.changed', fields);
  const none = { deliveryId: null, orderingKey: null, target: null, before: null };
  await recordAct(services, { ...none, actor, action, after, reason });
}
