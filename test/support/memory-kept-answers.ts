// Answers to acts with an Idempotency-Key, in memory, by the rules the D1 one follows.

import { limits } from '../../src/core/limits.ts';
import type { KeptAct, KeptAnswer, KeptAnswers } from '../../src/pipeline/ports.ts';

export function createMemoryKeptAnswers(): KeptAnswers {
  const rows = new Map<string, KeptAct & { readonly answer: KeptAnswer | null }>();
  const nameOf = ({ caller, key }: KeptAct) => `${caller} ${key}`;
  const isMine = (act: KeptAct) => {
    const row = rows.get(nameOf(act));
    return row?.hash === act.hash && row.startedAt === act.startedAt && row.answer === null;
  };
  return {
    begin: async (act) => {
      const row = rows.get(nameOf(act));
      const ageMs = row === undefined ? 0 : act.startedAt - row.startedAt;
      const isOver = ageMs > limits.keptAnswerMs || (row?.answer === null && ageMs > limits.abandonedActMs);
      if (row === undefined || isOver) {
        rows.set(nameOf(act), { ...act, answer: null });
        return { kind: 'fresh' };
      }
      if (row.hash !== act.hash) return { kind: 'other_request' };
      return row.answer === null ? { kind: 'running' } : { kind: 'answered', answer: row.answer };
    },
    finish: async (act, answer) => {
      if (isMine(act)) rows.set(nameOf(act), { ...act, answer });
    },
    release: async (act) => {
      if (isMine(act)) rows.delete(nameOf(act));
    },
  };
}
