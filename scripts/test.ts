// `npm test`: every test of every project once, and a plain last line "N passed, N failed".
// Arguments go to Vitest, e.g. `npm test -- test/core`. It may not retry or skip.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './local/command.ts';
import { countTests, type TestReport } from './local/count-tests.ts';

/** A run takes minutes; one that takes this long hangs, and a hanging run has to fail and not wait for ever, ms. */
const runTimeoutMs = 30 * 60_000;

function readReport(path: string): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestReport;
  } catch {
    return undefined;
  }
}

const directory = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const reportPath = join(directory, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
const { code } = await runTool('vitest', ['run', ...reporters, ...process.argv.slice(2)], {
  timeoutMs: runTimeoutMs,
});
const { passed, failed } = countTests(readReport(reportPath), code);
rmSync(directory, { recursive: true, force: true });
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
