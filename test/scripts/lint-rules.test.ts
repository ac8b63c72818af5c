// Proves that each house rule of biome.json fires where it must and stays silent where it may not.
// Runs Biome once over fixture files in a temporary directory that carries the repository's own configuration.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Fixture = { code: string; fires: string | null };

const repository = resolve(import.meta.dirname, '../..');
const layers = ['core', 'pipeline', 'operations', 'erp', 'integrations', 'platform', 'http'];
const mayImport: Record<string, string[]> = {
  core: ['core'],
  operations: ['core', 'operations'],
  pipeline: ['core', 'operations', 'pipeline'],
  erp: ['core', 'operations', 'erp'],
  integrations: ['core', 'operations', 'erp', 'integrations'],
  platform: ['pipeline', 'core', 'platform'],
  http: ['pipeline', 'core', 'operations', 'http'],
};
const mayImportConfig = ['platform', 'http'];

function importFixtures(): Map<string, Fixture> {
  const fixtures = new Map<string, Fixture>();
  for (const layer of layers) {
    for (const other of layers) {
      const allowed = mayImport[layer]?.includes(other) === true;
      fixtures.set(`src/${layer}/deep/imports-${other}.ts`, {
        code: `import { x } from '../../${other}/x.ts';\nexport const y = x;\n`,
        fires: allowed ? null : `${layer} may import only`,
      });
    }
    const configured = mayImportConfig.includes(layer);
    fixtures.set(`src/${layer}/imports-config.ts`, {
      code: `import { x } from '../config.ts';\nexport const y = x;\n`,
      fires: configured ? null : `${layer} may import only`,
    });
    fixtures.set(`src/${layer}/imports-worker.ts`, {
      code: `import type { X } from '../worker.ts';\nexport type Y = X;\n`,
      fires: `${layer} may import only`,
    });
    fixtures.set(`src/${layer}/imports-sandbox.ts`, {
      code: `export * from '../sandbox-erp/x.ts';\n`,
      fires: 'The sandbox ERP is a Worker of its own',
    });
    fixtures.set(`src/${layer}/imports-cloudflare.ts`, {
      code: `import { DurableObject } from 'cloudflare:workers';\nexport const y = DurableObject;\n`,
      fires: layer === 'platform' ? null : 'Only worker.ts and platform/ may know Cloudflare',
    });
    fixtures.set(`src/${layer}/imports-hono.ts`, {
      code: `import { cors } from 'hono/cors';\nexport const y = cors;\n`,
      fires: layer === 'http' ? null : 'Only http/ may know Hono',
    });
    fixtures.set(`src/${layer}/imports-node.ts`, {
      code: `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n`,
      fires: 'Node.js builtin module',
    });
  }
  return fixtures;
}

function inputFixtures(): Map<string, Fixture> {
  const clock = 'The clock is passed in';
  const randomness = 'Randomness is passed in';
  const reads: [string, string, string][] = [
    ['date-now', 'Date.now()', clock],
    ['new-date', 'new Date()', clock],
    ['performance-now', 'performance.now()', clock],
    ['random', 'Math.random()', randomness],
    ['random-uuid', 'crypto.randomUUID()', randomness],
    ['random-values', 'crypto.getRandomValues(new Uint8Array(1))', randomness],
    ['fetch', "fetch('https://example.test')", 'Network calls go through a port'],
    ['console', "console.log('x')", 'Log lines go through the telemetry port'],
    ['timeout', 'setTimeout(() => {}, 1)', 'Timers come through a port'],
    ['interval', 'setInterval(() => {}, 1)', 'Timers come through a port'],
    ['global-this', 'globalThis.Date', 'Reaching a global by way of globalThis'],
  ];
  const fixtures = new Map<string, Fixture>();
  for (const [name, expression, message] of reads) {
    const code = `export const y = () => ${expression};\n`;
    fixtures.set(`src/core/reads-${name}.ts`, { code, fires: message });
    fixtures.set(`src/pipeline/reads-${name}.ts`, { code, fires: message });
    fixtures.set(`src/platform/reads-${name}.ts`, { code, fires: null });
  }
  const pure = 'export const y = (ms: number) => new Date(ms).toISOString() + Math.max(1, 2);\n';
  fixtures.set('src/core/formats-date.ts', { code: pure, fires: null });
  fixtures.set('src/http/reads-buffer.ts', {
    code: "export const y = Buffer.from('x');\n",
    fires: "Buffer is Node's alone",
  });
  fixtures.set('src/core/reads-process.ts', {
    code: 'export const y = process.env;\n',
    fires: 'A Worker has no process',
  });
  return fixtures;
}

