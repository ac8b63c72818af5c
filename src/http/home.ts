// GET / and GET /problems/:code: what a program meets at the relay's address; a browser gets the dashboard. Plain text, nothing that needs a key.

import type { Hono } from 'hono';
import { problem } from './problem.ts';
import { isProblemCode, type ProblemKind, problems } from './problems.ts';
import type { HttpEnv, HttpServices } from './services.ts';

export function routeHome(app: Hono<HttpEnv>, services: Pick<HttpServices, 'definition'>): void {
  const hooks = [...services.definition.sources.keys()].map((id) => `  POST /hooks/${id}`).join('\n');
  const text = `Holdfast: a webhook relay for ERPs.

Ingest, signed by the sender:
${hooks}

Admin, with Authorization: Bearer <key>:
  GET  /admin/deliveries                 search, newest first
  GET  /admin/deliveries/:id             all that happened to one
  POST /admin/deliveries/:id/replay      again, perhaps with an edited input; ?dryRun=true only shows
  POST /admin/deliveries/:id/resolve     close it: done by hand, or dropped
  POST /admin/deliveries/:id/skip        close it: dropped
  POST /admin/deliveries/:id/hold        keep it, and its line, from going on
  POST /admin/deliveries/:id/release     let a held one go on
  POST /admin/deliveries/:id/cancel      close one that waits, untried
  POST /admin/replays                    replay by filter, as a job
  POST /admin/targets/:id/release        let all held ones of a target go on
  GET  /admin/targets/:id/capabilities   what its adapter and its ERP can do
  GET  /admin/rejected-requests  /admin/partitions  /admin/costs  /admin/sources  /admin/targets
  GET  /admin/subscriptions              who is told of what
  GET  /admin/credentials  /admin/secrets  /admin/audit  /admin/alerts
  GET  /admin/issues  /admin/overview     failures by their cause; how the relay does
  GET  /metrics                          the same for Prometheus

Operations, with a key and an Idempotency-Key:
  POST /operations/:operation            run an intent directly
  GET  /jobs/:id                         what became of it

Callbacks of an ERP, with a key:
  POST /callbacks/:deliveryId            a job has ended: the ERP is asked at once

Health and description:
  GET  /healthz  /readyz  /docs  /openapi.json
`;
  app.get('/', (c) => c.text(text, 200, { vary: 'accept' }));
  app.get('/problems/:code', (c) => {
    const code = c.req.param('code');
    if (!isProblemCode(code)) return problem(c, 'not_found');
    const { status, title, advice }: ProblemKind = problems[code];
    return c.text(`${code} (${status}): ${title}.\n${advice}\n`);
  });
}
