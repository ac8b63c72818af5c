// `npm run staging:diff`: what the ERP's documents look like today, compared with the baseline of a version. Tells what an
// upgrade changed before it reaches production. Ends with 1 where something did.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fail, readOptions, repository, runTool } from './local/command.ts';
import { compareEvidence, type Evidence } from './staging/compare-evidence.ts';
import { checkNamedTarget, prepareStaging } from './staging/prepare-staging.ts';
import { TrytonMissingError } from './tryton/install-tryton.ts';

const usage = `npm run staging:diff -- [options]

  --baseline F    compare with this file (default: that of the same version, else the newest of the ERP)
  --save          keep what was found as the baseline of its version
  --save-to D     where baselines are (default: test/staging/baselines)

  The ERP is the one of "npm run test:staging", STAGING_TARGET and all.
`;

/** The scenarios take a minute or two; more means that they hang, ms. */
const runTimeoutMs = 15 * 60_000;

const read = (path: string): Evidence => JSON.parse(readFileSync(path, 'utf8')) as Evidence;

/** By version, so that 6.0.9 comes before 6.0.29. */
function findBaseline(directory: string, { erp, version }: Evidence): string | null {
  const own = join(directory, `${erp}-${version}.json`);
  if (existsSync(own)) return own;
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const newest = names
    .filter((name) => name.startsWith(`${erp}-`) && name.endsWith('.json'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  return newest === undefined ? null : join(directory, newest);
}

async function gather(): Promise<Evidence> {
  const refusal = checkNamedTarget(process.env);
  if (refusal !== null) fail(refusal.message);
  const { env, clean } = await prepareStaging((what) => void process.stdout.write(`${what}\n`));
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-evidence-'));
  const path = join(directory, 'evidence.json');
  const suite = ['--config', 'vitest.staging.config.ts', 'test/staging/documents.test.ts'];
  const { code, output } = await runTool('vitest', ['run', ...suite], {
    env: { ...env, STAGING_SEED: '1', STAGING_EVIDENCE: path },
    output: 'capture',
    timeoutMs: runTimeoutMs,
  });
  if (!existsSync(path)) fail(`Nothing was found out:\n${output}`);
  const evidence = read(path);
  rmSync(directory, { recursive: true, force: true });
  clean();
  if (code !== 0)
    process.stdout.write('Expectations of the suite do not hold any more: npm run test:staging\n');
  return evidence;
}

async function main(): Promise<void> {
  const options = readOptions(
    {
      baseline: { type: 'string' },
      'save-to': { type: 'string' },
      save: { type: 'boolean', default: false },
    },
    usage,
  );
  const directory = resolve(options['save-to'] ?? join(repository, 'test/staging/baselines'));
  const found = await gather();
  const path = options.baseline === undefined ? findBaseline(directory, found) : resolve(options.baseline);
  const differences = path === null ? [] : compareEvidence(read(path), found);
  const name = `${found.erp} ${found.version}`;
  if (path === null) process.stdout.write(`There is no baseline of ${found.erp} to compare ${name} with.\n`);
  else process.stdout.write([`${name}, compared with ${path}:`, ...differences, ''].join('\n'));
  if (options.save) {
    const file = join(directory, `${found.erp}-${found.version}.json`);
    writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    process.stdout.write(`Kept as ${file}.\n`);
  }
  process.stdout.write(`${differences.length} difference${differences.length === 1 ? '' : 's'}\n`);
  process.exitCode = differences.length > 0 || (path === null && !options.save) ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (error instanceof TrytonMissingError) fail(error.message);
  throw error;
}
