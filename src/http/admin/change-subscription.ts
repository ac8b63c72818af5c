// PATCH /admin/subscriptions/:id: another address, another filter, on or off. It never sees more than its owner does, whoever changes it.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { type AccessView, wholeView } from '../../core/identity/access-view.ts';
import { limits } from '../../core/limits.ts';
import { isDiffering } from '../../core/precondition.ts';
import { type SubscriptionEventType, subscribableTypes } from '../../core/subscriptions/event-types.ts';
import type { Subscription, SubscriptionChange } from '../../core/subscriptions/subscription.ts';
import type { Registry } from '../../pipeline/registry-ports.ts';
import { noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { note, shown, unknownName, urlError, versionOf, withFound } from './found-subscription.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const text = z.string().trim().min(1).max(limits.maxIdCharacters);

export const subscriptionFields = {
  url: z.string().max(limits.maxCallbackUrlCharacters),
  description: z.string().trim().max(limits.maxIdCharacters),
  types: z.array(z.enum(subscribableTypes as [SubscriptionEventType])).min(1),
  some: z.array(text).min(1).max(limits.maxSubscriptionEntries),
};

/** Null: all of them again. */
const someOrAll = subscriptionFields.some.nullable().optional();

export const subscriptionChange = z
  .strictObject({
    url: subscriptionFields.url.optional(),
    description: subscriptionFields.description.optional(),
    types: subscriptionFields.types.optional(),
    sources: someOrAll,
    targets: someOrAll,
    entities: someOrAll,
    enabled: z.boolean().optional(),
    reason: noteField,
  })
  .refine((body) => Object.keys(body).length > 1, 'must name what is to change');

type Body = z.infer<typeof subscriptionChange>;

export function routeSubscriptionChange(app: Hono<HttpEnv>): void {
  app.patch('/admin/subscriptions/:id', validBody(subscriptionChange), (c) =>
    withFound(c, (registry, found) => change(c, { registry, found, body: c.req.valid('json') })),
  );
}

type Asked = { readonly registry: Registry; readonly found: Subscription; readonly body: Body };

async function change(c: Context<HttpEnv>, { registry, found, body }: Asked): Promise<Response> {
  const { url, sources, targets = null } = body;
  const { publishing } = c.get('services');
  const view = await viewOfOwner(c, registry, found);
  const error =
    (url === undefined ? null : urlError(url, publishing.sender.origins)) ??
    unknownName(c, { sources: sources ?? null, targets, view });
  if (error !== null) return problem(c, 'invalid_body', { errors: [error] });
  const wanted = toChange(body, { view, actor: c.get('caller').actor, found });
  const set = await registry.changeSubscription(found.id, wanted, preconditionOf(c));
  if (set === null) return problem(c, 'not_found');
  if (isDiffering(set)) return refuseDiffering(c, set);
  const { before, after } = set;
  await note(c, {
    ...{ action: 'subscription_changed', reason: body.reason },
    before: `${found.id} ${told(before, body)}`,
    after: `${found.id} ${told(after, body)}`,
  });
  noteVersion(c, await versionOf(registry, after));
  return c.json(await shown(c, registry, after));
}

/** An administrator who sees all may not open to a narrowed credential's receiver what that credential does not see. */
async function viewOfOwner(
  c: Context<HttpEnv>,
  registry: Registry,
  { owner, view: made }: Subscription,
): Promise<AccessView> {
  const { view, credentialId } = c.get('caller');
  if (owner === credentialId) return view;
  if (owner === null) return wholeView;
  const credential = (await registry.listCredentials()).find(({ id }) => id === owner);
  return credential?.view ?? made;
}

type Given = { readonly view: AccessView; readonly actor: string; readonly found: Subscription };

function toChange(body: Body, { view, actor, found }: Given): SubscriptionChange {
  const { url, description, types, sources, targets, entities, enabled, reason } = body;
  return {
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(types === undefined ? {} : { types: [...new Set(types)] }),
    ...(targets === undefined ? {} : { targets }),
    ...(entities === undefined ? {} : { entities }),
    ...(sources === undefined ? {} : { view: { ...found.view, sources: sources ?? view.sources } }),
    ...(enabled === undefined ? {} : { disabled: enabled ? null : { by: actor, reason } }),
  };
}

/** What was changed, for the audit. Of an address its origin: the path of a receiver may be what keeps strangers out. */
function told(subscription: Subscription, body: Body): string {
  const { url, description, types, view, targets, entities, disabled } = subscription;
  const all = {
    ...{ url: new URL(url).origin, description, types, sources: view.sources, targets, entities },
    enabled: disabled === null,
  };
  return JSON.stringify(
    Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(body, name))),
  );
}
