// Checks an export of the audit, line by line: the chain from its beginning, the end it says it has, and a head that was noted
// before. Reads what it is given and nothing else.

import { type ChainedAct, type ChainHead, emptyHead, verifyChain } from '../../src/core/audit/audit-chain.ts';

export type AuditReport =
  | { readonly kind: 'whole'; readonly count: number; readonly head: ChainHead }
  | { readonly kind: 'broken'; readonly problem: string };

type Trailer = { readonly head: ChainHead; readonly problem: string | null };

/** @param noted a head of an earlier run, through which the chain must go; null: none */
export async function checkAudit(
  lines: AsyncIterable<string> | Iterable<string>,
  noted: ChainHead | null,
): Promise<AuditReport> {
  let head = emptyHead;
  let trailer: Trailer | null = null;
  for await (const line of lines) {
    const parsed = parse(line);
    if (parsed === null) return broken(`after place ${head.number} stands a line that is no act`);
    if (trailer !== null) return broken('something stands behind the end');
    if ('head' in parsed) {
      trailer = parsed;
      continue;
    }
    const verdict = verifyChain([parsed], head);
    if (verdict.kind === 'broken') return broken(verdict.problem);
    head = verdict.head;
    if (noted?.number === head.number && noted.hash !== head.hash)
      return broken(`place ${noted.number} is not what was noted: the chain was made again`);
  }
  if (trailer === null) return broken('it has no end: the export was cut off');
  if (trailer.problem !== null) return broken(trailer.problem);
  if (trailer.head.number !== head.number || trailer.head.hash !== head.hash)
    return broken(`it ends at place ${head.number}, and its writer had come to ${trailer.head.number}`);
  if (noted !== null && noted.number > head.number)
    return broken(`it ends at place ${head.number}, and place ${noted.number} was noted`);
  return { kind: 'whole', count: head.number, head };
}

function broken(problem: string): AuditReport {
  return { kind: 'broken', problem };
}

function parse(line: string): ChainedAct | Trailer | null {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null ? (value as ChainedAct | Trailer) : null;
  } catch {
    return null;
  }
}
