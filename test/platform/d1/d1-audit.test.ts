// The audit in D1: acts on deliveries come with the journal, none is ever changed or removed.
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { OperatorAct } from '../../../src/core/operator-act.ts';
import { createD1Audit } from '../../../src/platform/d1/d1-audit.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { makeRecord } from '../../support/records.ts';

const anything = { actor: null, action: null, deliveryId: null, orderingKey: null, target: null };

function actOf(id: string, changes: Partial<OperatorAct> = {}): OperatorAct {
  return {
    id,
    at: 1_000,
    actor: 'olga',
    action: 'skipped',
    deliveryId: 'dlv_7_1',
    orderingKey: 'order/1',
    target: 'erp',
    before: 'dead_lettered',
    after: 'resolved',
    reason: 'a test order',
    ...changes,
  };
}

describe('the audit', () => {
  it('gets what persons did with the batch of the event, once however often it is sent', async () => {
    const journal = createD1Journal(env.DB);
    const record = { ...makeRecord({ number: 5, partition: 7 }), acts: [actOf('act_7_1')] };
    const entries = [{ record, payload: null }];
    await journal.append({ generation: 9, partition: 7, from: 0, to: 5, entries });
    await journal.append({ generation: 9, partition: 7, from: 5, to: 6, entries });
    const acts = await createD1Audit(env.DB).list({ filter: anything, before: null, limit: 10 });
    expect(acts).toEqual([actOf('act_7_1')]);
  });

  it('is listed the newest first, by who, what and about what, page by page', async () => {
    const audit = createD1Audit(env.DB);
    await audit.record(actOf('a', { at: 2_000, actor: 'pim' }));
    await audit.record(actOf('b', { at: 2_000, action: 'acknowledged', deliveryId: null }));
    await audit.record(actOf('c', { at: 3_000 }));
    const ids = async (filter: Partial<typeof anything>, before: { at: number; id: string } | null = null) =>
      (await audit.list({ filter: { ...anything, ...filter }, before, limit: 2 })).map(({ id }) => id);
    expect(await ids({})).toEqual(['c', 'b']);
    expect((await ids({}, { at: 2_000, id: 'b' }))[0]).toBe('a');
    expect(await ids({ actor: 'pim' } as never)).toEqual(['a']);
    expect(await ids({ action: 'acknowledged' } as never)).toEqual(['b']);
  });

  it('refuses that an act is changed or removed', async () => {
    await createD1Audit(env.DB).record(actOf('kept'));
    for (const statement of ["UPDATE audit SET actor = 'nobody'", 'DELETE FROM audit']) {
      await expect(env.DB.prepare(statement).run()).rejects.toThrow('the audit is append-only');
    }
  });
});
