// GET /admin/alerts and POST /admin/alerts/:id/acknowledge: what a person has to look at, what was, and
// the word that somebody does.

import type { Hono } from 'hono';
import * as z from 'zod';
import { toWireAlert } from '../../core/alerts/render-notice.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { recordAct } from './audit.ts';
import { pageLimit } from './filter.ts';
import { noteBody } from './resolutions.ts';
import { validBody, validQuery } from './validate.ts';

const idField = z.string().regex(/^alr_[0-9a-z]{1,10}$/, 'must be the id of an alert');

export const alertsQuery = z.strictObject({
  status: z.enum(['open', 'resolved'], 'must be open or resolved').optional(),
  limit: pageLimit,
  cursor: idField.optional(),
});

export function routeAlerts(app: Hono<HttpEnv>): void {
  app.get('/admin/alerts', validQuery(alertsQuery), async (c) => {
    const { status = null, limit, cursor = null } = c.req.valid('query');
    const found = await c.get('services').alerts.list({ status, before: cursor, limit: limit + 1 });
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return c.json({ alerts: page.map(toWireAlert), nextCursor: last?.id ?? null });
  });

  app.post('/admin/alerts/:id/acknowledge', validBody(noteBody), async (c) => {
    const id = idField.safeParse(c.req.param('id'));
    if (!id.success) return problem(c, 'not_found');
    const { note } = c.req.valid('json');
    const services = c.get('services');
    const { actor } = c.get('caller');
    const alert = await services.alerts.acknowledge(id.data, { by: actor, note });
    if (alert === null) return problem(c, 'not_found', { detail: 'No such alert is open.' });
    const fields = { requestId: c.get('requestId'), actor, alert: alert.id, rule: alert.rule };
    services.telemetry.log('info', 'alert.acknowledged', fields);
    await recordAct(services, {
      actor,
      action: 'acknowledged',
      deliveryId: null,
      orderingKey: null,
      target: null,
      before: `${alert.id} open`,
      after: `${alert.id} ${alert.status}`,
      reason: note,
    });
    return c.json(toWireAlert(alert));
  });
}
