// The relay and the sandbox ERP as Miniflare takes them: the same bindings that wrangler.toml and
// wrangler.sandbox.toml declare (test/scripts/runtime-workers.test.ts compares them), with local values.
// It may read no file and start nothing.

import { join } from 'node:path';
import type { MiniflareOptions } from 'miniflare';
import { repository } from './command.ts';
import { host } from './ports.ts';

type RuntimeWorker = MiniflareOptions['workers'][number];

export const compatibilityDate = '2026-10-23';
export const relayName = 'holdfast';
export const sandboxName = 'holdfast-sandbox-erp';
/** The dashboard's files, as `[assets]` in wrangler.toml. */
export const dashboardDirectory = join(repository, 'dashboard/public');
export const cronSchedule = '* * * * *';

/** Wrangler names a local database by `preview_database_id`; with the same name both open the same file. */
export const databaseId = 'holdfast';

/**
 * Local values of the variables. PARTITIONS: each partition is a database file with an fsync of its own, so few are
 * faster on one disk; four still keep keys of one partition and keys of several apart. DELIVERY_BUDGET_MS: the local queue
 * runs one consumer at a time, so one that goes on and on keeps the doorbells of the others waiting.
 * DELIVERY_CONCURRENCY: the six connections of a deployed consumer are no limit here.
 */
export const localVariables = {
  PARTITIONS: '4',
  GENERATION: '1',
  DELIVERY_BUDGET_MS: '1000',
  DELIVERY_CONCURRENCY: '16',
} as const;

/**
 * How many doorbells one local invocation takes. The local queue hands over one batch at a time, so with a batch of
 * one, as deployed, partitions would wait for each other.
 */
export const localDoorbellBatch = 10;

const durableObject = { type: 'durable-object', storage: 'sqlite' } as const;

function binding(exportName: string, worker: string) {
  return { type: 'durable-object', worker, exportName } as const;
}

function texts(values: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { type: 'text' as const, value }]),
  );
}

function manifest(code: string) {
  const mainModule = 'worker.js';
  return {
    mainModule,
    modulesRoot: process.cwd(),
    modules: { [mainModule]: { type: 'esm', contents: code } },
  } as const;
}

export type WorkerInput = {
  code: string;
  port: number;
  /** Variables and secrets by name. */
  values: Record<string, string>;
};

/** `classes`: the Durable Object classes an earlier build exports; it has no others. Null: all there are. */
export function relayWorker(input: WorkerInput & { classes?: readonly string[] | null }): RuntimeWorker {
  const { classes } = input;
  const worker = presentRelayWorker(input);
  if (classes === undefined || classes === null) return worker;
  const { env = {}, exports = {} } = worker.config as {
    env?: Record<string, { type: string; exportName?: string }>;
    exports?: Record<string, unknown>;
  };
  for (const [name, { type, exportName = '' }] of Object.entries(env))
    if (type === 'durable-object' && !classes.includes(exportName)) delete env[name];
  for (const name of Object.keys(exports)) if (!classes.includes(name)) delete exports[name];
  return worker;
}

function presentRelayWorker({ code, port, values }: WorkerInput): RuntimeWorker {
  const doorbells = { name: 'holdfast-doorbells' };
  const dead = { name: 'holdfast-doorbells-dead' };
  return {
    config: {
      name: relayName,
      compatibilityDate,
      compatibilityFlags: ['global_fetch_strictly_public'],
      manifest: manifest(code),
      env: {
        ...texts(values),
        SEQUENCER: binding('SequencerObject', relayName),
        TARGET: binding('TargetObject', relayName),
        ALERTS: binding('AlertsObject', relayName),
        REGISTRY: binding('RegistryObject', relayName),
        AUDIT: binding('AuditObject', relayName),
        TAIL: binding('TailObject', relayName),
        BULK_JOBS: binding('BulkJobsObject', relayName),
        DB: { type: 'd1', id: databaseId },
        ASSETS: { type: 'assets' },
        DOORBELLS: { type: 'queue', ...doorbells },
        DOORBELLS_DEAD: { type: 'queue', ...dead },
        ...mailBinding(values),
      },
      assets: {
        directory: dashboardDirectory,
        hasUserWorker: true,
        runWorkerFirst: true,
        htmlHandling: 'none',
      },
      exports: {
        SequencerObject: durableObject,
        TargetObject: durableObject,
        AlertsObject: durableObject,
        RegistryObject: durableObject,
        AuditObject: durableObject,
        TailObject: durableObject,
        BulkJobsObject: durableObject,
      },
      triggers: [
        {
          type: 'queue',
          ...doorbells,
          maxBatchSize: localDoorbellBatch,
          maxBatchTimeout: 0,
          maxRetries: 10,
          deadLetterQueue: dead.name,
        },
        { type: 'queue', ...dead, maxBatchSize: 10, maxBatchTimeout: 5, maxRetries: 3 },
        { type: 'scheduled', schedule: cronSchedule },
      ],
    },
    // The runtime listens itself: no request passes through Node.
    dev: { unsafeDirectSockets: [{ host, port }] },
  };
}

/** As where `[[send_email]]` is switched on in wrangler.toml. What is sent becomes a file: see local-relay.ts. */
function mailBinding({ ALERT_EMAIL_TO: to }: WorkerInput['values']) {
  if (to === undefined || to === '') return {};
  return { ALERT_MAIL: { type: 'send-email' as const, allowedDestinationAddresses: [to] } };
}

export function sandboxWorker({ code, port, values }: WorkerInput): RuntimeWorker {
  return {
    config: {
      name: sandboxName,
      compatibilityDate,
      manifest: manifest(code),
      env: { ...texts(values), ERP: binding('SandboxErpObject', sandboxName) },
      exports: { SandboxErpObject: durableObject },
    },
    dev: { unsafeDirectSockets: [{ host, port }] },
  };
}
