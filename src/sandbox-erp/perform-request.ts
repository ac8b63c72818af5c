// One authenticated request, or a batch of them, against the rules: scope, module, body, rule.
// Runs inside the caller's transaction. May not know faults, tokens or how an answer travels.

import * as z from 'zod';
import { type Erp, parseBody, requireModule } from './erp.ts';
import { Refusal, type RefusalBody } from './refusal.ts';
import { matchRoute, type RouteMatch } from './routes.ts';
import type { Session } from './sessions.ts';

export const BATCH_ROUTE = 'POST /api/batch';

/** 100 requests: one transaction of a few hundred rows, well under a second. */
const MAX_BATCH_REQUESTS = 100;

export type Performed = { readonly status: number; readonly body: unknown };

export type PerformRequest = {
  readonly session: Session;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
};

export function performRoute(erp: Erp, { route, params }: RouteMatch, request: PerformRequest): Performed {
  const { area } = route;
  if (area !== null && !request.session.scopes.includes(area)) {
    throw new Refusal({ status: 403, code: 'scope_missing', message: `The key lacks the scope ${area}.` });
  }
  if (area !== null) requireModule(erp, area);
  const { query, body } = request;
  return { status: route.status, body: route.run(erp, { params, query, body }) };
}

const batchBody = z.object({
  /** True: all requests or none. False: each by itself, and the answer is 200 whatever came of them. */
  atomic: z.boolean().default(false),
  requests: z
    .array(
      z.object({
        method: z.enum(['POST', 'PUT', 'PATCH']),
        path: z.string().startsWith('/api/'),
        body: z.unknown(),
      }),
    )
    .min(1)
    .max(MAX_BATCH_REQUESTS),
});

/** `savepoint` undoes what its function did where that throws. */
export function performBatch(
  erp: Erp,
  request: PerformRequest,
  savepoint: <T>(run: () => T) => T,
): Performed {
  const { atomic, requests } = parseBody(batchBody, request.body);
  const results: Performed[] = [];
  for (const [index, item] of requests.entries()) {
    try {
      results.push(savepoint(() => performItem(erp, item, request.session)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (atomic) throw refusedBatch(error.body, index);
      results.push({ status: error.status, body: error.body });
    }
  }
  return { status: 200, body: { results } };
}

function performItem(
  erp: Erp,
  item: { method: string; path: string; body: unknown },
  session: Session,
): Performed {
  const match = matchRoute(item.method, item.path);
  if (match === null) throw unknownRoute(item.method, item.path);
  return performRoute(erp, match, { session, query: {}, body: item.body });
}

function refusedBatch({ error }: RefusalBody, index: number): Refusal {
  const at = `requests[${index}]`;
  const fields = error.fields ?? [{ field: '', code: error.code, message: error.message }];
  return new Refusal({
    ...{ status: 422, code: 'batch_refused', message: `${at}: ${error.message}` },
    fields: fields.map(({ field, ...rest }) => ({
      field: field === '' ? at : `${at}.body.${field}`,
      ...rest,
    })),
  });
}

export const unknownRoute = (method: string, path: string): Refusal =>
  new Refusal({ status: 404, code: 'unknown_route', message: `There is no ${method} ${path}.` });
