// The test projects: what runs in Node, what runs in workerd, what runs end to end, and what only has to compile.
// Files keep to themselves what they start; a project is isolated only where a test can leave a trace in a module.
import { existsSync } from 'node:fs';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { testSecrets, testVariables } from './test/support/test-bindings.ts';

const inWorkers = ['test/platform/**/*.test.ts', 'test/http/**/*.test.ts', 'test/worker.test.ts'];
const inSandbox = ['test/sandbox-erp/**/*.test.ts'];
const endToEnd = ['test/e2e/**/*.test.ts'];
/** Whole relays too, and a real Chromium: after the others, for their timings' sake. */
const inBrowser = ['test/browser/**/*.test.ts'];
/** Has a runner of its own (`npm run test:staging`): it needs an ERP. */
const onStaging = ['test/staging/**'];

const migrations = existsSync('migrations') ? await readD1Migrations('migrations') : [];

/** A machine may be slow: what is waited for is bounded by this, not by how fast it was where it was written. */
const poll = { timeout: 15_000, interval: 50 };

/** A test reaches no network: what it means to reach it replaces (`vi.spyOn(globalThis, 'fetch')`). */
const refuseNetwork = () => new Response('This test has no network: replace fetch.', { status: 599 });

export default defineConfig({
  test: {
    // What a Worker logs is read where its test fails.
    silent: 'passed-only',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...inWorkers, ...inSandbox, ...endToEnd, ...inBrowser, ...onStaging],
          testTimeout: 30_000,
          isolate: false,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: { ...testVariables, ...testSecrets, TEST_MIGRATIONS: migrations },
              outboundService: refuseNetwork,
            },
          }),
        ],
        test: {
          name: 'workers',
          include: inWorkers,
          testTimeout: 20_000,
          expect: { poll },
          setupFiles: ['test/support/apply-migrations.ts'],
          // Vitest would wait for every console line to be acknowledged, and the acknowledgement of one that came from
          // an object which has crashed since never reaches it: the run would not end.
          disableConsoleIntercept: true,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.sandbox.toml' },
            miniflare: {
              bindings: {
                SANDBOX_ERP_KEY_ID: testSecrets.SANDBOX_ERP_KEY_ID,
                SANDBOX_ERP_KEY_SECRET: testSecrets.SANDBOX_ERP_KEY_SECRET,
              },
              outboundService: refuseNetwork,
            },
          }),
        ],
        test: { name: 'sandbox', include: inSandbox, testTimeout: 20_000, disableConsoleIntercept: true },
      },
      {
        test: {
          name: 'e2e',
          include: endToEnd,
          isolate: false,
          // One relay at a time: each is a runtime process, and their timings are part of what is tested.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: { poll },
        },
      },
      {
        test: {
          name: 'browser',
          include: inBrowser,
          isolate: false,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 90_000,
          hookTimeout: 180_000,
          expect: { poll },
        },
      },
      {
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './test/types/tsconfig.json',
            // The sources' own errors are the business of `npm run check`.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
});
