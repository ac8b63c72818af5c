// GET / for a browser, and GET /dashboard/:file: the dashboard's static files with headers that let it run nothing but its own
// script. Public: the files hold no data; every datum comes from the admin API with the caller's key.

import type { Context, Hono } from 'hono';
import { problem } from '../problem.ts';
import type { DashboardFiles, HttpEnv, HttpServices } from '../services.ts';

/** No inline script or style, no other host, no frame; and no text becomes markup, whatever a webhook holds. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** All there is: nothing else of the directory is asked for. */
const files: Readonly<Record<string, string>> = {
  'app.js': 'text/javascript; charset=utf-8',
  'chart.js': 'text/javascript; charset=utf-8',
  'chart.css': 'text/css; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

export function routeDashboard(app: Hono<HttpEnv>, { dashboard }: Pick<HttpServices, 'dashboard'>): void {
  if (dashboard !== null) {
    app.get('/', async (c, next) => {
      if (!(c.req.header('accept') ?? '').includes('text/html')) return next();
      return serve(c, { dashboard, path: '/index.html', type: 'text/html; charset=utf-8' });
    });
  }
  app.get('/dashboard/:file', (c) => {
    const file = c.req.param('file');
    const type = Object.hasOwn(files, file) ? files[file] : undefined;
    if (dashboard === null || type === undefined) return problem(c, 'not_found');
    return serve(c, { dashboard, path: `/dashboard/${file}`, type });
  });
}

type Wanted = { readonly dashboard: DashboardFiles; readonly path: string; readonly type: string };

async function serve(c: Context<HttpEnv>, { dashboard, path, type }: Wanted): Promise<Response> {
  const file = await dashboard.read(path);
  if (!file.ok) return problem(c, 'not_found');
  return c.body(await file.arrayBuffer(), 200, {
    'content-type': type,
    'content-security-policy': policy,
    'referrer-policy': 'no-referrer',
    // Asked again each time: a page and a script of two versions would not fit each other.
    'cache-control': 'no-cache',
    vary: 'accept',
  });
}
