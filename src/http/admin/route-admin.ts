// Everything under /admin, behind the guard: the bounds of a body, then one file a resource.

import type { Hono } from 'hono';
import { idempotent } from '../idempotency-key.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { routeAlerts } from './alerts.ts';
import { routeAudit } from './audit.ts';
import { routeBulkJobs } from './bulk-jobs.ts';
import { routeCapabilities } from './capabilities.ts';
import { routeCosts } from './costs.ts';
import { routeCredentials } from './credentials.ts';
import { routeDeliveries } from './deliveries.ts';
import { routeIntakes } from './intakes.ts';
import { routeIssues } from './issues.ts';
import { routeLines } from './lines.ts';
import { routeMe } from './me.ts';
import { routePartitions } from './partitions.ts';
import { routePlanReplays } from './plan-replays.ts';
import { routeReconciliation } from './reconciliation.ts';
import { routeRejectedRequests } from './rejected-requests.ts';
import { routeReplays } from './replays.ts';
import { routeResolutions } from './resolutions.ts';
import { routeSecrets } from './secrets.ts';
import { routeSources } from './sources.ts';
import { routeStops } from './stops.ts';
import { routeSubscriptions } from './subscriptions.ts';
import { routeTail } from './tail.ts';
import { routeTargets } from './targets.ts';
import { boundedBody, jsonOnly } from './validate.ts';

export function routeAdmin(app: Hono<HttpEnv>, services: HttpServices): void {
  app.use('/admin/*', boundedBody, jsonOnly, idempotent(services));
  routeAlerts(app);
  routeAudit(app);
  routeCosts(app);
  routeCredentials(app);
  routeIssues(app);
  routeLines(app);
  routeMe(app);
  routeDeliveries(app);
  routePlanReplays(app);
  routeReplays(app);
  routeBulkJobs(app);
  routeResolutions(app);
  routeStops(app);
  routeTail(app);
  routeTargets(app);
  routeCapabilities(app);
  routeSecrets(app);
  routeSubscriptions(app);
  routeSources(app);
  routeReconciliation(app);
  routeIntakes(app);
  routePartitions(app);
  routeRejectedRequests(app);
}
