// `npm run dev`: the relay under `wrangler dev`, rebuilt at every change, with the sandbox ERP beside it.
// Slower than `npm start` by far (a proxy in front, request logs, an inspector), on the same state and secrets.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fail, readOptions, repository, runTool, toolEnvironment, toolPath } from './local/command.ts';
import { addMissingSecrets } from './local/dev-vars.ts';
import { endWithParent } from './local/end-with-parent.ts';
import { host, parsePort, reservePort } from './local/ports.ts';
import { claimStateDir, markerEnvironment } from './local/runtime-processes.ts';
import { databaseId, localVariables } from './local/runtime-workers.ts';

const usage = `npm run dev -- [--port N] [--erp-port N]

  --port N       where the relay listens (default: PORT, else 8787)
  --erp-port N   where the sandbox ERP listens (default: the next port)
`;

/** Local traces and the explorer cost wrangler dev about a third of its speed, and nothing here reads them. */
const leanWrangler = { X_LOCAL_OBSERVABILITY: 'false', X_LOCAL_EXPLORER: 'false' };

const children: ChildProcess[] = [];

async function choosePorts(): Promise<{ port: number; erpPort: number }> {
  const values = readOptions({ port: { type: 'string' }, 'erp-port': { type: 'string' } }, usage);
  const port = parsePort(values.port ?? process.env.PORT ?? '8787') ?? 0;
  const erpPort = parsePort(values['erp-port'] ?? String(port + 1)) ?? 0;
  for (const wanted of [port, erpPort]) {
    if (wanted === 0) {
      fail(`A port is a number from 1 to 65535.\n\n${usage}`);
    }
    await reservePort(wanted).catch(() =>
      fail(`Port ${wanted} is in use. Choose others: --port, --erp-port.`),
    );
  }
  return { port, erpPort };
}

function startWrangler(args: string[], env: Record<string, string>): void {
  const child = spawn(toolPath('wrangler'), ['dev', '--ip', host, ...args], {
    cwd: repository,
    // Without a terminal on its input Wrangler takes no hotkeys, and Ctrl-C ends all of it.
    stdio: ['ignore', 'inherit', 'inherit'],
    env: toolEnvironment({ ...leanWrangler, ...env }),
  });
  child.on('exit', (code) => process.exit(code ?? 1));
  children.push(child);
}

endWithParent();
process.on('exit', () => {
  for (const child of children) {
    child.kill('SIGTERM');
  }
});

const { port, erpPort } = await choosePorts();
mkdirSync(join(repository, '.holdfast'), { recursive: true });
const stateDir = realpathSync(join(repository, '.holdfast'));
addMissingSecrets(join(repository, '.dev.vars'));
await claimStateDir(stateDir).catch((error: Error) => fail(error.message));
const persist = ['--persist-to', stateDir];
const migrated = await runTool('wrangler', ['d1', 'migrations', 'apply', 'DB', '--local', ...persist], {
  env: { CI: '1' },
});
if (migrated.code !== 0) {
  fail(`The migrations could not be applied to the local database ${databaseId}.`);
}
const marker = markerEnvironment({ stateDir, ownerPid: process.pid, token: randomUUID() });
const sandbox = ['-c', 'wrangler.sandbox.toml', '--port', String(erpPort), '--inspector-port', '0'];
startWrangler([...sandbox, '--log-level', 'warn', ...persist], marker);
const variables = { ...localVariables, ERP_BASE_URL: `http://${host}:${erpPort}` };
const vars = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
startWrangler(['--port', String(port), ...vars, ...persist], marker);
