// A Tryton server of one's own on loopback: started on a free port, killed as a crash would, started again on the same
// port and database. It ends with its owner and no other process is touched.

import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { host, reservePort } from '../local/ports.ts';
import { guardRuntime } from '../local/runtime-processes.ts';
import { trytond } from './install-tryton.ts';
import { configPath, databaseName, databasePath, type TrytonFiles, writeConfig } from './make-database.ts';

export type TrytonServer = {
  /** With the database's name: what an adapter's base URL is. */
  readonly url: string;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  /** On the same port and database. */
  start(): Promise<void>;
};

/** Until it answers, ms: 1.3 s on an idle machine. */
const startTimeoutMs = 60_000;
const pollMs = 50;

export async function startTryton(files: TrytonFiles): Promise<TrytonServer> {
  const port = await reservePort(0);
  writeConfig(files, port);
  const address = `http://${host}:${port}`;
  const log = openSync(join(files.directory, 'trytond.log'), 'a');
  let child: ChildProcess | null = null;
  let standDown = () => {};
  const start = async (): Promise<void> => {
    child = spawn(trytond, ['-c', configPath(files), '-d', databaseName], { stdio: ['ignore', log, log] });
    if (child.pid !== undefined) standDown = guardRuntime(child.pid);
    await untilAnswers(address, child);
  };
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    standDown();
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  return { url: `${address}/${databaseName}`, kill, start };
}

async function untilAnswers(address: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + startTimeoutMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`trytond ended with ${child.exitCode}: see trytond.log`);
    if ((await version(address)) !== null) return;
    if (Date.now() > end) throw new Error(`trytond does not answer within ${startTimeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Of the server; null where none answers. */
export async function version(address: string): Promise<string | null> {
  try {
    const response = await fetch(`${address}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 1, method: 'common.server.version', params: [] }),
      signal: AbortSignal.timeout(5_000),
    });
    const { result } = (await response.json()) as { result?: unknown };
    return typeof result === 'string' ? result : null;
  } catch {
    return null;
  }
}

/** A database as it was, in place of the one that was used; the server has to be down. */
export function copyDatabase(from: string, files: TrytonFiles): void {
  copyFileSync(from, databasePath(files));
}
