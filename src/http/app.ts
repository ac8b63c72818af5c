// The HTTP surface as one function from Request to Response. Knows ports and the pipeline, nothing of the platform:
// worker.ts makes the services, a test makes its own.

import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { limits } from '../core/limits.ts';
import type { ConfigProblem } from '../core/relay-definition.ts';
import { type Clock, PortError, type Randomness, type Telemetry } from '../pipeline/ports.ts';
import { guard } from './access/guard.ts';
import { routeOverview } from './admin/overview.ts';
import { routeAdmin } from './admin/route-admin.ts';
import { routeApiDocs } from './api-docs.ts';
import { routeCallbacks } from './callbacks.ts';
import { crossOrigin } from './cross-origin.ts';
import { routeDashboard } from './dashboard/route-dashboard.ts';
import { routeDocsPages } from './docs-pages.ts';
import { routeHealth } from './health.ts';
import { routeHome } from './home.ts';
import { identify } from './identify.ts';
import { routeIngest } from './ingest.ts';
import { routeJobs } from './jobs.ts';
import { routeOperations } from './operations.ts';
import { problem } from './problem.ts';
import type { HttpEnv, HttpServices } from './services.ts';

/** Under them everything needs a key, also what is not there. */
const guardedPaths = ['/admin/*', '/operations/*', '/jobs/*', '/callbacks/*', '/metrics/*'] as const;

export function createApp(services: HttpServices): Hono<HttpEnv> {
  const app = createBase(services);
  routeIngest(app, services);
  const across = crossOrigin(services.config.corsOrigins);
  const guarded = guard(services);
  for (const path of guardedPaths) {
    if (across !== null) app.use(path, across);
    app.use(path, guarded);
  }
  routeAdmin(app, services);
  routeOverview(app, services);
  routeOperations(app);
  routeJobs(app);
  routeCallbacks(app);
  routeHealth(app, services);
  routeApiDocs(app);
  routeDocsPages(app, services);
  routeDashboard(app, services);
  routeHome(app, services);
  return app;
}

/** What answers when the configuration is invalid: nothing is accepted, senders come again, /readyz says what to mend. */
export function createUnconfiguredApp(
  services: { readonly clock: Clock; readonly randomness: Randomness; readonly telemetry: Telemetry },
  invalid: readonly ConfigProblem[],
): Hono<HttpEnv> {
  const app = createBase(services);
  const checks = invalid.map(({ field, rule }) => ({
    name: 'configuration',
    ok: false,
    required: true,
    detail: `${field} ${rule}`,
  }));
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', (c) => c.json({ status: 'not_ready', checks }, 503));
  app.all('*', (c) => problem(c, 'configuration_invalid', { headers: retryAfter }));
  return app;
}

const retryAfter = { 'retry-after': String(limits.retryAfterSeconds) };

function createBase(services: {
  readonly randomness: Randomness;
  readonly telemetry: Telemetry;
}): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  app.use(identify(services.randomness));
  app.notFound((c) => problem(c, 'not_found'));
  app.onError((error, c) => toProblem(services.telemetry, error, c));
  return app;
}

function toProblem(telemetry: Telemetry, error: Error, c: Context<HttpEnv>): Response {
  if (error instanceof HTTPException && error.status === 400) return problem(c, 'malformed_json');
  const { method, path } = c.req;
  const fields = { requestId: c.get('requestId'), method, path, error: `${error.name}: ${error.message}` };
  if (error instanceof PortError) {
    telemetry.log('error', 'sequencer.unavailable', fields);
    return problem(c, 'sequencer_unavailable', { headers: retryAfter });
  }
  telemetry.log('error', 'request.failed', { ...fields, stack: error.stack });
  return problem(c, 'internal_error');
}
