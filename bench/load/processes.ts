// What the processes of a system cost: CPU time and memory of a process and all below it, from /proc (Linux).
// Memory is the proportional set size: what several processes share is counted once.

import { readdirSync, readFileSync } from 'node:fs';

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number };

function readStat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets; what follows the last bracket begins with the state.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((at) =>
      Number(fields[at]),
    );
    const ticks = (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0);
    return { pid, parent: parent ?? 0, ticks };
  } catch {
    return null;
  }
}

function family(root: number): Stat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== null);
  const known = new Set([root]);
  for (let size = 0; size !== known.size; ) {
    size = known.size;
    for (const { pid, parent } of all) if (known.has(parent)) known.add(pid);
  }
  return all.filter(({ pid }) => known.has(pid));
}

/** CPU time so far of the process and its descendants, ms. A child that ended counts with its parent. */
export function cpuMs(root: number): number {
  return family(root).reduce((sum, { ticks }) => sum + (ticks * 1000) / ticksPerSecond, 0);
}

/** Memory now of the process and its descendants, MB. */
export function memoryMb(root: number): number {
  return family(root).reduce((sum, { pid }) => sum + pssKb(pid), 0) / 1024;
}

function pssKb(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(match?.[1] ?? 0);
  } catch {
    return 0;
  }
}
