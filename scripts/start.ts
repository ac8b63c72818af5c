// `npm start`: the relay and the sandbox ERP on this machine, kept running until Ctrl-C.
// Says what a newcomer needs to go on. It may print the admin key, which is made for this machine alone, but no
// webhook secret.

import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { checkConfiguration, formatProblems } from './check-configuration.ts';
import { fail, readOptions, repository } from './local/command.ts';
import { addMissingSecrets, readDevVars } from './local/dev-vars.ts';
import { endWithParent } from './local/end-with-parent.ts';
import { PortBusyError, parsePort } from './local/ports.ts';
import { StateInUseError } from './local/runtime-processes.ts';
import { localVariables } from './local/runtime-workers.ts';
import { type LocalRelay, type LogLine, startLocalRelay } from './local-relay.ts';

const defaultPort = 8787;
const defaultSecretsPath = join(repository, '.dev.vars');

const usage = `npm start -- [options]

  --port N        where the relay listens (default: PORT, else ${defaultPort}; 0 takes any free port)
  --erp-port N    where the sandbox ERP listens (default: the next port)
  --state-dir D   where all state is kept (default: .holdfast)
  --secrets F     where the local secrets are (default: .dev.vars)
  --quiet         print only warnings and errors of the Workers, not each stage
`;

type StartOptions = { port: number; erpPort: number; stateDir: string; secretsPath: string; quiet: boolean };

function parseOptions(): StartOptions {
  const values = readOptions(
    {
      port: { type: 'string' },
      'erp-port': { type: 'string' },
      'state-dir': { type: 'string' },
      secrets: { type: 'string' },
      quiet: { type: 'boolean', default: false },
    },
    usage,
  );
  const { port: portText = process.env.PORT ?? String(defaultPort) } = values;
  const port = requirePort(portText, values.port === undefined ? 'PORT' : '--port');
  const nextPort = port === 0 ? 0 : port + 1;
  const erpPort = requirePort(values['erp-port'] ?? String(nextPort), '--erp-port');
  if (port !== 0 && port === erpPort) {
    fail(`The relay and the sandbox ERP cannot both listen on ${port}. Choose another --erp-port.`);
  }
  const stateDir = resolve(values['state-dir'] ?? join(repository, '.holdfast'));
  const secretsPath = resolve(values.secrets ?? defaultSecretsPath);
  return { port, erpPort, stateDir, secretsPath, quiet: values.quiet };
}

function requirePort(text: string, name: string): number {
  return parsePort(text) ?? fail(`${name} must be a port number from 0 to 65535, not "${text}".`);
}

/** As a person in the repository would type it. */
const shortPath = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
};

type Prepared = { secrets: Record<string, string>; sourceIds: string[] };

async function prepare(path: string): Promise<Prepared> {
  const added = addMissingSecrets(path);
  if (added.length > 0) {
    process.stdout.write(
      `Made ${added.length} local secret${added.length === 1 ? '' : 's'} in ${shortPath(path)}.\n`,
    );
  }
  const secrets = readDevVars(path);
  // The sandbox's address is known only at the start, and is right by construction.
  const placeholder = { ERP_BASE_URL: 'http://127.0.0.1' };
  const checked = await checkConfiguration({ local: { ...localVariables, ...placeholder }, secrets });
  if (!checked.ok) {
    fail(formatProblems(checked.error));
  }
  return { secrets, sourceIds: [...checked.value.definition.sources.keys()] };
}

function writeLog({ level, message }: LogLine, quiet: boolean): void {
  if (level === 'error' || level === 'warn') {
    process.stderr.write(`${message}\n`);
  } else if (!quiet) {
    process.stdout.write(`${message}\n`);
  }
}

type Running = { relay: LocalRelay; sourceIds: string[]; stateDir: string; secretsPath: string };

function describe({ relay, sourceIds, stateDir, secretsPath }: Running): string {
  const bearer = `-H 'Authorization: Bearer ${relay.adminKey}'`;
  const demoOptions = [
    ...(new URL(relay.url).port === String(defaultPort) ? [] : ['--url', relay.url]),
    ...(secretsPath === defaultSecretsPath ? [] : ['--secrets', shortPath(secretsPath)]),
  ];
  // A project that was made by `holdfast init` has none.
  const hasDemo = existsSync(join(repository, 'scripts/demo.mjs'));
  const hooks = sourceIds.map((id) => `${relay.url}/hooks/${id}`).join('\n                ');
  return `
Holdfast is running on ${relay.url}

  Webhooks      ${hooks}
                POST, signed with the secrets in ${shortPath(secretsPath)}
  Admin key     ${relay.adminKey}
  Dashboard     ${relay.url}/ (in a browser, with the admin key)
  Sandbox ERP   ${relay.erpUrl}
                everything in it: curl -s ${relay.erpUrl}/sandbox/state
  State         ${shortPath(stateDir)}

Next, in another terminal:

${hasDemo ? `  npm run demo${['', ...(demoOptions.length > 0 ? ['--'] : []), ...demoOptions].join(' ')}\n` : ''}  curl -s ${bearer} ${relay.url}/admin/deliveries

Ctrl-C stops everything; the state stays.

`;
}

function runtimeLost(): never {
  fail('The Workers runtime (workerd) ended unexpectedly, so the relay stopped. Run npm start again.');
}

async function main(): Promise<void> {
  const { quiet, secretsPath, ...options } = parseOptions();
  endWithParent();
  const { secrets, sourceIds } = await prepare(secretsPath);
  const onLog = (line: LogLine) => writeLog(line, quiet);
  const relay = await startLocalRelay({ ...options, secrets, onLog, onRuntimeLost: runtimeLost });
  if (relay.orphansEnded > 0) {
    process.stdout.write('Ended the runtime that an earlier start had left behind.\n');
  }
  for (const name of relay.migrationsApplied) {
    process.stdout.write(`Applied migration ${name}.\n`);
  }
  process.stdout.write(describe({ relay, sourceIds, stateDir: options.stateDir, secretsPath }));
}

try {
  await main();
} catch (error) {
  if (error instanceof PortBusyError || error instanceof StateInUseError) {
    fail(error.message);
  }
  throw error;
}
