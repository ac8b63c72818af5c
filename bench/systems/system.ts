// A system under test: a process of its own that says where it listens, and ends with this one. What it costs is the cost of
// its process and all below it.

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repository, toolEnvironment } from '../../scripts/local/command.ts';
import type { Announcement } from './announce.ts';

export type SystemDefinition = {
  readonly name: string;
  /** What it is, for the table. */
  readonly what: string;
  /** A file below bench/ and its arguments. */
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it keeps the events of one order in order: then one out of its turn voids the run. */
  readonly ordered: boolean;
  /** Events of one burst at a sink of 0 ms and of 50 ms: a slow system gets fewer, so that all have the time. */
  readonly burst: number;
  readonly slowBurst: number;
  /** Whether it is one of the systems that are also loaded at 100 events a second. */
  readonly paced: boolean;
};

export type RunningSystem = SystemDefinition &
  Announcement & { readonly pid: number; readonly startMs: number; readonly stop: () => Promise<void> };

/** Longest start, ms. */
const startTimeoutMs = 60_000;

/** How long a system may take to end by itself, ms. */
const stopTimeoutMs = 5_000;

export async function startSystem(
  definition: SystemDefinition,
  environment: Readonly<Record<string, string>>,
): Promise<RunningSystem> {
  const [file = '', ...args] = definition.command;
  const startedAt = performance.now();
  const child = spawn('node', [join(repository, 'bench', file), ...args], {
    cwd: repository,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: toolEnvironment({ ...environment, ...definition.environment }),
  });
  const announcement = await readAnnouncement(child, definition.name);
  const startMs = performance.now() - startedAt;
  return { ...definition, ...announcement, pid: child.pid ?? 0, startMs, stop: () => stopChild(child) };
}

function readAnnouncement(child: ChildProcess, name: string): Promise<Announcement> {
  return new Promise((resolve, reject) => {
    let complaints = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-2_000);
    });
    const timer = setTimeout(() => reject(new Error(`${name} did not start\n${complaints}`)), startTimeoutMs);
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code}\n${complaints}`)));
    if (child.stdout === null) throw new Error(`${name} has no output`);
    createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('READY ')) return;
      clearTimeout(timer);
      resolve(JSON.parse(line.slice('READY '.length)) as Announcement);
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(timer);
}
