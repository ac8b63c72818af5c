// POST /callbacks/:deliveryId: a job of the ERP has ended, says whoever holds the key. The body is not read: the ERP is
// asked at once instead of later, and what it says then counts. So a false or doubled callback costs one look.

import type { Hono } from 'hono';
import { parseId } from '../core/ids.ts';
import { findHolder } from '../pipeline/sequencers.ts';
import { problem } from './problem.ts';
import type { HttpEnv } from './services.ts';

export function routeCallbacks(app: Hono<HttpEnv>): void {
  app.post('/callbacks/:deliveryId', async (c) => {
    const services = c.get('services');
    const deliveryId = c.req.param('deliveryId');
    const id = parseId('dlv', deliveryId);
    const holder = id.ok ? await findHolder(services.sequencers, id.value, deliveryId) : null;
    const answer = await holder?.sequencer.pollNow(deliveryId);
    if (answer === undefined || answer.kind === 'not_found') return problem(c, 'not_found');
    const status = answer.kind === 'due' ? 'running' : answer.status;
    services.telemetry.log('info', 'callback.received', {
      requestId: c.get('requestId'),
      delivery: deliveryId,
      status,
    });
    // One that comes after the end is in order too: its sender has nothing to repeat.
    return c.json({ deliveryId, status }, answer.kind === 'due' ? 202 : 200);
  });
}
