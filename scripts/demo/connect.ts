// Finds the relay the demo runs against: the one that answers, or one of its own in a temporary directory.
// It may not change anything in a relay it found.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RelayAddress } from '../lib/relay-client.ts';
import { createSecrets, readDevVars } from '../local/dev-vars.ts';
import { startLocalRelay } from '../local-relay.ts';
import { type OpenDemoErp, openSandbox } from './demo-erp.ts';

/** What a person has to put right; the message says how. */
export class DemoError extends Error {}

export type ConnectOptions = {
  /** Null: the default address, and a relay of its own where nothing answers there. */
  readonly url: string | null;
  readonly defaultUrl: string;
  /** Null: where the relay says its target `erp` is. */
  readonly erpUrl: string | null;
  readonly adminKey: string | null;
  readonly secretsPath: string;
  /** Starts its own whatever answers. */
  readonly own: boolean;
};

export type Connection = {
  readonly relay: RelayAddress;
  /** What the run does to the ERP and reads of it. */
  readonly openErp: OpenDemoErp;
  /** `running` or `started for the demo`, for the reader. */
  readonly standing: string;
  /** Ends what was started. Idempotent. */
  stop(): Promise<void>;
};

/** Until a relay on this machine answers, ms; nobody listening is known at once. */
const answerTimeoutMs = 3_000;

export async function connect(options: ConnectOptions): Promise<Connection> {
  const url = (options.url ?? options.defaultUrl).replace(/\/+$/, '');
  if (options.own) return startOwn();
  if (await isRelay(url)) return useRunning(url, options);
  if (options.url === null) return startOwn();
  throw new DemoError(`No relay answers at ${url}. Start one with "npm start", or leave --url out.`);
}

async function isRelay(url: string): Promise<boolean> {
  const answer = await get(`${url}/healthz`);
  return answer?.status === 200 && (answer.body as { status?: string } | null)?.status === 'ok';
}

type Answer = { readonly status: number; readonly body: unknown };

/** Null where nobody answers. */
async function get(url: string, headers: Record<string, string> = {}): Promise<Answer | null> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(answerTimeoutMs) });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    return null;
  }
}

async function useRunning(url: string, options: ConnectOptions): Promise<Connection> {
  const { secretsPath } = options;
  const secrets = readDevVars(secretsPath);
  const adminKey = options.adminKey ?? secrets.ADMIN_KEY ?? '';
  const own = 'With --own the demo starts a relay of its own.';
  if (adminKey === '') {
    throw new DemoError(
      `The admin key of ${url} is not known: not in ${secretsPath}. Give --admin-key. ${own}`,
    );
  }
  const targets = await get(`${url}/admin/targets`, { authorization: `Bearer ${adminKey}` });
  if (targets?.status === 401) {
    throw new DemoError(
      `The relay at ${url} refuses the admin key: was it started with other secrets than ${secretsPath}? ` +
        `Give --secrets or --admin-key. ${own}`,
    );
  }
  if (targets?.status !== 200) {
    throw new DemoError(`GET ${url}/admin/targets answered ${targets?.status ?? 'nothing'} instead of 200.`);
  }
  const erpUrl = (options.erpUrl ?? erpUrlOf(targets.body) ?? nextPort(url)).replace(/\/+$/, '');
  if ((await get(`${erpUrl}/sandbox/faults`))?.status !== 200) {
    throw new DemoError(
      `No sandbox ERP answers at ${erpUrl}, and the demo needs one to look into. Give --erp-url. ${own}`,
    );
  }
  const openErp = () => openSandbox(erpUrl);
  return { relay: { url, adminKey, secrets }, openErp, standing: 'running', stop: async () => {} };
}

function erpUrlOf(body: unknown): string | null {
  const { targets = [] } = body as { targets?: readonly { id: string; baseUrl: string | null }[] };
  return targets.find(({ id }) => id === 'erp')?.baseUrl ?? null;
}

function nextPort(url: string): string {
  const next = new URL(url);
  next.port = String(Number(next.port || '80') + 1);
  return next.href;
}

async function startOwn(): Promise<Connection> {
  const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  // The runtime may still be writing for a moment after its end.
  const remove = () => rmSync(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  const previous = { SHOPIFY_WEBHOOK_SECRET_PREVIOUS: randomBytes(32).toString('hex') };
  try {
    const relay = await startLocalRelay({ stateDir, secrets: { ...createSecrets(), ...previous } });
    // After the runtime's own listener, which ends it.
    process.on('exit', remove);
    const standing = 'started for the demo, nothing is kept';
    return { relay, openErp: () => openSandbox(relay.erpUrl), standing, stop: () => relay.stop() };
  } catch (error) {
    remove();
    throw error;
  }
}
