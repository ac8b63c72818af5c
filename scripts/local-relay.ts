// Starts a whole relay on this machine: the relay and the sandbox ERP on the real runtime, with Durable Objects,
// queues and D1 on disk. `npm start`, the demo, the end-to-end tests and the benchmark all run this.
// It may print nothing and may not end the process: its caller does.

import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Miniflare, type MiniflareOptions, NoOpLog } from 'miniflare';
import { buildDashboardOnce } from './local/build-dashboard.ts';
import { buildDocsOnce } from './local/build-docs.ts';
import { bundleWorker } from './local/bundle-worker.ts';
import { repository } from './local/command.ts';
import { createSecrets, type Secrets } from './local/dev-vars.ts';
import type { FrozenBuild } from './local/frozen-build.ts';
import { migrateDatabase } from './local/migrate-database.ts';
import { host, PortBusyError, requirePort, reservePort } from './local/ports.ts';
import {
  claimStateDir,
  findRuntimes,
  guardRuntime,
  isAlive,
  markerEnvironment,
  type RuntimeMarker,
  StateInUseError,
} from './local/runtime-processes.ts';
import { cronSchedule, localVariables, relayWorker, sandboxWorker } from './local/runtime-workers.ts';
import { readWranglerVars } from './local/wrangler-vars.ts';

export type LogLine = { level: string; message: string; timestamp: number };

export type LocalRelayOptions = {
  /** Where all state is kept; made if missing. One relay at a time may use it. */
  stateDir: string;
  /** 0, the default, takes any free port. */
  port?: number;
  erpPort?: number;
  /** Default: fresh ones for this run. A later run on the same state needs the same. */
  secrets?: Secrets;
  /** Variables beside or instead of the local ones, e.g. `{ PARTITIONS: '8' }`; ERP_BASE_URL is the sandbox's where none is given. */
  variables?: Record<string, string>;
  /** A module in place of src/integrations/index.ts: its absolute path. For tests. */
  integrations?: string;
  /** An earlier build of the relay instead of the present sources, with the migrations it knew. For tests. */
  build?: FrozenBuild;
  /** A module in place of src/integrations/erp-target.ts: its absolute path. */
  erpTarget?: string;
  /** Takes what the Workers write to the console. Default: nothing does. */
  onLog?: (line: LogLine) => void;
  /** Called once if the runtime ends without `stop`. It is not started again. */
  onRuntimeLost?: () => void;
  /** Opens the runtime's inspector on this port, for profiles. Default: none, for it costs time. */
  inspectorPort?: number;
  /** How often the scheduled handler runs, ms; 0 never. Default: every minute, as deployed. */
  scheduleEveryMs?: number;
};

export type LocalRelay = {
  url: string;
  erpUrl: string;
  adminKey: string;
  secrets: Secrets;
  /** The runtime's process: SIGKILL to it is the crash of everything. */
  runtimePid: number;
  /** Names of the migrations this start applied. */
  migrationsApplied: string[];
  /** How many processes an earlier relay on this state had left behind; they were ended. */
  orphansEnded: number;
  /** Runs the scheduled handler once, now. */
  runScheduled(): Promise<void>;
  /** Ends the runtime at once, as a crash would; what was acknowledged is on disk. Idempotent. */
  stop(): Promise<void>;
};

/** Where `wrangler dev --persist-to` keeps it, so that both work on the same state. */
const persistencePath = (stateDir: string): string => join(stateDir, 'v3');

const oneMinuteMs = 60_000;

/** How often a port found free may be taken by another before the runtime listens on it. */
const portAttempts = 3;

/** How long a lost runtime stays unnoticed at most, ms. Miniflare would start it again, without its queues. */
const aliveCheckEveryMs = 200;

/**
 * @throws PortBusyError for a port asked for by number, StateInUseError for a state directory another relay uses.
 */
export async function startLocalRelay(options: LocalRelayOptions): Promise<LocalRelay> {
  mkdirSync(options.stateDir, { recursive: true });
  const stateDir = realpathSync(options.stateDir);
  const orphansEnded = await claimStateDir(stateDir).catch((error) => explainState(error, options));
  // Before the migrations, so that a start that cannot be changes nothing.
  await choosePorts(options);
  const marker: RuntimeMarker = { stateDir, ownerPid: process.pid, token: randomUUID() };
  const migrationsApplied = await migrateDatabase({
    persistencePath: persistencePath(stateDir),
    directory: join(repository, 'migrations'),
    only: options.build?.migrations ?? null,
    runtimeEnvironment: markerEnvironment(marker),
  });
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(options);
    try {
      const running = await startOn(ports, options, marker);
      return { ...running, migrationsApplied, orphansEnded };
    } catch (error) {
      const wasTaken = (error as { code?: string }).code === 'ERR_ADDRESS_IN_USE';
      if (!wasTaken || attempt === portAttempts) {
        throw error;
      }
    }
  }
}

/** The commonest case is a second start in the same place, where the port is what the caller knows about. */
async function explainState(error: unknown, { port = 0 }: LocalRelayOptions): Promise<never> {
  if (error instanceof StateInUseError && port !== 0) {
    const isFree = await reservePort(port).then(
      () => true,
      () => false,
    );
    if (!isFree) {
      throw new PortBusyError(`Port ${port} is in use. ${error.message}`);
    }
  }
  throw error;
}

