// GET /admin/targets and POST /admin/targets/:id/release: the ERPs operations run on, and sending on what is held for one
// after its cause (a credential, a broken contract) was mended. Shows where a target is, never its credential.

import type { Hono } from 'hono';
import { z } from 'zod';
import { limits } from '../../core/limits.ts';
import { releaseOperation } from '../../pipeline/index.ts';
import { adminActor } from '../authorize.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { toIso } from '../to-wire.ts';
import { within } from '../within.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const releaseBody = z.strictObject({
  /** Absent: every operation. */
  operation: z.string().min(1).max(limits.maxIdCharacters).optional(),
  note: noteField,
});

export function routeTargets(app: Hono<HttpEnv>, services: HttpServices): void {
  const { definition, config } = services;
  app.get('/admin/targets', async (c) => {
    const targets = [...definition.targets.values()];
    const heldOperations = await Promise.all(targets.map(({ id }) => holdsOf(services, id)));
    return c.json({
      targets: targets.map(({ id, adapter, network, timeoutMs, quietMs }, index) => ({
        id,
        adapter: {
          name: adapter.name,
          version: adapter.version,
          level: adapter.level,
          once: adapter.once,
          operations: Object.keys(adapter.operations),
        },
        baseUrl: config.targetSettings.get(id)?.baseUrl ?? null,
        network,
        timeoutMs,
        quietMs,
        heldOperations: heldOperations[index],
      })),
    });
  });

  app.post('/admin/targets/:id/release', validBody(releaseBody), async (c) => {
    const target = c.req.param('id');
    if (!definition.targets.has(target)) return problem(c, 'not_found');
    const { operation = null, note } = c.req.valid('json');
    const release = { target, operation, cause: null, actor: adminActor, note } as const;
    const { released, refused, remaining } = await releaseOperation(services, release);
    const counts = { released: released.length, refused: refused.length };
    services.telemetry.log('info', 'target.released', {
      requestId: c.get('requestId'),
      actor: adminActor,
      target,
      operation,
      ...counts,
    });
    return c.json({ released, refused, hasMore: remaining > 0 });
  });
}

/** Null: its object does not answer. */
async function holdsOf({ clock, holds, telemetry }: HttpServices, target: string) {
  try {
    const held = await within(clock, limits.operatorWaitMs, holds.list(target));
    return held.map(({ since, ...hold }) => ({ ...hold, since: toIso(since) }));
  } catch (error) {
    telemetry.log('error', 'target.holds_unknown', { target, error: String(error) });
    return null;
  }
}
