// Finds and ends the runtime processes (workerd) that local relays started, also after their starter was killed.
// workerd does not end with its parent: left alone it would hold the port and write the same state files as its
// successor. Each carries a marker in its environment, which the kernel keeps; no pid file can go stale or lie.
// It may end no process that does not carry the marker.

import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable every runtime process carries: `<state directory>|<owner pid>|<token>`, URI-encoded. */
const markerName = 'HOLDFAST_RUNTIME';

/** How long an ended process may take to be gone, ms. SIGKILL takes single milliseconds unless a disk hangs. */
const endTimeoutMs = 5_000;
const pollMs = 10;

export type RuntimeMarker = {
  /** Absolute path of the state directory the process works on. */
  stateDir: string;
  /** The Node process that started it and ends it. */
  ownerPid: number;
  /** Tells several runtimes of one owner apart. */
  token: string;
};

export type RuntimeProcess = RuntimeMarker & { pid: number };

type ListedProcess = { pid: number; parentPid: number; marker: RuntimeMarker | null };

export class StateInUseError extends Error {
  constructor(stateDir: string, ownerPid: number) {
    super(
      `Another relay, process ${ownerPid}, is running on the state in ${stateDir}. ` +
        'Stop it, or start a second one with --port … and --state-dir ….',
    );
  }
}

export function markerEnvironment(marker: RuntimeMarker): Record<string, string> {
  const parts = [marker.stateDir, String(marker.ownerPid), marker.token];
  return { [markerName]: parts.map(encodeURIComponent).join('|') };
}

export function parseMarker(environment: string): RuntimeMarker | null {
  const match = new RegExp(`(?:^|[\\0\\s])${markerName}=([^\\0\\s|]+)\\|(\\d+)\\|([^\\0\\s|]+)`).exec(
    environment,
  );
  if (match === null) {
    return null;
  }
  const [stateDir = '', ownerPid = '', token = ''] = match.slice(1).map(decodeURIComponent);
  return { stateDir, ownerPid: Number(ownerPid), token };
}

/** The processes of one state directory whose owner lives (`live`), and those it left behind (`orphans`). */
export function findRuntimes(stateDir: string): { live: RuntimeProcess[]; orphans: RuntimeProcess[] } {
  const listed = listProcesses();
  const parents = new Map(listed.map(({ pid, parentPid }) => [pid, parentPid]));
  const found: { live: RuntimeProcess[]; orphans: RuntimeProcess[] } = { live: [], orphans: [] };
  for (const { pid, marker } of listed) {
    if (marker?.stateDir === stateDir) {
      const owned = hasAncestor(parents, pid, marker.ownerPid);
      (owned ? found.live : found.orphans).push({ ...marker, pid });
    }
  }
  return found;
}

/**
 * Makes a state directory free to use: ends what a killed starter left behind.
 * @throws StateInUseError when a relay that is still looked after works on it.
 */
export async function claimStateDir(stateDir: string): Promise<number> {
  const { live, orphans } = findRuntimes(stateDir);
  const owner = live[0];
  if (owner !== undefined) {
    throw new StateInUseError(stateDir, owner.ownerPid);
  }
  for (const { pid } of orphans) {
    endProcess(pid);
  }
  await waitUntilGone(stateDir);
  return orphans.length;
}

/**
 * Ends `pid` when this process is gone, however it went: a small shell reads a pipe that only this process holds,
 * and the kernel closes it. Returns the way to call it off.
 */
export function guardRuntime(pid: number): () => void {
  const guard = spawn('/bin/sh', ['-c', 'read -r line || kill -KILL "$0"', String(pid)], {
    // A session of its own, or Ctrl-C would end the guard with what it guards against.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  // Without a shell the next start still ends what was left behind.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  return () => guard.stdin.end('stand down\n');
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Looks for the marker, not the pid: a dead process that nobody has reaped keeps its pid but not its environment. */
async function waitUntilGone(stateDir: string): Promise<void> {
  const deadline = Date.now() + endTimeoutMs;
  for (;;) {
    const [left] = findRuntimes(stateDir).orphans;
    if (left === undefined) {
      return;
    }
    if (Date.now() > deadline) {
      throw new Error(`Process ${left.pid}, left behind by an earlier relay, does not end. End it by hand.`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function hasAncestor(parents: Map<number, number>, pid: number, ancestor: number): boolean {
  let current = parents.get(pid);
  while (current !== undefined && current > 0) {
    if (current === ancestor) {
      return true;
    }
    current = parents.get(current);
  }
  return false;
}

function listProcesses(): ListedProcess[] {
  return process.platform === 'linux' ? listFromProc() : listFromPs();
}

function listFromProc(): ListedProcess[] {
  const listed: ListedProcess[] = [];
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) {
      const entry = readProcEntry(Number(name));
      if (entry !== null) {
        listed.push(entry);
      }
    }
  }
  return listed;
}

function readProcEntry(pid: number): ListedProcess | null {
  try {
    // "pid (name) state ppid …", where the name may hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parentPid = '0'] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, parentPid: Number(parentPid), marker: parseMarker(readEnvironment(pid)) };
  } catch {
    return null; // It ended meanwhile.
  }
}

function readEnvironment(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // Another user's.
  }
}

/** macOS has no /proc; its ps shows the environment of one's own processes behind the command (-E). */
function listFromPs(): ListedProcess[] {
  const result = spawnSync('ps', ['-axEww', '-o', 'pid=,ppid=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return parsePsOutput(result.stdout ?? '');
}

export function parsePsOutput(output: string): ListedProcess[] {
  const listed: ListedProcess[] = [];
  for (const line of output.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    if (match !== null) {
      const [, pid = '', parentPid = '', rest = ''] = match;
      listed.push({ pid: Number(pid), parentPid: Number(parentPid), marker: parseMarker(rest) });
    }
  }
  return listed;
}
