// GET /admin/tail: a WebSocket that is told of deliveries as they change; POST /admin/tail/tickets: a way in for browsers, which cannot
// send a header with an upgrade. What each socket is told is decided where it is told (platform/durable-objects/tail-object.ts).

import type { Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { protocolIn } from '../tail-protocol.ts';
import { toIso } from '../to-wire.ts';
import { filterFields, hasOneKey, instant, oneKey, toFilter } from './filter.ts';
import { validQuery } from './validate.ts';

const { receivedFrom: _from, receivedTo: _to, ...tailFields } = filterFields;

export const tailQuery = z
  .strictObject({
    ...tailFields,
    /** What changed since then is told first, as far as it is still known. */
    since: instant.optional(),
  })
  .refine(hasOneKey, oneKey);

export function routeTail(app: Hono<HttpEnv>): void {
  app.post('/admin/tail/tickets', async (c) => {
    const { credentialId, keyHash } = c.get('caller');
    const { ticket, expiresAt } = await c.get('services').tail.issueTicket({ credentialId, keyHash });
    c.set('holdsSecret', true);
    return c.json({ ticket, expiresAt: toIso(expiresAt) });
  });

  app.get('/admin/tail', validQuery(tailQuery), async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return problem(c, 'upgrade_required', upgrade);
    const { since = null, ...given } = c.req.valid('query');
    const services = c.get('services');
    const filter = await toFilter(services, given);
    if (filter === null) return problem(c, 'not_found', { detail: 'There is no such issue.' });
    const { credentialId, keyHash, actor } = c.get('caller');
    const protocol = protocolIn(c.req.header('sec-websocket-protocol'));
    const opened = await services.tail.open({ holder: { credentialId, keyHash }, filter, since, protocol });
    if (opened === null) return problem(c, 'tail_full', { headers: { 'retry-after': retryAfterSeconds } });
    services.telemetry.log('info', 'tail.opened', { requestId: c.get('requestId'), actor });
    return opened;
  });
}

const retryAfterSeconds = String(limits.retryAfterSeconds);

const upgrade = { headers: { upgrade: 'websocket' } };
