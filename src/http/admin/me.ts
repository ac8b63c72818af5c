// GET /admin/me: who asks, and what the credential lets its holder do and see. Told to any good credential, so that a caller
// need not try what it may not do: every refusal stands in the audit.

import type { Hono } from 'hono';
import type { HttpEnv } from '../services.ts';

export function routeMe(app: Hono<HttpEnv>): void {
  app.get('/admin/me', (c) => {
    const { actor, name, scopes, view } = c.get('caller');
    return c.json({ actor, name, scopes: [...scopes].sort(), sources: view.sources, grants: view.grants });
  });
}
