// GET /admin/targets and POST /admin/targets/:id/release: the ERPs operations run on, and sending on what is held for one
// after its cause (a credential, a broken contract) was mended. Shows where a target is, never its credential.

import type { Hono } from 'hono';
import { z } from 'zod';
import { limits } from '../../core/limits.ts';
import type { DeliveryView } from '../../core/sequencer/messages.ts';
import { adminActor } from '../authorize.ts';
import { problem } from '../problem.ts';
import type { HttpEnv, HttpServices } from '../services.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

const releaseBody = z.strictObject({ note: noteField });

export function routeTargets(app: Hono<HttpEnv>, services: HttpServices): void {
  const { definition, config } = services;
  app.get('/admin/targets', (c) =>
    c.json({
      targets: [...definition.targets.values()].map(({ id, adapter, network, timeoutMs, quietMs }) => ({
        id,
        adapter: {
          name: adapter.name,
          level: adapter.level,
          once: adapter.once,
          operations: Object.keys(adapter.operations),
        },
        baseUrl: config.targetSettings.get(id)?.baseUrl ?? null,
        network,
        timeoutMs,
        quietMs,
      })),
    }),
  );

  app.post('/admin/targets/:id/release', validBody(releaseBody), async (c) => {
    const target = c.req.param('id');
    if (!definition.targets.has(target)) return problem(c, 'not_found');
    const answer = await releaseHeld(services, target, c.req.valid('json').note);
    const counts = { released: answer.released.length, refused: answer.refused.length };
    services.telemetry.log('info', 'target.released', {
      requestId: c.get('requestId'),
      actor: adminActor,
      target,
      ...counts,
    });
    return c.json(answer);
  });
}

type ReleaseAnswer = {
  readonly released: string[];
  readonly refused: { readonly deliveryId: string; readonly reason: string }[];
  /** More are held than one call releases. */
  hasMore: boolean;
};

async function releaseHeld(services: HttpServices, target: string, note: string): Promise<ReleaseAnswer> {
  const { sequencers } = services;
  const answer: ReleaseAnswer = { released: [], refused: [], hasMore: false };
  for (const sequencer of sequencers.all()) {
    const left = limits.maxBulkReleases - answer.released.length - answer.refused.length;
    const held = await sequencer.listOpen({
      filter: { status: ['held'], target },
      cursor: null,
      limit: left + 1,
    });
    answer.hasMore ||= held.length > left;
    for (const deliveryId of held.slice(0, left).map(idOf)) {
      const act = { deliveryId, as: 'released', documentId: null, actor: adminActor, note } as const;
      const result = await sequencer.resolve(act);
      if (result.kind === 'resolved') answer.released.push(deliveryId);
      else answer.refused.push({ deliveryId, reason: result.reason });
    }
  }
  return answer;
}

function idOf(view: DeliveryView): string {
  return view.delivery.id;
}
