// Runs the command `holdfast` as a person does: the real binary in a process of its own, with a home of its own. Never a terminal,
// so it asks nothing.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type HoldfastOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds; absent: nothing. */
  readonly input?: string;
  /** The project whose command it is. */
  readonly project?: string;
  readonly cwd?: string;
};

export type Running = {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  readonly ended: Promise<Ended>;
};

/** What the machine of the test has set says nothing here. */
const none = { HOLDFAST_URL: '', HOLDFAST_KEY: '', PORT: '', NO_COLOR: '1' };

export function startHoldfast(args: readonly string[], options: HoldfastOptions = {}): Running {
  const { env = {}, input, project = repository, cwd = project } = options;
  const { FORCE_COLOR: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [resolve(project, 'cli/holdfast.mjs'), ...args], {
    cwd,
    env: { ...inherited, ...none, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input ?? '');
  const out = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...out }));
  return { child, stdout: () => out.stdout, stderr: () => out.stderr, ended };
}

export function holdfast(args: readonly string[], options: HoldfastOptions = {}): Promise<Ended> {
  return startHoldfast(args, options).ended;
}
