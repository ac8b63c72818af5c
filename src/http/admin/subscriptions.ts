// /admin/subscriptions: URLs that are told, signed, of what the caller may see. A secret is shown once, in the answer that makes it.
// Who is narrowed to a part of the relay sees its own subscriptions alone.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { type Differing, isDiffering, type Precondition } from '../../core/precondition.ts';
import { sendTest } from '../../pipeline/perform-publish.ts';
import type { Registry } from '../../pipeline/registry-ports.ts';
import { secretOfSubscription } from '../../pipeline/registry-subscriptions.ts';
import { answerList, answerVersioned, noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireSubscription } from '../to-wire-subscription.ts';
import { routeSubscriptionChange, subscriptionFields } from './change-subscription.ts';
import { reasonBody, rotateBody, withRegistry } from './credentials.ts';
import { isSeen, note, shown, unknownName, urlError, versionOf, withFound } from './found-subscription.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

export const subscriptionBody = z.strictObject({
  url: subscriptionFields.url,
  description: subscriptionFields.description.default(''),
  types: subscriptionFields.types,
  sources: subscriptionFields.some.optional(),
  targets: subscriptionFields.some.optional(),
  entities: subscriptionFields.some.optional(),
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
      return answerList(c, {
        subscriptions: seen.map((each) => toWireSubscription(each, credentials, now())),
      });
    }),
  );
  app.post('/admin/subscriptions', validBody(subscriptionBody), (c) =>
    withRegistry(c, (registry) => create(c, registry, c.req.valid('json'))),
  );
  app.get('/admin/subscriptions/:id', (c) =>
    withFound(c, async (registry, found) =>
      answerVersioned(c, await shown(c, registry, found), await versionOf(registry, found)),
    ),
  );
  app.post('/admin/subscriptions/:id/rotate', validBody(rotateBody), (c) => {
    const { overlapSeconds, reason } = c.req.valid('json');
    return withFound(c, async (registry, found) => {
      const of = { id: found.id, overlapMs: overlapSeconds * 1_000, when: preconditionOf(c) };
      const secret = await setSecret(c, registry, of);
      if (secret === null) return tooMany(c);
      if (isDiffering(secret)) return refuseDiffering(c, secret);
      await note(c, { action: 'subscription_rotated', after: found.id, reason });
      noteVersion(c, await versionOf(registry, found));
      return c.json({ subscription: await shown(c, registry, found), secret });
    });
  });
  app.post('/admin/subscriptions/:id/test', validBody(reasonBody), (c) => {
    const { reason } = c.req.valid('json');
    return withFound(c, (_registry, found) => test(c, found.id, reason));
  });
  routeSubscriptionChange(app);
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
      const removed = await registry.removeSubscription(id, preconditionOf(c));
      if (isDiffering(removed)) return refuseDiffering(c, removed);
      if (!removed) return problem(c, 'not_found');
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
  const { actor, credentialId, view } = c.get('caller');
  const error = urlError(url, publishing.sender.origins) ?? unknownName(c, { sources, targets, view });
  if (error !== null) return problem(c, 'invalid_body', { errors: [error] });
  const made = await registry.createSubscription({
    ...{ url, description, types: [...new Set(types)], targets, entities, owner: credentialId },
    view: { ...view, sources: sources ?? view.sources },
    createdBy: actor,
  });
  if (made === null) return tooMany(c);
  const secret = await setSecret(c, registry, { id: made.id, overlapMs: 0 });
  if (typeof secret !== 'string') {
    // Nothing could sign for it.
    await registry.removeSubscription(made.id);
    return tooMany(c);
  }
  const after = `${made.id} ${new URL(url).origin}: ${types.join(' ')}`;
  await note(c, { action: 'subscription_made', after, reason });
  return c.json({ subscription: await shown(c, registry, made), secret }, 201);
}

/** Shown in this answer and never again. Null: there are as many secrets as there may be. */
async function setSecret(
  c: Context<HttpEnv>,
  registry: Registry,
  of: { readonly id: string; readonly overlapMs: number; readonly when?: Precondition | undefined },
): Promise<string | Differing | null> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const secret = `whsec_${btoa(String.fromCharCode(...bytes))}`;
  const name = secretOfSubscription(of.id);
  const { actor } = c.get('caller');
  const { overlapMs, when } = of;
  const set = await registry.putSecret({ name, values: { secret }, overlapMs, actor, when });
  if (isDiffering(set)) return set;
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
    const set = await registry.setSubscriptionState(id, disabled, preconditionOf(c));
    if (set === null) return problem(c, 'not_found');
    if (isDiffering(set)) return refuseDiffering(c, set);
    await note(c, { action, after: id, reason });
    noteVersion(c, await versionOf(registry, set));
    return c.json(await shown(c, registry, set));
  });
}
