// How long the Worker's module takes from its text to its exports: what a cold start adds before the first request. Measured in
// Node, whose V8 compiles and runs the same bundle, minified as it is deployed; what the runtime brings itself is replaced by
// empty classes.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { bundleWorker } from '../../scripts/local/bundle-worker.ts';
import { repository, toolEnvironment } from '../../scripts/local/command.ts';

const runtimeStub = `export class DurableObject { constructor(ctx, env) { this.ctx = ctx; this.env = env; } }
export class WorkerEntrypoint {}
export const waitUntil = () => {};
export const env = {};`;

/** CPU time, for the clock on the wall counts what others do. */
const timeIt = `const before = process.cpuUsage();
await import(process.argv[1]);
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1000));`;

/** Five fresh processes, ms of CPU each; Node's own loading of a file is in them. */
export async function measureModuleStart(): Promise<number[]> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
  try {
    const bundle = await bundleWorker(join(repository, 'src/worker.ts'));
    const { code } = await transform(bundle, { minify: true, format: 'esm' });
    writeFileSync(join(dir, 'runtime.mjs'), runtimeStub);
    const file = join(dir, 'worker.mjs');
    writeFileSync(file, code.replaceAll(/from\s*"cloudflare:[a-z]+"/g, 'from "./runtime.mjs"'));
    const args = ['--input-type=module', '-e', timeIt, file];
    return [1, 2, 3, 4, 5].map(() =>
      Number(execFileSync('node', args, { encoding: 'utf8', env: toolEnvironment() })),
    );
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
