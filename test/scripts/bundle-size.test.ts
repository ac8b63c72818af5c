// What is deployed stays small: a cold start reads and compiles all of it. The figure is Wrangler's own, and what made it large
// once must not come back.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleOnce } from '../../scripts/local/bundle-worker.ts';
import { repository, runTool } from '../../scripts/local/command.ts';

/** KiB compressed, as Wrangler counts: half a second of a slow upload, and some 20 ms of compiling. */
const maxBundleKib = 300;

const dryRunTimeoutMs = 60_000;

describe('the bundle of the relay', () => {
  it(
    'is no larger than it may be, by Wrangler’s own figure',
    async () => {
      const args = ['deploy', '--dry-run', '--outdir', join(repository, '.wrangler/bundle-size')];
      const { code, output } = await runTool('wrangler', args, {
        output: 'capture',
        timeoutMs: dryRunTimeoutMs,
      });
      expect(code, output).toBe(0);
      const size = /gzip: ([\d.]+) KiB/.exec(output)?.[1];
      expect(Number(size), output).toBeGreaterThan(50);
      expect(Number(size), output).toBeLessThanOrEqual(maxBundleKib);
    },
    dryRunTimeoutMs,
  );

  it('holds no language of zod but English', async () => {
    const { code } = await bundleOnce(join(repository, 'src/worker.ts'));
    // The bundler heads each module that is in the bundle with its path.
    const modules = [...code.matchAll(/^\/\/ node_modules\/zod\/(\S+)$/gm)].map(([, path]) => path ?? '');
    const languages = modules.filter((path) => path.includes('/locales/'));
    expect(modules.length).toBeGreaterThan(5);
    expect(languages.map((path) => path.split('/').at(-1))).toEqual(['en.js']);
  });
});
