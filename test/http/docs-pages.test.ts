// The pages at /docs: served with headers that let them run nothing, and nothing beside them is to be had.
import { describe, expect, it } from 'vitest';
import { createMemoryRelay } from '../support/memory-relay.ts';

function relayWithFiles() {
  const asked: string[] = [];
  const dashboard = {
    read: async (path: string) => {
      asked.push(path);
      return path.includes('nowhere') ? new Response(null, { status: 404 }) : new Response(`file ${path}`);
    },
  };
  return { ...createMemoryRelay({ services: { dashboard } }), asked };
}

describe('/docs', () => {
  it.each([
    ['/docs', '/docs/index.html', 'text/html; charset=utf-8'],
    ['/docs/quick-start', '/docs/quick-start.html', 'text/html; charset=utf-8'],
    ['/docs/guides/production', '/docs/guides/production.html', 'text/html; charset=utf-8'],
    ['/docs/style.css', '/docs/style.css', 'text/css; charset=utf-8'],
    ['/docs/images/way.svg', '/docs/images/way.svg', 'image/svg+xml'],
    ['/docs/grafana/holdfast.json', '/docs/grafana/holdfast.json', 'application/json'],
  ])('%s is the file %s', async (path, file, type) => {
    const { app } = relayWithFiles();
    const response = await app.request(path);
    expect([response.status, await response.text()]).toEqual([200, `file ${file}`]);
    expect(response.headers.get('content-type')).toBe(type);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/script-src|unsafe|https:|\*/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    '/docs/nowhere',
    '/docs/..%2Findex',
    '/docs/%2e%2e%2fdashboard/app',
    '/docs/app.js',
    '/docs/a/b/c',
    '/docs/guides/..',
    '/docs/Guides',
    '/docs/a.html.css',
  ])('%s is nothing', async (path) => {
    const { app, asked } = relayWithFiles();
    const response = await app.request(path);
    expect(asked.filter((each) => !each.startsWith('/docs/') || each.includes('..'))).toEqual([]);
    if (response.status === 200) expect(asked).toEqual([`/docs/index.html`]);
    else expect(response.status).toBe(404);
  });

  it('is not there where the build has no files, and the description of the API is', async () => {
    const { app } = createMemoryRelay();
    expect((await app.request('/docs')).status).toBe(404);
    expect((await app.request('/docs/api')).status).toBe(200);
  });
});
