// GET /admin/sources, GET and PUT /admin/sources/:id/grants: who may post, where, how it is verified, and what it may run. Says that a
// previous secret is set, never what one is.

import type { Context, Hono } from 'hono';
import * as z from 'zod';
import { allows, type Grant } from '../../core/identity/access-view.ts';
import { isDiffering } from '../../core/precondition.ts';
import type { RelayDefinition } from '../../core/relay-definition.ts';
import { versionOfGrants } from '../../core/versions.ts';
import { PortError } from '../../pipeline/ports.ts';
import { answerVersioned, noteVersion, preconditionOf, refuseDiffering } from '../conditional.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';
import { recordAct } from './audit.ts';
import { grantList, unknownNames, withRegistry } from './credentials.ts';
import { noteField } from './resolutions.ts';
import { validBody } from './validate.ts';

export const grantsBody = z.strictObject({
  /** Null: what its routes say. */
  grants: grantList.nullable(),
  reason: noteField,
});

export function routeSources(app: Hono<HttpEnv>): void {
  app.get('/admin/sources', async (c) => {
    const { config, definition } = c.get('services');
    const grants = await readGrants(c);
    return c.json({
      sources: [...definition.sources.values()].map(({ id, preset, reconcile, secretVariable, watch }) => ({
        id,
        ingestPath: watch === undefined ? `/hooks/${id}` : null,
        preset: preset.name,
        scheme: preset.scheme.name,
        topics: preset.topics,
        secretVariable: watch === undefined ? secretVariable : null,
        hasPreviousSecret: (config.sourceSecrets.get(id)?.previous ?? null) !== null,
        grants: grants === null ? 'unavailable' : (grants[id] ?? null),
        reconciles: reconcile !== undefined,
      })),
    });
  });

  app.get('/admin/sources/:id/grants', (c) => {
    const id = c.req.param('id');
    const { definition } = c.get('services');
    if (!definition.sources.has(id)) return problem(c, 'not_found');
    return withRegistry(c, async (registry) => {
      const grants = (await registry.listSourceGrants())[id] ?? null;
      const shown = { id, grants, refusedRoutes: refusedRoutes(definition, id, grants) };
      return answerVersioned(c, shown, versionOfGrants(id, grants));
    });
  });

  app.put('/admin/sources/:id/grants', validBody(grantsBody), (c) => {
    const { grants, reason } = c.req.valid('json');
    const id = c.req.param('id');
    const services = c.get('services');
    if (!services.definition.sources.has(id)) return problem(c, 'not_found');
    const unknown = unknownNames(services.definition, { sources: null, grants });
    if (unknown !== null) return problem(c, 'invalid_body', { errors: [unknown] });
    return withRegistry(c, async (registry) => {
      const before = await registry.setSourceGrants(id, grants, preconditionOf(c));
      if (isDiffering(before)) return refuseDiffering(c, before);
      const { actor } = c.get('caller');
      services.telemetry.log('info', 'source.grants_set', {
        requestId: c.get('requestId'),
        actor,
        source: id,
      });
      await recordAct(services, {
        ...{ actor, action: 'grants_set', deliveryId: null, orderingKey: null, target: null, reason },
        before: `${id} ${JSON.stringify(before)}`,
        after: `${id} ${JSON.stringify(grants)}`,
      });
      noteVersion(c, versionOfGrants(id, grants));
      return c.json({ id, grants, refusedRoutes: refusedRoutes(services.definition, id, grants) });
    });
  });
}

/** Null: the registry does not answer; the rest is shown all the same. */
async function readGrants(c: Context<HttpEnv>): Promise<Readonly<Record<string, readonly Grant[]>> | null> {
  const { registry, telemetry } = c.get('services');
  try {
    return (await registry?.listSourceGrants()) ?? {};
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    telemetry.log('error', 'registry.unavailable', { ageMs: null, error: error.message });
    return null;
  }
}

/** Its routes that will be refused from now on. */
function refusedRoutes(
  { routes }: Pick<RelayDefinition, 'routes'>,
  source: string,
  grants: readonly Grant[] | null,
): readonly string[] {
  return routes
    .filter((route) => route.source === source)
    .filter(({ operation, target }) => !allows(grants, { operation: operation.name, target }))
    .map(({ id }) => id);
}
