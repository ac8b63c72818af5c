// The command `holdfast`: one run from the arguments to the exit code. Everything it knows of the machine is gathered here
// and passed on. It may decide nothing.

import { repository } from '../scripts/local/command.ts';
import { runCli } from './run-cli.ts';

// Whoever reads the output may have read enough (`holdfast deliveries list | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  repository,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
});
// A terminal that was asked something, or a socket of the API, would keep the process for a while.
process.stdin.unref?.();
