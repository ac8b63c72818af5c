// `npm run test:staging`: the relay on the real runtime with a real ERP behind it, and the ERP's documents afterwards.
// The last line is the count, "N passed, N failed". It may not retry or skip.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, readOptions, runTool } from './local/command.ts';
import { countTests, type TestReport } from './local/count-tests.ts';
import { checkNamedTarget, prepareStaging } from './staging/prepare-staging.ts';
import { TrytonMissingError } from './tryton/install-tryton.ts';

const usage = `npm run test:staging -- [options]

  --seed N        the moments at which servers are killed and answers are lost (default: STAGING_SEED, else the time);
                  a seed repeats them

  Without more it installs Tryton (Debian packages; needs root once), makes a fresh database and starts it on loopback.
  STAGING_TARGET, STAGING_URL … run it against an instance of your own: docs/staging.md.
`;

/** The suite takes some six minutes; one that takes this long hangs, ms. */
const runTimeoutMs = 25 * 60_000;

function readReport(path: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestReport;
  } catch {
    return undefined;
  }
}

const say = (what: string): void => void process.stdout.write(`${what}\n`);

async function main(): Promise<void> {
  const { seed: given } = readOptions({ seed: { type: 'string' } }, usage);
  // Empty counts as absent: a CI passes on variables that nobody set.
  const text = given ?? (process.env.STAGING_SEED || String(Date.now() % 1_000_000));
  if (!/^\d{1,9}$/.test(text)) fail(`The seed must be a whole number of at most nine digits, not "${text}".`);
  const refusal = checkNamedTarget(process.env);
  if (refusal !== null) fail(refusal.message);
  const { env, clean } = await prepareStaging(say);
  say(`Faults by seed ${text}: "npm run test:staging -- --seed ${text}" repeats them.`);
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-staging-report-'));
  const reportPath = join(directory, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  const config = ['--config', 'vitest.staging.config.ts'];
  const { code } = await runTool('vitest', ['run', ...config, ...reporters], {
    env: { ...env, STAGING_SEED: text },
    timeoutMs: runTimeoutMs,
  });
  const { passed, failed } = countTests(readReport(reportPath), code);
  rmSync(directory, { recursive: true, force: true });
  clean();
  say(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (error instanceof TrytonMissingError) fail(error.message);
  throw error;
}
