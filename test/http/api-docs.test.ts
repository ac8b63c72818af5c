// The description of the API: OpenAPI 3.1 that says of each route what it needs, and a page that runs nothing.
import { describe, expect, it } from 'vitest';
import { createMemoryRelay } from '../support/memory-relay.ts';

type Operation = {
  readonly operationId: string;
  readonly 'x-scopes'?: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
};

type Description = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

async function describeApi(): Promise<Description> {
  return (await createMemoryRelay().app.request('/openapi.json')).json();
}

describe('/openapi.json', () => {
  it('names scope, parameters and answers of each route', async () => {
    const { openapi, paths } = await describeApi();
    expect(openapi).toBe('3.1.0');
    const replay = paths['/admin/deliveries/{id}/replay']?.post;
    expect(replay?.['x-scopes']).toEqual(['deliveries:replay']);
    expect(replay?.parameters.map(({ name, in: place }) => `${place} ${name}`)).toEqual([
      ...['path id', 'query dryRun', 'query reads', 'header Idempotency-Key'],
    ]);
    expect(Object.keys(replay?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '202', '409', '429']),
    );
    const run = paths['/operations/{operation}']?.post;
    expect(run?.parameters.find(({ name }) => name === 'Idempotency-Key')?.required).toBe(true);
  });

  it('names each operation once, and every parameter of a path', async () => {
    const { paths } = await describeApi();
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, operation })),
    );
    const ids = all.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of all) {
      const named = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(named);
    }
  });
});

describe('/docs/api', () => {
  it('shows every route, and neither runs nor fetches anything', async () => {
    const response = await createMemoryRelay().app.request('/docs/api');
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(page).not.toMatch(/<script|<link|<img|https?:\/\//);
    for (const path of Object.keys((await describeApi()).paths))
      expect(page).toContain(path.replaceAll(/\{(\w+)\}/g, ':$1'));
  });
});
