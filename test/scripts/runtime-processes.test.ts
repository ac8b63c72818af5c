// Which processes a start may end: only those that carry the marker and whose owner is gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  claimStateDir,
  findRuntimes,
  markerEnvironment,
  parseMarker,
  parsePsOutput,
  StateInUseError,
} from '../../scripts/local/runtime-processes.ts';

const marker = { stateDir: '/some where/state|dir', ownerPid: 42, token: 'abc' };
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
  }
});

/** A process that lives until it is ended, under the marker. */
async function startMarked(stateDir: string, ownerPid: number): Promise<ChildProcess> {
  const child = spawn('sleep', ['60'], {
    env: { ...process.env, ...markerEnvironment({ stateDir, ownerPid, token: 'test' }) },
  });
  started.push(child);
  await once(child, 'spawn');
  return child;
}

describe('the marker of a runtime process', () => {
  it('survives spaces and separators in the path', () => {
    const [[name, value] = ['', '']] = Object.entries(markerEnvironment(marker));
    expect(parseMarker(`A=1\0${name}=${value}\0B=2`)).toEqual(marker);
    expect(parseMarker(`A=1\0NOT_${name}=${value}`)).toBeNull();
  });

  it('is read from what ps shows on macOS', () => {
    const [[name, value] = ['', '']] = Object.entries(markerEnvironment(marker));
    const output = `    1     0 /sbin/launchd\n  812   800 /x/workerd serve --binary - PATH=/bin ${name}=${value} TZ=UTC\n`;
    expect(parsePsOutput(output)).toEqual([
      { pid: 1, parentPid: 0, marker: null },
      { pid: 812, parentPid: 800, marker },
    ]);
  });
});

describe('claiming a state directory', () => {
  it('is refused while a relay that is looked after works on it', async () => {
    const stateDir = `/nowhere/live-${process.pid}`;
    const child = await startMarked(stateDir, process.pid);
    await expect(claimStateDir(stateDir)).rejects.toThrow(StateInUseError);
    expect(findRuntimes(stateDir).live.map(({ pid }) => pid)).toEqual([child.pid]);
    expect(child.exitCode).toBeNull();
  });

  it('ends what an owner that is gone left behind, and nothing of another directory', async () => {
    const stateDir = `/nowhere/orphan-${process.pid}`;
    // No ancestor of a test has this pid: the owner is gone as far as anyone can see.
    const gonePid = 2 ** 22 + 1;
    const orphan = await startMarked(stateDir, gonePid);
    const other = await startMarked(`${stateDir}-other`, gonePid);
    const ended = once(orphan, 'exit');
    expect(await claimStateDir(stateDir)).toBe(1);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(other.exitCode).toBeNull();
    expect(findRuntimes(stateDir)).toEqual({ live: [], orphans: [] });
  });
});
