// GET /admin/sources: who may post, where, and how it is verified. Says that a previous secret is set, never what one is.

import type { Hono } from 'hono';
import type { HttpEnv } from '../services.ts';

export function routeSources(app: Hono<HttpEnv>): void {
  app.get('/admin/sources', (c) => {
    const { config, definition } = c.get('services');
    return c.json({
      sources: [...definition.sources.values()].map(({ id, preset, secretVariable }) => ({
        id,
        ingestPath: `/hooks/${id}`,
        preset: preset.name,
        scheme: preset.scheme.name,
        topics: preset.topics,
        secretVariable,
        hasPreviousSecret: (config.sourceSecrets.get(id)?.previous ?? null) !== null,
      })),
    });
  });
}
