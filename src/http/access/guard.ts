// Before every handler that needs a key: who asks, whether the route's scope is held, and the services narrowed to what the caller
// sees. Nobody proven: 401, without a word why. A scope missing on a thing in view, or on no thing: 403 naming it. A thing
// outside the view: 404. The registry silent: 503, never 401.

import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { Caller, Identified, NotIdentified } from '../../core/identity/caller.ts';
import type { Scope } from '../../core/identity/scopes.ts';
import { parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import { PortError } from '../../pipeline/ports.ts';
import type { Shown } from '../../pipeline/registry-ports.ts';
import { findHolder } from '../../pipeline/sequencers.ts';
import { problem } from '../problem.ts';
import { createRateLimit } from '../rate-limit.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { ticketIn } from '../tail-protocol.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { findRule, type Item, type RouteRule } from './route-rules.ts';
import { scopeServices, viewFor } from './scope-services.ts';

export function guard(services: HttpServices): MiddlewareHandler<HttpEnv> {
  const refusals = createRefusals(services);
  const rates = createRateLimit(services);
  return async (c, next) => {
    if (!isAnyKeyPossible(services)) {
      const detail = 'Set the secret ADMIN_KEY or REGISTRY_KEY to use the admin endpoints.';
      return rates.ofStranger(c) ?? problem(c, 'admin_key_missing', { detail });
    }
    const path = routeOf(c);
    const identified = await identify(c, services, path);
    if (identified === null)
      return rates.ofStranger(c) ?? problem(c, 'registry_unavailable', { headers: retryAfter });
    if (identified.kind === 'refused') return rates.ofStranger(c) ?? turnAway(c, services, identified);
    const { caller } = identified;
    // Before it is looked at what it wants: what is refused has cost as much as what is done.
    const slowed = rates.ofCaller(c, caller.actor);
    if (slowed !== null) return slowed;
    const rule = path === null ? null : findRule(c.req.method, path);
    c.set('caller', caller);
    c.set('services', scopeServices(services, viewFor(caller, rule)));
    c.set('refusals', refusals);
    // No such route: 404, as for everybody.
    if (path === null) return next();
    return admit(c, { rule, path, caller, refusals }) ?? next();
  };
}

type Asked = {
  readonly rule: RouteRule | null;
  readonly path: string;
  readonly caller: Caller;
  readonly refusals: Refusals;
};

/** Null: it may go on. */
function admit(c: Context<HttpEnv>, asked: Asked): Promise<Response> | null {
  const { rule, path, caller, refusals } = asked;
  if (rule?.access === 'known') return null;
  if (rule === null || rule.access !== 'scoped') throw new Error(`${path} has no rule of access`);
  const held = rule.anyOf.find((scope) => caller.scopes.has(scope));
  if (held === undefined) return refuse(c, asked, { scope: rule.anyOf[0], item: rule.item });
  if (caller.credentialId !== null) refusals.noteUse({ credentialId: caller.credentialId, what: held });
  return null;
}

async function refuse(
  c: Context<HttpEnv>,
  { caller, path, refusals }: Asked,
  missing: { readonly scope: Scope; readonly item: Item | null },
): Promise<Response> {
  const { scope, item } = missing;
  const id = idIn(path, c.req.path);
  const seesKind = item === null || caller.scopes.has(item.read);
  // Who sees none of them learns nothing by which is there; who sees some is not told of the others.
  if (item !== null && seesKind && !(await isVisible(c.get('services'), item, id)))
    return problem(c, 'not_found');
  const named = seesKind ? scope : (item?.read ?? scope);
  await refusals.note({ caller, what: `${c.req.method} ${path}`, on: id, missing: named });
  return problem(c, 'scope_missing', { detail: `It needs the scope ${named}.`, scope: named });
}

async function isVisible(services: HttpServices, { kind }: Item, id: string): Promise<boolean> {
  switch (kind) {
    case 'delivery': {
      const parsed = parseId('dlv', id);
      if (!parsed.ok) return false;
      const held = await findHolder(services.sequencers, parsed.value, id);
      return held !== null || (await services.journal.find(id)) !== null;
    }
    case 'intake':
      for (const sequencer of services.sequencers.all())
        if ((await sequencer.findIntake(id)) !== null) return true;
      return false;
    case 'target':
      return services.definition.targets.has(id);
    case 'source':
      return services.definition.sources.has(id);
  }
}

/** The pattern of the route that will answer; null: none will. Middleware stands under `ALL` and a star. */
function routeOf(c: Context<HttpEnv>): string | null {
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
  return matchedRoutes(c).findLast((route) => route.method === method)?.path ?? null;
}

/** What stands in the place of `:id`; empty where the route has none. Middleware sees no parameters of the route behind it. */
function idIn(pattern: string, path: string): string {
  const index = pattern.split('/').findIndex((part) => part.startsWith(':'));
  const text = index === -1 ? '' : (path.split('/')[index] ?? '');
  try {
    return decodeURIComponent(text).slice(0, limits.maxIdCharacters);
  } catch {
    return '';
  }
}

function isAnyKeyPossible({ config, registry }: HttpServices): boolean {
  return config.adminKey !== null || registry !== null;
}

/** Null: nobody can say. */
async function identify(c: Context<HttpEnv>, services: HttpServices, path: string | null) {
  const { identities, telemetry } = services;
  try {
    const shown = shownBy(c);
    const ticket = path === tailPath ? ticketIn(c.req.header('sec-websocket-protocol')) : null;
    if (shown.kind === 'none' && ticket !== null) return await identifyByTicket(services, ticket);
    return await identities.identify(shown);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    const fields = { requestId: c.get('requestId'), ageMs: null, error: error.message };
    telemetry.log('error', 'registry.unavailable', fields);
    return null;
  }
}

/** The one place where a ticket is taken. */
const tailPath = '/admin/tail';

async function identifyByTicket({ tail, identities }: HttpServices, ticket: string): Promise<Identified> {
  const holder = await tail.redeemTicket(ticket);
  if (holder === null) return { kind: 'refused', reason: 'unknown_ticket', credentialId: null };
  return identities.identifyAgain(holder);
}

const bearer = /^Bearer +([\x21-\x7e]+) *$/i;

/** Longer than any key and any token: nothing is computed over it. */
function shownBy(c: Context<HttpEnv>): Shown {
  const authorization = c.req.header('authorization');
  const token = bearer.exec(authorization ?? '')?.[1];
  if (token !== undefined && token.length <= limits.maxTokenCharacters) return { kind: 'bearer', token };
  const access = c.req.header('cf-access-jwt-assertion');
  if (authorization === undefined && access !== undefined && access.length <= limits.maxTokenCharacters)
    return { kind: 'access_token', token: access };
  return { kind: 'none' };
}

function turnAway(c: Context<HttpEnv>, { telemetry }: HttpServices, refused: NotIdentified): Response {
  const { reason, credentialId } = refused;
  const fields = { requestId: c.get('requestId'), path: c.req.path, reason, credential: credentialId };
  telemetry.log('warn', 'admin.refused', fields);
  const challenge = reason === 'no_key' ? '' : ', error="invalid_token"';
  return problem(c, 'unauthorized', {
    headers: { 'www-authenticate': `Bearer realm="holdfast"${challenge}` },
  });
}

const retryAfter = { 'retry-after': String(limits.retryAfterSeconds) };
