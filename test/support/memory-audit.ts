// The audit in memory: what was recorded, and what the memory journal got with its batches.

import type { OperatorAct } from '../../src/core/operator-act.ts';
import type { AuditLog } from '../../src/pipeline/ports.ts';
import type { MemoryJournal } from './memory-journal.ts';

export function createMemoryAudit(journal: MemoryJournal): AuditLog {
  const recorded: OperatorAct[] = [];
  return {
    record: async (act) => {
      await journal.list({ filter: {}, cursor: null, limit: 1 });
      recorded.push(act);
    },
    list: async ({ filter, before, limit }) => {
      await journal.list({ filter: {}, cursor: null, limit: 1 });
      const wanted = Object.entries(filter).filter(([, value]) => value !== null);
      return [...recorded, ...journal.acts()]
        .filter((act) => wanted.every(([name, value]) => Reflect.get(act, name) === value))
        .filter(({ at, id }) => before === null || at < before.at || (at === before.at && id < before.id))
        .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
        .slice(0, limit);
    },
  };
}
