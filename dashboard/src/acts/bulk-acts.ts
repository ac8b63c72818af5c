// What can be done to many deliveries at once: what each act takes, which scope it needs, what it says and how it is undone. A
// table; the dialog reads it.

import { can } from '../session.ts';
import type { BulkAct } from '../wire-bulk.ts';

export type BulkActRow = {
  readonly act: BulkAct;
  /** In the list of acts, and of the button that starts it. */
  readonly name: string;
  readonly doing: string;
  readonly takes: 'dead_lettered' | 'held';
  readonly scope: string;
  readonly says: string;
  readonly undo: string;
};

const rows: readonly BulkActRow[] = [
  {
    act: 'replay',
    name: 'Replay',
    doing: 'replayed',
    takes: 'dead_lettered',
    scope: 'deliveries:replay',
    says: 'are tried again, oldest event first. What the ERP did already is not done twice; what fails again comes back as a dead letter.',
    undo: 'Cancel the job: the rest stays as it is. What was replayed cannot be called back.',
  },
  {
    act: 'skip',
    name: 'Skip',
    doing: 'skipped',
    takes: 'dead_lettered',
    scope: 'deliveries:manage',
    says: 'shall not be done. What waits behind them goes on.',
    undo: 'Cancel the job: the rest stays as it is. A skipped one is done after all by a replay.',
  },
  {
    act: 'resolve',
    name: 'Say they were done by hand',
    doing: 'resolved',
    takes: 'dead_lettered',
    scope: 'deliveries:manage',
    says: 'were done by hand, and the ledger keeps it, so that nothing does them again. What waits behind them goes on.',
    undo: 'Cancel the job: the rest stays as it is. What was said of the others cannot be taken back.',
  },
  {
    act: 'release',
    name: 'Release',
    doing: 'released',
    takes: 'held',
    scope: 'deliveries:manage',
    says: 'go on, oldest event first. Do it after their cause was mended; else they are held again.',
    undo: 'Cancel the job: the rest stays held. What was released cannot be called back.',
  },
];

export function bulkActOf(act: BulkAct): BulkActRow {
  const found = rows.find((row) => row.act === act);
  if (found === undefined) throw new Error(`${act} is no act on many`);
  return found;
}

/** Those that take one of the statuses, and that the key may do. */
export function bulkActsFor(statuses: readonly string[]): readonly BulkActRow[] {
  return rows.filter(({ takes, scope }) => statuses.includes(takes) && can(scope));
}
