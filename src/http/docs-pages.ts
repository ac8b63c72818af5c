// GET /docs and below: the pages of docs/, made at build time and served as they are. Public: they hold nothing that is not in the
// repository. They run no script and load nothing of another host, and their headers say so.

import type { Context, Hono } from 'hono';
import { problem } from './problem.ts';
import type { DashboardFiles, HttpEnv, HttpServices } from './services.ts';

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** By the ending of a file; what has none is a page. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  json: 'application/json',
};

/** Letters, digits and hyphens, and one ending at most: nothing that leaves the directory. */
const namePattern = /^[a-z0-9-]{1,100}(?:\.(?:css|svg|png|json))?$/;

export function routeDocsPages(app: Hono<HttpEnv>, { dashboard }: Pick<HttpServices, 'dashboard'>): void {
  app.get('/docs', (c) => serve(c, dashboard, ['index']));
  app.get('/docs/:file', (c) => serve(c, dashboard, [c.req.param('file')]));
  app.get('/docs/:folder/:file', (c) => serve(c, dashboard, [c.req.param('folder'), c.req.param('file')]));
}

async function serve(
  c: Context<HttpEnv>,
  files: DashboardFiles | null,
  names: readonly string[],
): Promise<Response> {
  if (files === null || !names.every((name) => namePattern.test(name))) return problem(c, 'not_found');
  const path = names.join('/');
  const whole = path.includes('.') ? path : `${path}.html`;
  const file = await files.read(`/docs/${whole}`);
  if (!file.ok) return problem(c, 'not_found');
  return c.body(await file.arrayBuffer(), 200, {
    'content-type': types[whole.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
    'content-security-policy': policy,
    // Asked again each time: the next deploy may have changed it.
    'cache-control': 'no-cache',
  });
}
