// POST …/resolve, …/skip, …/release and …/unblock: a person's word about a delivery. `done` is written to the ledger, `dropped`
// lets the line go on without it, a release sends a held one on, an unblock lets its line pass it or lets it go first.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { ResolveRequest } from '../../core/sequencer/messages.ts';
import { findHolder } from '../../pipeline/sequencers.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { validBody } from './validate.ts';

export const noteField = z.string().trim().min(1, 'is required: say why').max(limits.maxNoteCharacters);

export const resolveBody = z
  .strictObject({
    as: z.enum(['done', 'dropped'], 'must be done or dropped'),
    documentId: z.string().trim().min(1).max(limits.maxIdCharacters).optional(),
    note: noteField,
  })
  .refine((body) => body.as === 'done' || body.documentId === undefined, {
    path: ['documentId'],
    message: 'may only be given with done',
  });

export const noteBody = z.strictObject({ note: noteField });

export function routeResolutions(app: Hono<HttpEnv>): void {
  app.post('/admin/deliveries/:id/resolve', validBody(resolveBody), (c) => {
    const { as, documentId = null, note } = c.req.valid('json');
    return resolve(c, { deliveryId: c.req.param('id'), as, documentId, note });
  });
  app.post('/admin/deliveries/:id/skip', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    const deliveryId = c.req.param('id');
    return resolve(c, { deliveryId, as: 'dropped', documentId: null, note });
  });
  app.post('/admin/deliveries/:id/release', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    const deliveryId = c.req.param('id');
    return resolve(c, { deliveryId, as: 'released', documentId: null, note });
  });
  app.post('/admin/deliveries/:id/unblock', validBody(noteBody), (c) => {
    const { note } = c.req.valid('json');
    const deliveryId = c.req.param('id');
    return resolve(c, { deliveryId, as: 'unblocked', documentId: null, note });
  });
}

async function resolve(c: Context<HttpEnv>, asked: Omit<ResolveRequest, 'actor'>): Promise<Response> {
  const { sequencers, telemetry } = c.get('services');
  const request: ResolveRequest = { ...asked, actor: c.get('caller').actor };
  const id = parseId('dlv', request.deliveryId);
  const holder = id.ok ? await findHolder(sequencers, id.value, request.deliveryId) : null;
  if (holder === null) return problem(c, 'not_found');
  const answer = await holder.sequencer.resolve(request);
  if (answer.kind === 'refused') return problem(c, answer.reason, { detail: answer.message });
  const { deliveryId, as, documentId } = request;
  const fields = {
    requestId: c.get('requestId'),
    actor: request.actor,
    delivery: deliveryId,
    as,
    documentId,
  };
  if (as === 'released') telemetry.log('info', 'delivery.released', fields);
  else if (as === 'unblocked') telemetry.log('info', 'delivery.unblocked', fields);
  else telemetry.log('info', 'delivery.resolved', fields);
  return c.json({ deliveryId, status: answer.delivery.state.status });
}
