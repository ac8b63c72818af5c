// `npm start` as a person meets it: what it says, and that it leaves nothing running however it ends.
// The processes are the real ones, found by the marker the runtime carries.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { host, reservePort } from '../../scripts/local/ports.ts';
import { findRuntimes, isAlive } from '../../scripts/local/runtime-processes.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Longer than any start or end takes, shorter than a test, ms. */
const patienceMs = 20_000;

let directory = '';
let port = 0;
const commands: ChildProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
  port = await reservePort(0);
});

afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.kill('SIGKILL');
  }
  await until(() => findRuntimes(directory).live.length === 0);
  for (const { pid } of findRuntimes(directory).orphans) {
    process.kill(pid, 'SIGKILL');
  }
  rmSync(directory, { recursive: true, force: true });
});

/** Waits for it; fails where it does not come true in time. */
const until = (condition: () => boolean | Promise<boolean>) =>
  vi.waitUntil(condition, { timeout: patienceMs, interval: 25 });

type Command = { child: ChildProcess; output: () => string; exited: Promise<number | null> };

function run(command: 'npm' | 'node', extra: string[] = []): Command {
  const options = ['--port', String(port), '--erp-port', '0', '--state-dir', directory];
  const args = [...options, '--secrets', join(directory, 'secrets'), ...extra];
  const [file, first] =
    command === 'npm' ? ['npm', ['start', '--silent', '--']] : [process.execPath, ['scripts/start.mjs']];
  const child = spawn(file, [...first, ...args], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'] });
  commands.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, exited: once(child, 'close').then(([code]) => code as number | null) };
}

async function started(command: 'npm' | 'node'): Promise<Command & { runtimePid: number; ownerPid: number }> {
  const running = run(command);
  await until(() => running.output().includes('Ctrl-C stops everything'));
  const [runtime] = findRuntimes(directory).live;
  return { ...running, runtimePid: runtime?.pid ?? 0, ownerPid: runtime?.ownerPid ?? 0 };
}

async function isReady(): Promise<boolean> {
  const response = await fetch(`http://${host}:${port}/readyz`).catch(() => null);
  return response?.status === 200;
}

const nothingIsLeft = async () => {
  const { live, orphans } = findRuntimes(directory);
  return live.length + orphans.length === 0 && !(await isReady());
};

describe('npm start', () => {
  it('says what a newcomer needs, answers, and ends with Ctrl-C', async () => {
    const { child, output, exited } = await started('node');
    expect(await isReady()).toBe(true);
    const secrets = readFileSync(join(directory, 'secrets'), 'utf8');
    const adminKey = /^ADMIN_KEY=(.+)$/m.exec(secrets)?.[1] ?? 'none';
    for (const part of [`http://${host}:${port}/hooks/shopify`, adminKey, '/sandbox/state', 'npm run demo']) {
      expect(output()).toContain(part);
    }
    for (const [, secret = ''] of secrets.matchAll(/^\w+_SECRET=(.+)$/gm)) {
      expect(output()).not.toContain(secret);
    }
    child.kill('SIGINT');
    expect(await exited).toBe(0);
    await until(nothingIsLeft);
  });

  it('refuses a second start on the same state, naming the port, and goes on itself', async () => {
    await started('node');
    const second = run('node');
    expect(await second.exited).toBe(1);
    expect(second.output()).toMatch(new RegExp(`^Port ${port} is in use\\. .*--port .*--state-dir`));
    expect(await isReady()).toBe(true);
  });

  it('leaves no runtime behind when it is killed, and starts again at once', async () => {
    const { ownerPid, runtimePid } = await started('node');
    process.kill(ownerPid, 'SIGKILL');
    const again = await started('node');
    expect(again.runtimePid).not.toBe(runtimePid);
    await until(() => !isRunning(runtimePid));
    expect(await isReady()).toBe(true);
    again.child.kill('SIGTERM');
    expect(await again.exited).toBe(0);
  });

  it('ends with the command that started it, even if that is killed', async () => {
    const { child } = await started('node');
    child.kill('SIGKILL');
    await until(nothingIsLeft);
  });

  it('ends with npm, even if that is killed', async () => {
    const { child } = await started('npm');
    child.kill('SIGKILL');
    await until(nothingIsLeft);
  });

  it('ends with a message and a failure when the runtime dies', async () => {
    const { output, exited, runtimePid } = await started('node');
    process.kill(runtimePid, 'SIGKILL');
    expect(await exited).toBe(1);
    expect(output()).toContain('ended unexpectedly');
    await until(nothingIsLeft);
  });

  it('names a busy port and how to choose another, and leaves nothing running', async () => {
    const other = createServer().listen(port, host);
    await once(other, 'listening');
    const { output, exited } = run('node');
    expect(await exited).toBe(1);
    expect(output()).toContain(`Port ${port} is in use. Choose another with PORT=… or --port ….`);
    expect(findRuntimes(directory)).toEqual({ live: [], orphans: [] });
    other.close();
  });

  it('names the file, the field and the rule of a bad configuration', async () => {
    writeFileSync(join(directory, 'secrets'), 'STANDARD_WEBHOOKS_SECRET=not base64!\nADMIN_KEY=short\n');
    const { output, exited } = run('node');
    expect(await exited).toBe(1);
    expect(output()).toMatch(/^ {2}\.dev\.vars: ADMIN_KEY must be 32 to 256/m);
    expect(output()).toMatch(/^ {2}\.dev\.vars: STANDARD_WEBHOOKS_SECRET .*base64/m);
    expect(output()).not.toContain('not base64!');
  });

  it('refuses an option it does not have', async () => {
    const { output, exited } = run('node', ['--prot', '1']);
    expect(await exited).toBe(1);
    expect(output()).toContain("Unknown option '--prot'");
    expect(output()).toContain('--port N');
  });
});

/** Not a process that is dead and only not yet reaped: that one has lost its marker. */
function isRunning(pid: number): boolean {
  const { live, orphans } = findRuntimes(directory);
  return isAlive(pid) && [...live, ...orphans].some((runtime) => runtime.pid === pid);
}
