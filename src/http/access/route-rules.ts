// What each route asks of its caller: the one table that the guard, the documents and the matrix of tests read. A route without
// a row is refused to everybody, and a test says so first.

import type { Scope } from '../../core/identity/scopes.ts';

/** What a path names with `:id` or `:operation`, and the scope that lets it be seen. */
export type Item = {
  readonly kind: 'delivery' | 'target' | 'intake' | 'source';
  readonly read: Scope;
};

export type RouteRule =
  /** Anybody: it holds nothing that needs a key. */
  | { readonly access: 'public' }
  /** The sender proves itself: sources have schemes of their own. */
  | { readonly access: 'signed' }
  /** Anybody with a good credential, whatever its scopes: it tells of the caller alone. */
  | { readonly access: 'known' }
  /** Any one of the scopes. */
  | {
      readonly access: 'scoped';
      readonly anyOf: readonly [Scope, ...Scope[]];
      /** Null: the path names nothing that could be outside of a view. */
      readonly item: Item | null;
    };

const delivery: Item = { kind: 'delivery', read: 'deliveries:read' };
const intake: Item = { kind: 'intake', read: 'deliveries:read' };
const source: Item = { kind: 'source', read: 'sources:read' };
const target: Item = { kind: 'target', read: 'targets:read' };

function needs(scope: Scope, item: Item | null = null): RouteRule {
  return { access: 'scoped', anyOf: [scope], item };
}

const bulk: RouteRule = {
  access: 'scoped',
  anyOf: ['deliveries:replay', 'deliveries:manage'],
  item: null,
};

const bulkRead: RouteRule = {
  access: 'scoped',
  anyOf: ['deliveries:read', 'deliveries:replay', 'deliveries:manage'],
  item: null,
};

const open: RouteRule = { access: 'public' };

export const routeRules: Readonly<Record<string, RouteRule>> = {
  'GET /': open,
  'GET /dashboard/:file': open,
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /problems/:code': open,
  'GET /openapi.json': open,
  'GET /docs': open,
  'GET /docs/api': open,
  'GET /docs/:file': open,
  'GET /docs/:folder/:file': open,
  'ALL /hooks/:source': { access: 'signed' },
  'POST /operations/:operation': needs('operations:run'),
  'GET /jobs/:id': { access: 'scoped', anyOf: ['operations:run', 'deliveries:read'], item: null },
  'POST /callbacks/:deliveryId': needs('callbacks:send'),
  'GET /admin/me': { access: 'known' },
  'GET /admin/deliveries': needs('deliveries:read'),
  'GET /admin/deliveries/:id': needs('deliveries:read', delivery),
  'GET /admin/tail': needs('deliveries:read'),
  'POST /admin/tail/tickets': needs('deliveries:read'),
  'POST /admin/deliveries/:id/replay': needs('deliveries:replay', delivery),
  'POST /admin/deliveries/:id/resolve': needs('deliveries:manage', delivery),
  'POST /admin/deliveries/:id/skip': needs('deliveries:manage', delivery),
  'POST /admin/deliveries/:id/release': needs('deliveries:manage', delivery),
  'POST /admin/deliveries/:id/hold': needs('deliveries:manage', delivery),
  'POST /admin/deliveries/:id/cancel': needs('deliveries:manage', delivery),
  'POST /admin/deliveries/:id/unblock': needs('deliveries:manage', delivery),
  // Which of them it has to be, the act in the body says.
  'POST /admin/replays': bulk,
  'POST /admin/replays/plan': bulk,
  'GET /admin/replays': bulkRead,
  'GET /admin/replays/:id': bulkRead,
  'POST /admin/replays/:id/cancel': bulk,
  'GET /admin/lines': needs('deliveries:read'),
  'GET /admin/intakes': needs('deliveries:read'),
  'GET /admin/intakes/:id': needs('deliveries:read', intake),
  'POST /admin/intakes/:id/retry': needs('deliveries:manage', intake),
  'POST /admin/intakes/:id/drop': needs('deliveries:manage', intake),
  'GET /admin/sources': needs('sources:read'),
  'GET /admin/sources/:id/reconciliation': needs('sources:read'),
  'POST /admin/sources/:id/reconcile': needs('sources:reconcile'),
  'GET /admin/sources/:id/grants': needs('sources:read'),
  'PUT /admin/sources/:id/grants': needs('sources:manage', source),
  'GET /admin/rejected-requests': needs('sources:read'),
  'GET /admin/targets': needs('targets:read'),
  'GET /admin/targets/:id': needs('targets:read', target),
  'GET /admin/targets/:id/capabilities': needs('targets:read', target),
  'POST /admin/targets/:id/pause': needs('targets:manage', target),
  'POST /admin/targets/:id/resume': needs('targets:manage', target),
  'POST /admin/targets/:id/circuit': needs('targets:manage', target),
  'POST /admin/targets/:id/release': needs('targets:manage', target),
  'GET /admin/alerts': needs('alerts:read'),
  'POST /admin/alerts/:id/acknowledge': needs('alerts:manage'),
  'GET /admin/overview': needs('deliveries:read'),
  'GET /metrics': needs('relay:read'),
  'GET /admin/issues': needs('deliveries:read'),
  'GET /admin/issues/:id': needs('deliveries:read'),
  'POST /admin/issues/:id/acknowledge': needs('alerts:manage'),
  'POST /admin/issues/:id/resolve': needs('alerts:manage'),
  'POST /admin/issues/:id/ignore': needs('alerts:manage'),
  'POST /admin/issues/:id/reopen': needs('alerts:manage'),
  'GET /admin/partitions': needs('relay:read'),
  'GET /admin/costs': needs('relay:read'),
  'GET /admin/audit': needs('audit:read'),
  'GET /admin/audit/export': needs('audit:read'),
  'GET /admin/credentials': needs('credentials:manage'),
  'POST /admin/credentials': needs('credentials:manage'),
  'GET /admin/credentials/:id': needs('credentials:manage'),
  'GET /admin/credentials/:id/usage': needs('credentials:manage'),
  'POST /admin/credentials/:id/rotate': needs('credentials:manage'),
  'POST /admin/credentials/:id/revoke': needs('credentials:manage'),
  'GET /admin/subscriptions': needs('subscriptions:manage'),
  'POST /admin/subscriptions': needs('subscriptions:manage'),
  'GET /admin/subscriptions/:id': needs('subscriptions:manage'),
  'POST /admin/subscriptions/:id/rotate': needs('subscriptions:manage'),
  'POST /admin/subscriptions/:id/test': needs('subscriptions:manage'),
  'POST /admin/subscriptions/:id/disable': needs('subscriptions:manage'),
  'POST /admin/subscriptions/:id/enable': needs('subscriptions:manage'),
  'PATCH /admin/subscriptions/:id': needs('subscriptions:manage'),
  'DELETE /admin/subscriptions/:id': needs('subscriptions:manage'),
  'GET /admin/secrets': needs('secrets:rotate'),
  'GET /admin/secrets/:kind/:id': needs('secrets:rotate'),
  'PUT /admin/secrets/:kind/:id': needs('secrets:rotate'),
  'DELETE /admin/secrets/:kind/:id': needs('secrets:rotate'),
  'POST /admin/secrets/:kind/:id/end-previous': needs('secrets:rotate'),
  'POST /admin/secrets/rotate-key': needs('credentials:manage'),
};

/** Null: no row. `method` as the request says it; a HEAD is a GET. */
export function findRule(method: string, path: string): RouteRule | null {
  const name = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(routeRules, name) ? (routeRules[name] ?? null) : null;
}
