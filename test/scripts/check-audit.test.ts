// The check of an audit export: whole chains pass, and every way to tamper with one is found.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAudit } from '../../scripts/lib/check-audit.ts';
import { type ChainedAct, chain, emptyHead } from '../../src/core/audit/audit-chain.ts';
import type { OperatorAct } from '../../src/core/operator-act.ts';

function acts(count: number): readonly ChainedAct[] {
  const one = (index: number): OperatorAct => ({
    ...{
      id: `act_${index}`,
      at: 1_000 + index,
      actor: 'crd_1',
      action: 'skipped',
      deliveryId: `dlv_0_${index}`,
    },
    ...{
      orderingKey: 'order/1',
      target: 'erp',
      before: 'dead_lettered',
      after: 'resolved',
      reason: 'a test',
    },
  });
  return chain(
    emptyHead,
    Array.from({ length: count }, (_, index) => one(index)),
  );
}

function exported(all: readonly ChainedAct[], head = all.at(-1) ?? emptyHead, problem: string | null = null) {
  const end = JSON.stringify({ head: { number: head.number, hash: head.hash }, problem });
  return [...all.map((act) => JSON.stringify(act)), end];
}

const check = (lines: readonly string[]) => checkAudit(lines, null);

describe('an export of the audit', () => {
  it('that is whole passes, an empty one too', async () => {
    const all = acts(5);
    expect(await check(exported(all))).toMatchObject({ kind: 'whole', count: 5, head: { number: 5 } });
    expect(await check(exported([]))).toMatchObject({ kind: 'whole', count: 0 });
  });

  it('fails with any one field of any one act changed', async () => {
    const fields = [
      'id',
      'actor',
      'action',
      'deliveryId',
      'orderingKey',
      'target',
      'before',
      'after',
      'reason',
      'hash',
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.constantFrom(...fields), fc.string(), async (at, field, value) => {
        const all = acts(5).map((act, index) => (index === at ? { ...act, [field]: value } : act));
        fc.pre(value !== Reflect.get(acts(5)[at] ?? {}, field));
        expect((await check(exported(all, acts(5).at(-1)))).kind).toBe('broken');
      }),
    );
  });

  it('fails with an act taken out, put in, swapped, or cut off at the end', async () => {
    const all = acts(5);
    const [first, second, third, ...rest] = all as [ChainedAct, ChainedAct, ChainedAct, ...ChainedAct[]];
    const tampered = [
      [first, third, ...rest],
      [first, first, second, third, ...rest],
      [second, first, third, ...rest],
      all.slice(0, 4),
      [],
    ];
    for (const each of tampered) expect((await check(exported(each, all.at(-1)))).kind).toBe('broken');
  });

  it('fails where all of it was made again, if a head was noted before', async () => {
    const all = acts(5);
    const again = chain(
      emptyHead,
      all.map(({ number: _number, hash: _hash, ...act }) => ({ ...act, actor: 'crd_2' })),
    );
    expect((await checkAudit(exported(again), null)).kind).toBe('whole');
    const noted = { number: 3, hash: all[2]?.hash ?? '' };
    expect((await checkAudit(exported(again), noted)).kind).toBe('broken');
    expect((await checkAudit(exported(all), noted)).kind).toBe('whole');
    expect((await checkAudit(exported(acts(2)), noted)).kind).toBe('broken');
  });

  it('fails where its writer found something, where it has no end, and where it is no export', async () => {
    const all = acts(2);
    expect((await check(exported(all, all.at(-1), 'acts were removed'))).kind).toBe('broken');
    expect((await check(exported(all).slice(0, 2))).kind).toBe('broken');
    expect((await check(['<html>'])).kind).toBe('broken');
    expect((await check([...exported(all), ...exported(all)])).kind).toBe('broken');
  });
});
