// A run: what a consumer may go through after the head of a line without another call, as long as each succeeds. Only what
// is plain: never started, nothing in doubt, and in the order in which it would be leased one by one.
// Pure: reads records and lines as they are.

import { isSatisfiedAfter, type KeyState, type Line, ledgerFor, orderOf } from './key-state.ts';
import type { Position } from './line.ts';

/** At most `most` places that follow the head at once. */
export function runBehind(
  { key, line, head }: { readonly key: KeyState; readonly line: Line; readonly head: Position },
  most: number,
): readonly Position[] {
  const order = orderOf(key, line);
  const others = order.filter(({ id }) => id !== head.id);
  // A replay at a place the line has passed is in no order.
  if (others.length === order.length || !isPlain(key, head)) return [];
  const run: Position[] = [];
  const ids = new Set([head.occupant.id]);
  const operations = new Set([head.occupant.operationKey]);
  // What a waiter in front let go ahead goes ahead of it again, whatever becomes of the lease.
  let last = order[0]?.id === head.id ? head : null;
  for (const next of others) {
    const { id, operationKey, startNumber, policy } = next.occupant;
    if (run.length >= most || !isPlain(key, next)) break;
    // What has a place of its own keeps it; all that start now share the lease's number, and stand by arrival.
    if (startNumber !== null || (last !== null && !isBehind(last, next))) break;
    // The second of one operation has to know what became of the first.
    if (operations.has(operationKey)) break;
    if (!policy.after.every((prerequisite) => isSatisfiedAfter(key, prerequisite, ids))) break;
    run.push(next);
    ids.add(id);
    operations.add(operationKey);
    last = next;
  }
  return run;
}

function isBehind(a: Position, b: Position): boolean {
  return a.record.arrival < b.record.arrival || (a.record.id === b.record.id && a.index < b.index);
}

/** Its success means that the next may start: no batch, of which a part may fail; no state, which a newer one may replace. */
function isPlain(key: KeyState, { occupant }: Position): boolean {
  const { state, suspect, effect, replay, staleKey, policy, notice, publish, own } = occupant;
  if (state.status !== 'pending' || suspect || effect !== null || replay !== null) return false;
  if (staleKey !== null || policy.batch !== undefined) return false;
  if (notice !== undefined || publish !== undefined || own !== undefined) return false;
  return ledgerFor(key, occupant) === null;
}
