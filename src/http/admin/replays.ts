// POST /admin/deliveries/:id/replay: a new delivery at the place of an old one. What may be replayed is decided behind it; this is
// where the answers become statuses. Many at once are bulk jobs: bulk-jobs.ts.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { dryRun } from '../../pipeline/dry-run.ts';
import type { ReplayFailure } from '../../pipeline/prepare-replay.ts';
import { replay } from '../../pipeline/replay.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { toWireDryRun } from '../to-wire-dry-run.ts';
import { validBody, validQuery } from './validate.ts';

const note = z.string().trim().max(limits.maxNoteCharacters);

export const replayBody = z
  .strictObject({
    input: z.unknown().optional(),
    /** What the delivery was sent with, or what the present mapping gives. */
    mapping: z.enum(['original', 'current'], 'must be original or current').default('current'),
    reason: note.default(''),
    force: z.boolean().default(false),
  })
  .refine((body) => !body.force || body.reason !== '', {
    path: ['reason'],
    message: 'is required where force is true',
  })
  .refine((body) => body.mapping === 'current' || body.input === undefined, {
    path: ['mapping'],
    message: 'must be current where an input is given',
  });

export const replayQuery = z.strictObject({
  dryRun: z.enum(['', 'true', 'false'], 'must be true or false').optional(),
  /** Of a dry run: whether the ERP is asked what an attempt would read. */
  reads: z.enum(['true', 'false'], 'must be true or false').optional(),
});

export function routeReplays(app: Hono<HttpEnv>): void {
  app.post('/admin/deliveries/:id/replay', validQuery(replayQuery), validBody(replayBody), async (c) => {
    const services = c.get('services');
    const { actor } = c.get('caller');
    const { input, mapping, reason, force } = c.req.valid('json');
    const deliveryId = c.req.param('id');
    const edited = input === undefined ? null : { input };
    const { dryRun: onlyShow = 'false', reads = 'true' } = c.req.valid('query');
    const wanted = { deliveryId, edited, mapping, forced: force };
    if (onlyShow !== 'false') {
      const { targetSettings } = services.config;
      const baseUrlOf = (target: string) => targetSettings.get(target)?.baseUrl ?? null;
      const asksErp = reads === 'true';
      const answer = await dryRun({ ...services, baseUrlOf }, { ...wanted, asksErp });
      return answer.kind === 'shown' ? c.json(toWireDryRun(answer, c.get('caller'))) : refuse(c, answer);
    }
    const answer = await replay(services, { ...wanted, actor, reason });
    if (answer.kind !== 'replayed') return refuse(c, answer);
    services.telemetry.log('info', 'delivery.replayed', {
      requestId: c.get('requestId'),
      actor,
      delivery: answer.deliveryId,
      replayOf: answer.replayOf,
      edited: edited !== null,
      mapping,
      forced: force,
    });
    return c.json({ deliveryId: answer.deliveryId, replayOf: answer.replayOf }, 202);
  });
}

function refuse(c: Context<HttpEnv>, failure: ReplayFailure): Response {
  switch (failure.kind) {
    case 'not_found':
      return problem(c, 'not_found');
    case 'unavailable':
      return problem(c, 'journal_unavailable', {
        detail: failure.message,
        headers: { 'retry-after': String(limits.retryAfterSeconds) },
      });
    case 'conflict':
      return problem(c, failure.reason, { detail: failure.message });
    case 'unprocessable':
      return problem(c, failure.reason, { detail: failure.message, errors: failure.fieldErrors });
  }
}
