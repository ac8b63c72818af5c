// POST …/hold and …/cancel: a person stops a delivery that waits. A held one, and its line, go on with a release; a cancelled one is
// closed without being tried. What is being worked on is neither: the refusal says what to do instead.

import type { Context, Hono } from 'hono';
import { parseId } from '../../core/ids.ts';
import type { StopRequest } from '../../core/sequencer/messages.ts';
import { findHolder } from '../../pipeline/sequencers.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { noteBody } from './resolutions.ts';
import { validBody } from './validate.ts';

export function routeStops(app: Hono<HttpEnv>): void {
  app.post('/admin/deliveries/:id/hold', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    return stop(c, { deliveryId: c.req.param('id'), as: 'held', note });
  });
  app.post('/admin/deliveries/:id/cancel', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    return stop(c, { deliveryId: c.req.param('id'), as: 'cancelled', note });
  });
}

async function stop(c: Context<HttpEnv>, asked: Omit<StopRequest, 'actor'>): Promise<Response> {
  const { sequencers, telemetry } = c.get('services');
  const { actor } = c.get('caller');
  const { deliveryId, as } = asked;
  const id = parseId('dlv', deliveryId);
  const holder = id.ok ? await findHolder(sequencers, id.value, deliveryId) : null;
  if (holder === null) return problem(c, 'not_found');
  const answer = await holder.sequencer.stop({ ...asked, actor });
  if (answer.kind === 'refused') return problem(c, answer.reason, { detail: answer.message });
  const requestId = c.get('requestId');
  telemetry.log('info', 'delivery.stopped', { requestId, actor, delivery: deliveryId, as });
  return c.json({ deliveryId, status: answer.delivery.state.status });
}
