// The intake rows of one partition in memory, over the same writes as its other rows: they are undone, counted and crashed
// at together. Rows go in and come out as JSON text, as a database keeps them.

import type { IntakePart, IntakeRows, SettledIntake } from '../../src/core/sequencer/intake-record.ts';
import type { Writes } from './memory-rows.ts';

export type IntakeTables = {
  readonly open: Map<string, string>;
  readonly settled: Map<string, string>;
};

type SettledRow = { readonly settled: SettledIntake; readonly expiresAt: number };

export function createMemoryIntakeRows(
  { open, settled }: IntakeTables,
  writes: Pick<Writes, 'put' | 'remove'>,
): IntakeRows {
  return {
    readOpenIntakes: () => [...open.values()].map((row) => JSON.parse(row) as IntakePart),
    readSettledIntake: (id) => {
      const row = settled.get(id);
      return row === undefined ? null : (JSON.parse(row) as SettledRow).settled;
    },
    writeIntakePart: (part) => writes.put(open, `${part.head.id}\n${part.part}`, JSON.stringify(part)),
    settleIntake: (intake, expiresAt) => {
      writes.put(settled, intake.id, JSON.stringify({ settled: intake, expiresAt }));
      for (const name of [...open.keys()]) if (name.startsWith(`${intake.id}\n`)) writes.remove(open, name);
    },
    pruneIntakes: (now, cursor, limit) => {
      const names = [...settled.keys()].sort().filter((name) => cursor === null || name > cursor);
      const looked = names.slice(0, limit);
      for (const name of looked) {
        const row = JSON.parse(settled.get(name) ?? '{}') as SettledRow;
        if (row.expiresAt < now) writes.remove(settled, name);
      }
      return names.length > looked.length ? (looked.at(-1) ?? null) : null;
    },
  };
}
