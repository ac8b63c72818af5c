// Chains what waits in the audit, one step after the other, from the head its owner keeps apart from the acts. Where the stored
// chain is not the one that head ends, somebody was at it: that is said, remembered, and the chain goes on from what is there, so
// that nothing later is lost for it.

import { type ChainedAct, type ChainHead, chain, emptyHead, verifyChain } from '../core/audit/audit-chain.ts';
import { limits } from '../core/limits.ts';
import type { OperatorAct } from '../core/operator-act.ts';

export type ChainStep = {
  /** The owner's own: not kept beside the acts. */
  readonly head: ChainHead;
  readonly store: {
    readonly unchained: (limit: number) => Promise<readonly OperatorAct[]>;
    readonly last: () => Promise<ChainHead | null>;
    readonly append: (acts: readonly ChainedAct[]) => Promise<void>;
    /** Of the stored chain, by place. */
    readonly export: (range: {
      readonly after: number;
      readonly limit: number;
    }) => Promise<readonly ChainedAct[]>;
  };
};

export type ChainStepped = {
  readonly head: ChainHead;
  readonly chainedCount: number;
  readonly hasMore: boolean;
  /** What is wrong with the stored chain; null: it ends where it should. */
  readonly problem: string | null;
};

export async function stepChain({ head, store }: ChainStep): Promise<ChainStepped> {
  const stored = (await store.last()) ?? emptyHead;
  const standing = await compare(head, stored, store);
  const acts = await store.unchained(limits.auditStepActs);
  if (acts.length === 0) return { ...standing, chainedCount: 0, hasMore: false };
  const chained = chain(standing.head, acts);
  await store.append(chained);
  const last = chained.at(-1) ?? standing.head;
  return {
    ...standing,
    head: { number: last.number, hash: last.hash },
    chainedCount: chained.length,
    hasMore: acts.length >= limits.auditStepActs,
  };
}

type Standing = Pick<ChainStepped, 'head' | 'problem'>;

async function compare(head: ChainHead, stored: ChainHead, store: ChainStep['store']): Promise<Standing> {
  if (stored.number === head.number && stored.hash === head.hash) return { head, problem: null };
  if (stored.number <= head.number) {
    const problem =
      stored.number < head.number
        ? `the chain ends at ${stored.number} and had come to ${head.number}: acts were removed`
        : `the act at place ${head.number} is not the one that was chained`;
    return { head: stored, problem };
  }
  // Written, and its owner ended before it could note it: what is beyond has to follow from what is known.
  const beyond = await store.export({ after: head.number, limit: limits.auditStepActs + 1 });
  const verdict = verifyChain(beyond, head);
  const follows = verdict.kind === 'whole' && verdict.head.hash === stored.hash;
  return {
    head: stored,
    problem: follows ? null : `the chain beyond ${head.number} does not follow from it`,
  };
}
