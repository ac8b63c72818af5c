// The audit in memory: what was recorded, and what the memory journal got with its batches, chained when it is asked for.

import { type ChainedAct, chain, emptyHead } from '../../src/core/audit/audit-chain.ts';
import type { OperatorAct } from '../../src/core/operator-act.ts';
import type { AuditLog } from '../../src/pipeline/ports.ts';
import type { MemoryJournal } from './memory-journal.ts';

export function createMemoryAudit(journal: MemoryJournal): AuditLog {
  const recorded: OperatorAct[] = [];
  const chained: ChainedAct[] = [];
  /** As D1, it is away where the journal is. */
  const knock = () => journal.list({ filter: {}, cursor: null, limit: 1 });
  const all = () => [...recorded, ...journal.acts()];
  return {
    record: async (act) => {
      await knock();
      recorded.push(act);
    },
    flush: async () => {
      await knock();
      const known = new Set(chained.map(({ id }) => id));
      const waiting = all().filter(({ id }) => !known.has(id));
      chained.push(...chain(chained.at(-1) ?? emptyHead, waiting));
      const { number, hash } = chained.at(-1) ?? emptyHead;
      return { head: { number, hash }, problem: null };
    },
    export: async ({ after, limit }) => chained.filter(({ number }) => number > after).slice(0, limit),
    list: async ({ filter, before, limit }) => {
      await knock();
      const wanted = Object.entries(filter).filter(([, value]) => value !== null);
      return all()
        .filter((act) => wanted.every(([name, value]) => Reflect.get(act, name) === value))
        .filter(({ at, id }) => before === null || at < before.at || (at === before.at && id < before.id))
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit)
        .map((act) => {
          const { number = null, hash = null } = chained.find(({ id }) => id === act.id) ?? {};
          return { ...act, number, hash };
        });
    },
  };
}
