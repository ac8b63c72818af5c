// Everything under /admin: first the key, then the bounds of a body, then one file a resource.

import type { Hono } from 'hono';
import { authorize } from '../authorize.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { routeAlerts } from './alerts.ts';
import { routeAudit } from './audit.ts';
import { routeCapabilities } from './capabilities.ts';
import { routeDeliveries } from './deliveries.ts';
import { routeIntakes } from './intakes.ts';
import { routeLines } from './lines.ts';
import { routePartitions } from './partitions.ts';
import { routeRejectedRequests } from './rejected-requests.ts';
import { routeReplays } from './replays.ts';
import { routeResolutions } from './resolutions.ts';
import { routeSources } from './sources.ts';
import { routeTargets } from './targets.ts';
import { boundedBody, jsonOnly } from './validate.ts';

export function routeAdmin(app: Hono<HttpEnv>, services: HttpServices): void {
  app.use('/admin/*', authorize(services), boundedBody, jsonOnly);
  routeAlerts(app, services);
  routeAudit(app, services);
  routeLines(app, services);
  routeDeliveries(app, services);
  routeReplays(app, services);
  routeResolutions(app, services);
  routeTargets(app, services);
  routeCapabilities(app, services);
  routeSources(app, services);
  routeIntakes(app, services);
  routePartitions(app, services);
  routeRejectedRequests(app, services);
}
