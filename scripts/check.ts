// `npm run check`: everything that can be known without running the code, up to what a deploy would upload.
// All steps run, so that one report names every fault; it reaches no network and needs no account.

import { checkDeclared, formatProblems } from './check-configuration.ts';
import { runTool } from './local/command.ts';

type Step = { name: string; tool: string; args: string[] };

const steps: Step[] = [
  { name: 'lint and format', tool: 'biome', args: ['check', '--error-on-warnings'] },
  {
    name: 'binding types are those of wrangler.toml (else: npm run types)',
    tool: 'wrangler',
    args: ['types', '--check', 'src/platform/worker-configuration.d.ts'],
  },
  { name: 'types', tool: 'tsc', args: ['--noEmit'] },
  { name: 'types of the dashboard', tool: 'tsc', args: ['--noEmit', '-p', 'dashboard'] },
  { name: 'wrangler deploy --dry-run', tool: 'wrangler', args: ['deploy', '--dry-run'] },
];

let failedSteps = 0;
const problems = await checkDeclared();
process.stdout.write(`${problems.length === 0 ? 'ok    ' : 'FAILED'} configuration\n`);
if (problems.length > 0) {
  failedSteps += 1;
  process.stdout.write(`${formatProblems(problems)}\n`);
}
for (const { name, tool, args } of steps) {
  const startedAt = performance.now();
  // CI keeps Wrangler from asking questions that nobody here would answer.
  const { code, output } = await runTool(tool, args, { output: 'capture', env: { CI: '1' } });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`);
  if (code !== 0) {
    failedSteps += 1;
    process.stdout.write(`${output}\n`);
  }
}
process.exitCode = failedSteps === 0 ? 0 : 1;