function shapeFixtures(): Map<string, Fixture> {
  const body = (lines: number) => Array.from({ length: lines }, (_, i) => `  n += ${i};`).join('\n');
  return new Map<string, Fixture>([
    [
      'src/config.ts',
      { code: "import { x } from './http/x.ts';\nexport const y = x;\n", fires: 'config.ts may not import' },
    ],
    ['src/worker.ts', { code: "import { x } from './http/app.ts';\nexport default x;\n", fires: null }],
    ['src/core/any.ts', { code: 'export const y = (x: any) => x;\n', fires: 'Unexpected any' }],
    ['src/core/default.ts', { code: 'export default 1;\n', fires: 'default export' }],
    ['src/core/enum.ts', { code: 'export enum Y {\n  A = 1,\n}\n', fires: 'enum' }],
    ['src/core/CamelCase.ts', { code: 'export const y = 1;\n', fires: 'kebab-case' }],
    ['src/core/unused.ts', { code: 'const y = 1;\n', fires: 'unused' }],
    [
      'src/core/extension.ts',
      { code: "import { y } from './any';\nexport const z = y;\n", fires: 'extension' },
    ],
    [
      'src/core/undeclared.ts',
      {
        code: "import { y } from 'left-pad';\nexport const z = y;\n",
        fires: "isn't specified in package.json",
      },
    ],
    [
      'src/core/params.ts',
      { code: 'export const y = (a: 1, b: 2, c: 3, d: 4) => [a, b, c, d];\n', fires: 'parameters' },
    ],
    [
      'src/core/long-function.ts',
      { code: `export function y() {\n  let n = 0;\n${body(80)}\n  return n;\n}\n`, fires: 'function' },
    ],
    ['src/core/long-file.ts', { code: `${'// line\n'.repeat(401)}export const y = 1;\n`, fires: 'lines' }],
    [
      'test/core/skipped.test.ts',
      { code: "import { it } from 'vitest';\nit.skip('x', () => {});\n", fires: 'skip' },
    ],
    [
      'test/core/focused.test.ts',
      { code: "import { it } from 'vitest';\nit.only('x', () => {});\n", fires: 'focus' },
    ],
    [
      'src/core/floating-promise.ts',
      {
        code: 'export async function y() {}\nexport function z() {\n  y();\n}\n',
        fires: 'Promise',
      },
    ],
    [
      'src/core/misused-promise.ts',
      {
        code: 'async function y() {}\nexport const z = () => (y() ? 1 : 2);\n',
        fires: 'Promise',
      },
    ],
    [
      'test/pipeline/imports-platform.test.ts',
      {
        code: "import { x } from '../../src/platform/x.ts';\nexport const y = x;\n",
        fires: 'with platform/ moved away',
      },
    ],
    [
      'test/platform/imports-platform.test.ts',
      { code: "import { x } from '../../src/platform/x.ts';\nexport const y = x;\n", fires: null },
    ],
  ]);
}

const fixtures = new Map([...importFixtures(), ...inputFixtures(), ...shapeFixtures()]);
const found = new Map<string, string[]>();
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-lint-'));
  for (const name of ['biome.json', 'package.json', '.gitignore', 'scripts/lint']) {
    cpSync(join(repository, name), join(directory, name), { recursive: true });
  }
  for (const [path, fixture] of fixtures) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), fixture.code);
  }
  for (const { path, message } of lintDiagnostics()) {
    found.set(path, [...(found.get(path) ?? []), message]);
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lintDiagnostics(): { path: string; message: string }[] {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--colors=off', '--max-diagnostics=none'];
  const run = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  // The human report, because only it carries the reasons of restricted globals. Each finding opens with
  // "path:line:column category ━━━".
  return run.stderr.split(/^(?=\S+ (?:lint\/|plugin)\S* )/m).map((block) => ({
    path: /^[^\s:]+/.exec(block)?.[0] ?? '',
    message: block,
  }));
}

describe('lint rules', () => {
  for (const [path, { fires }] of fixtures) {
    if (fires === null) {
      it(`leaves ${path} alone`, () => {
        expect(found.get(path) ?? []).toEqual([]);
      });
    } else {
      it(`refuses ${path} and says why`, () => {
        expect((found.get(path) ?? []).join('\n')).toContain(fires);
      });
    }
  }
});