type Ports = { port: number; erpPort: number };

async function choosePorts({ port = 0, erpPort = 0 }: LocalRelayOptions): Promise<Ports> {
  const relay = await requirePort(port, 'Choose another with PORT=… or --port ….');
  const erp = await requirePort(erpPort, 'It is for the sandbox ERP; choose another with --erp-port ….');
  return { port: relay, erpPort: erp };
}

type Running = Omit<LocalRelay, 'migrationsApplied' | 'orphansEnded'>;

async function startOn(ports: Ports, options: LocalRelayOptions, marker: RuntimeMarker): Promise<Running> {
  const secrets = options.secrets ?? createSecrets();
  const runtime = new Miniflare(await runtimeOptions(ports, { ...options, secrets }, marker));
  try {
    await runtime.ready;
    const runtimePid = requireSoleRuntime(marker);
    return {
      url: `http://${host}:${ports.port}`,
      erpUrl: `http://${host}:${ports.erpPort}`,
      adminKey: secrets.ADMIN_KEY ?? '',
      secrets,
      runtimePid,
      ...lifecycle(runtime, runtimePid, options),
    };
  } catch (error) {
    await runtime.dispose().catch(() => {});
    throw error;
  }
}

/** Two starts at the same moment can both find the state free: then neither may go on. */
function requireSoleRuntime(marker: RuntimeMarker): number {
  const { live } = findRuntimes(marker.stateDir);
  const own = live.find(({ token }) => token === marker.token);
  const other = live.find(({ token }) => token !== marker.token);
  if (other !== undefined) throw new StateInUseError(marker.stateDir, other.ownerPid);
  if (own === undefined) throw new Error('The runtime started, but its process cannot be found.');
  return own.pid;
}

function lifecycle(runtime: Miniflare, runtimePid: number, options: LocalRelayOptions) {
  const { onRuntimeLost, scheduleEveryMs = oneMinuteMs } = options;
  const standDown = guardRuntime(runtimePid);
  // Not by getWorker(): its proxies wait for the runtime with this thread asleep, and a runtime that has just filled the pipe of
  // its log lines waits for this thread to read them. Then both wait for ever.
  const runScheduled = async () => {
    const path = `/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cronSchedule)}`;
    const answer = await runtime.dispatchFetch(`http://${host}${path}`);
    const outcome = await answer.text();
    if (!answer.ok) throw new Error(`The scheduled handler ended with ${outcome}.`);
  };
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= (async () => {
      timers.forEach(clearInterval);
      standDown();
      await runtime.dispose();
    })();
    return stopped;
  };
  const checkAlive = () => {
    if (stopped === undefined && !isAlive(runtimePid)) {
      void stop().finally(() => onRuntimeLost?.());
    }
  };
  const timers = [setInterval(checkAlive, aliveCheckEveryMs)];
  if (scheduleEveryMs > 0) {
    timers.push(setInterval(() => void runScheduled().catch(() => {}), scheduleEveryMs));
  }
  for (const timer of timers) timer.unref();
  return { runScheduled, stop };
}

type Prepared = LocalRelayOptions & { secrets: Secrets };

async function runtimeOptions(
  ports: Ports,
  options: Prepared,
  marker: RuntimeMarker,
): Promise<MiniflareOptions> {
  // Before the others: the last of those ends the bundler's process.
  await buildDashboardOnce();
  await buildDocsOnce();
  const [code, sandboxCode] = await Promise.all([
    options.build?.code ?? bundleWorker(join(repository, 'src/worker.ts'), options),
    bundleWorker(join(repository, 'src/sandbox-erp/worker.ts')),
  ]);
  const { secrets, variables, onLog } = options;
  const erpBaseUrl = { ERP_BASE_URL: `http://${host}:${ports.erpPort}` };
  const declared = readWranglerVars(repository);
  const relayValues = {
    ...(declared.ok ? declared.value : {}),
    ...localVariables,
    ...erpBaseUrl,
    ...variables,
    ...secrets,
  };
  const sandboxEntries = Object.entries(secrets).filter(([name]) => name.startsWith('SANDBOX_ERP_'));
  return {
    host,
    port: 0,
    ...(options.inspectorPort === undefined ? {} : { inspectorPort: options.inspectorPort }),
    // All that costs time and says nothing here: the made-up request.cf, request logs, the registry of other Workers.
    cf: false,
    logRequests: false,
    log: new NoOpLog(),
    enableDevRegistry: false,
    // On the runtime's own socket, which nobody is told of; not on the ports of the Workers.
    unsafeTriggerHandlers: true,
    resourcePersistencePath: persistencePath(marker.stateDir),
    // E-mails become files under it, in mail/email, for as long as the relay runs.
    resourceTmpPath: join(marker.stateDir, 'mail'),
    handleStructuredLogs: (line) => onLog?.(line),
    unsafeRuntimeEnv: markerEnvironment(marker),
    workers: [
      relayWorker({ code, port: ports.port, values: relayValues, classes: options.build?.classes ?? null }),
      sandboxWorker({ code: sandboxCode, port: ports.erpPort, values: Object.fromEntries(sandboxEntries) }),
    ],
  };
}
