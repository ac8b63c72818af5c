// A relay on the real runtime with a staging target behind it: the suite's own Tryton, behind a proxy that can interfere, or
// the instance a user named. Everything the suite makes carries ids of this run, so a used instance does no harm.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ErpProxy, startErpProxy } from '../../../scripts/lib/erp-proxy.ts';
import { createRelayClient, type RelayClient, until, untilQuiet } from '../../../scripts/lib/relay-client.ts';
import { createSecrets } from '../../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../../scripts/local-relay.ts';
import { databasePath, type TrytonFiles } from '../../../scripts/tryton/make-database.ts';
import { copyDatabase, startTryton, type TrytonServer } from '../../../scripts/tryton/tryton-server.ts';
import type { StagingTarget } from './staging-target.ts';
import { createTrytonStagingTarget } from './tryton-staging-target.ts';

export type Asked = { readonly status: number; readonly location: string | null; readonly body: Json };

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
export type Json = any;

export type StagingWorld = {
  readonly target: StagingTarget;
  readonly relay: LocalRelay;
  readonly client: RelayClient;
  /** Ids no other run has. */
  orderId(): number;
  id(prefix: string): string;
  /** A direct operation; waits for its end unless it is to be answered at once. */
  run(operation: string, input: unknown, options?: { prefer?: string; batch?: string }): Promise<Asked>;
  job(location: string | null): Promise<Json>;
  /** Until nothing is under way. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
};

/** The suite's own Tryton, whose failing is part of the test. */
export type OwnStagingWorld = StagingWorld & {
  readonly server: TrytonServer;
  readonly proxy: ErpProxy;
  readonly passwords: TrytonFiles['passwords'];
};

/** Longest wait for the relay's work to end, ms: time-outs, quiet times and back-offs after a killed server. */
const quietMs = 90_000;

export const seed = Number(process.env.STAGING_SEED ?? '1');

/** The instance that STAGING_TARGET names; null: the suite brings its own. */
export async function namedTarget(): Promise<StagingTarget | null> {
  const { STAGING_TARGET: named = '', STAGING_URL: url = '' } = process.env;
  if (named === '') return null;
  if (named !== 'tryton') {
    const module = (await import(pathToFileURL(resolve(named)).href)) as {
      createStagingTarget(): StagingTarget | Promise<StagingTarget>;
    };
    return module.createStagingTarget();
  }
  const { STAGING_USER = '', STAGING_PASSWORD = '', STAGING_CLOSE_PERIOD: end = '' } = process.env;
  const { STAGING_READER_USER = STAGING_USER, STAGING_READER_PASSWORD = STAGING_PASSWORD } = process.env;
  return createTrytonStagingTarget({
    url,
    relay: { user: STAGING_USER, password: STAGING_PASSWORD },
    reader: { user: STAGING_READER_USER, password: STAGING_READER_PASSWORD },
    closablePeriodEnd: end === '' ? null : end,
  });
}

export async function startStaging(): Promise<StagingWorld> {
  const named = await namedTarget();
  return named === null ? startOwnStaging() : startWorld(named, { baseUrl: named.baseUrl, stops: [] });
}

export async function startOwnStaging(
  relayPassword: (right: string) => string = (right) => right,
): Promise<OwnStagingWorld> {
  const { STAGING_DATABASE: snapshot = '', STAGING_PASSWORDS: kept = '{}' } = process.env;
  if (snapshot === '') throw new Error('run it by "npm run test:staging", which makes the database');
  const passwords = JSON.parse(kept) as TrytonFiles['passwords'];
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-tryton-'));
  const files = { directory, passwords };
  prepare(files, snapshot);
  const server = await startTryton(files);
  const proxy = await startErpProxy(server.url);
  const year = new Date().getUTCFullYear();
  const target = createTrytonStagingTarget({
    url: server.url,
    relay: { user: 'relay', password: relayPassword(passwords.relay) },
    reader: { user: 'admin', password: passwords.admin },
    closablePeriodEnd: `${year}-01-31`,
  });
  const stops = [
    () => proxy.stop(),
    () => server.kill(),
    async () => rmSync(directory, { recursive: true, force: true }),
  ];
  const world = await startWorld(target, { baseUrl: proxy.url, stops });
  return { ...world, server, proxy, passwords };
}

function prepare(files: TrytonFiles, snapshot: string): void {
  const database = databasePath(files);
  mkdirSync(dirname(database), { recursive: true });
  copyDatabase(snapshot, files);
}

async function startWorld(
  target: StagingTarget,
  options: { readonly baseUrl: string; readonly stops: readonly (() => Promise<void>)[] },
): Promise<StagingWorld> {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-staging-'));
  const relay = await startLocalRelay({
    stateDir,
    erpTarget: target.erpTarget,
    // The target's own stand above the made ones: a module may name what the examples name.
    secrets: { ...createSecrets(), ...target.variables },
    variables: { ERP_BASE_URL: options.baseUrl },
    // Shown where a test fails: why the relay refuses to work.
    onLog: ({ level, message }) => (level === 'error' ? console.error(message) : undefined),
  });
  const client = createRelayClient(relay);
  let count = 0;
  const base = Date.now() * 100;
  const orderId = () => {
    count += 1;
    return base + count;
  };
  return {
    target,
    relay,
    client,
    orderId,
    id: (prefix) => `${prefix}-${orderId()}`,
    run: (operation, input, asked) => run(relay, operation, { input, key: `staging-${orderId()}`, ...asked }),
    job: (location) => endOf(client, location),
    quiet: async () => void (await untilQuiet(client, quietMs)),
    stop: async () => {
      await relay.stop();
      for (const stop of options.stops) await stop();
      rmSync(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

type Request = {
  readonly input: unknown;
  readonly key: string;
  readonly prefer?: string;
  readonly batch?: string;
};

/** To its end, unless it is to be answered at once: on a slow machine the relay says 202 before, and the same key asks again. */
async function run(relay: LocalRelay, operation: string, asked: Request): Promise<Asked> {
  const first = await ask(relay, operation, asked);
  if (first.status !== 202 || asked.prefer !== undefined) return first;
  return until(
    `the end of ${operation}`,
    async () => {
      const again = await ask(relay, operation, asked);
      return again.status === 202 || again.status === 409 ? null : again;
    },
    quietMs,
  );
}

async function ask(relay: LocalRelay, operation: string, asked: Request): Promise<Asked> {
  const { input, key, prefer, batch } = asked;
  const response = await fetch(`${relay.url}/operations/${operation}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${relay.adminKey}`,
      'content-type': 'application/json',
      'idempotency-key': key,
      ...(prefer === undefined ? {} : { prefer }),
    },
    body: JSON.stringify({ input, ...(batch === undefined ? {} : { batch }) }),
  });
  const location = response.headers.get('location');
  return { status: response.status, location, body: await response.json() };
}

const endedStatuses = ['succeeded', 'failed', 'cancelled', 'dead_lettered', 'held', 'resolved'];

function endOf(client: RelayClient, location: string | null): Promise<Json> {
  return until(
    `the job ${location}`,
    async () => {
      const { body } = await client.admin('GET', location ?? '');
      return endedStatuses.includes((body as Json).status) ? (body as Json) : null;
    },
    quietMs,
  );
}
