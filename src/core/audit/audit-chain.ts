// The chain over the audit: SHA-256 over the hash before and the act as canonical JSON. Whoever has an export can check it by
// themselves; these few lines are all it takes. Pure.

import { canonicalJson } from '../input-hash.ts';
import type { OperatorAct } from '../operator-act.ts';
import { sha256Hex } from '../sha256.ts';

export type ChainedAct = OperatorAct & {
  /** Its place, from 1 without gaps. */
  readonly number: number;
  /** Hex. */
  readonly hash: string;
};

/** Where a chain ends. */
export type ChainHead = { readonly number: number; readonly hash: string };

/** Of the chain nobody has begun. */
export const emptyHead: ChainHead = { number: 0, hash: '0'.repeat(64) };

export function chainHash(before: ChainHead, act: OperatorAct): string {
  const { id, at, actor, action, deliveryId, orderingKey, target, reason } = act;
  const said = { id, at, actor, action, deliveryId, orderingKey, target, reason };
  const number = before.number + 1;
  return sha256Hex(
    `${before.hash}\n${canonicalJson({ ...said, before: act.before, after: act.after, number })}`,
  );
}

export function chain(head: ChainHead, acts: readonly OperatorAct[]): readonly ChainedAct[] {
  let last = head;
  return acts.map((act) => {
    last = { number: last.number + 1, hash: chainHash(last, act) };
    return { ...act, ...last };
  });
}

export type ChainVerdict =
  | { readonly kind: 'whole'; readonly head: ChainHead }
  /** `number`: the first place that is not as it was written. */
  | { readonly kind: 'broken'; readonly number: number; readonly problem: string };

/** @param head of what was checked before; `emptyHead` for a chain from its beginning */
export function verifyChain(acts: Iterable<ChainedAct>, head: ChainHead = emptyHead): ChainVerdict {
  let last = head;
  for (const act of acts) {
    const wanted = last.number + 1;
    if (act.number !== wanted)
      return { kind: 'broken', number: wanted, problem: `place ${wanted} is missing: ${act.number} follows` };
    if (act.hash !== chainHash(last, act))
      return { kind: 'broken', number: wanted, problem: `the act at place ${wanted} is not the one chained` };
    last = { number: act.number, hash: act.hash };
  }
  return { kind: 'whole', head: last };
}
