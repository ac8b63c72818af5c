// The audit in D1 and its object: acts come with the journal or by the object, all are chained, none is ever changed or removed, none
// is lost while D1 is away, and what is done to them from outside is found.
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkAudit } from '../../../scripts/lib/check-audit.ts';
import { verifyChain } from '../../../src/core/audit/audit-chain.ts';
import type { OperatorAct } from '../../../src/core/operator-act.ts';
import { createD1Journal } from '../../../src/platform/d1/d1-journal.ts';
import { createObjectAudit } from '../../../src/platform/durable-objects/object-audit.ts';
import { makeRecord } from '../../support/records.ts';

const anything = { actor: null, action: null, deliveryId: null, orderingKey: null, target: null };
const audit = createObjectAudit(env.AUDIT, env.DB);
const stub = () => env.AUDIT.get(env.AUDIT.idFromName('audit'));

const triggers = ['audit_is_never_changed', 'audit_is_never_removed', 'audit_chain_is_never_changed'];

/** What only somebody with D1 itself in hand can do. */
async function withoutTriggers(statement: string): Promise<void> {
  const kept = await env.DB.prepare("SELECT sql FROM sqlite_master WHERE type = 'trigger'").all<{
    sql: string;
  }>();
  for (const name of [...triggers, 'audit_chain_is_never_removed'])
    await env.DB.exec(`DROP TRIGGER IF EXISTS ${name}`);
  await env.DB.prepare(statement).run();
  for (const { sql } of kept.results)
    await env.DB.prepare(sql.replace('CREATE TRIGGER', 'CREATE TRIGGER IF NOT EXISTS')).run();
}

beforeEach(async () => {
  for (const table of ['audit_chain', 'audit_unchained', 'audit', 'partitions'])
    await withoutTriggers(`DELETE FROM ${table}`);
  await runInDurableObject(stub(), (_object, { storage }) => {
    storage.sql.exec('DELETE FROM head');
    storage.sql.exec('DELETE FROM acts');
  });
});

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

async function appendWithAct(act: OperatorAct): Promise<void> {
  const journal = createD1Journal(env.DB);
  const record = { ...makeRecord({ number: 5, partition: 7 }), acts: [act] };
  const entries = [{ record, payload: null }];
  await journal.append({ generation: 9, partition: 7, from: 0, to: 5, entries });
  await journal.append({ generation: 9, partition: 7, from: 5, to: 6, entries });
}

describe('the audit', () => {
  it('gets what persons did with the batch of the event, once however often it is sent', async () => {
    await appendWithAct(actOf('act_7_1'));
    const acts = await audit.list({ filter: anything, before: null, limit: 10 });
    expect(acts).toEqual([{ ...actOf('act_7_1'), number: null, hash: null }]);
    expect((await audit.flush()).head.number).toBe(1);
  });

  it('is listed the newest first, by who, what and about what, page by page', async () => {
    await audit.record(actOf('a', { at: 2_000, actor: 'pim' }));
    await audit.record(actOf('b', { at: 2_000, action: 'acknowledged', deliveryId: null }));
    await audit.record(actOf('c', { at: 3_000 }));
    await audit.flush();
    const ids = async (
      filter: Partial<Record<keyof typeof anything, string>>,
      before: { at: number; id: string } | null = null,
    ) => (await audit.list({ filter: { ...anything, ...filter }, before, limit: 2 })).map((act) => act.id);
    expect(await ids({})).toEqual(['c', 'b']);
    expect((await ids({}, { at: 2_000, id: 'b' }))[0]).toBe('a');
    expect(await ids({ actor: 'pim' })).toEqual(['a']);
    expect(await ids({ action: 'acknowledged' })).toEqual(['b']);
  });

  it('refuses that an act is changed or removed, in the chain too', async () => {
    await audit.record(actOf('kept'));
    await audit.flush();
    const statements = ["UPDATE audit SET actor = 'nobody'", 'DELETE FROM audit'];
    for (const statement of [...statements, "UPDATE audit_chain SET hash = 'x'", 'DELETE FROM audit_chain'])
      await expect(env.DB.prepare(statement).run()).rejects.toThrow('the audit is append-only');
  });
});

describe('the chain', () => {
  it('takes in what came by the journal and what did not, over an eviction, and holds', async () => {
    await appendWithAct(actOf('act_7_1'));
    await audit.record(actOf('a'));
    await audit.flush();
    await evictDurableObject(stub());
    for (let count = 0; count < 3; count += 1)
      await audit.record(actOf(`later-${count}`, { at: 500 + count }));
    const { head, problem } = await audit.flush();
    expect([head.number, problem]).toEqual([5, null]);
    const acts = await audit.export({ after: 0, limit: 10 });
    expect(verifyChain(acts)).toEqual({ kind: 'whole', head });
  });

  it('gives each place once, however many ask at the same time', async () => {
    for (let count = 0; count < 20; count += 1) await audit.record(actOf(`a-${count}`, { at: count }));
    const standings = await Promise.all(Array.from({ length: 5 }, () => audit.flush()));
    expect(new Set(standings.map(({ head }) => head.number))).toEqual(new Set([20]));
  });

  it('keeps an act while D1 is away, and writes it when it is back', async () => {
    await env.DB.exec('ALTER TABLE audit RENAME TO audit_away');
    await audit.record(actOf('kept'));
    await expect(audit.flush()).rejects.toThrow();
    await env.DB.exec('ALTER TABLE audit_away RENAME TO audit');
    expect((await audit.flush()).head.number).toBe(1);
  });

  it('goes on where its writer ended between the chain and its own note of it', async () => {
    await audit.record(actOf('a'));
    const before = await audit.flush();
    await audit.record(actOf('b'));
    await audit.flush();
    await runInDurableObject(stub(), (_object, { storage }) => {
      storage.sql.exec("UPDATE head SET value = ? WHERE name = 'head'", JSON.stringify(before.head));
    });
    expect(await audit.flush()).toMatchObject({ head: { number: 2 }, problem: null });
  });

  it.each([
    ['an act that was changed', "UPDATE audit SET actor = 'nobody' WHERE id = 'b'"],
    ['an act that was taken out', "DELETE FROM audit WHERE id = 'b'"],
    ['a tail that was cut off', 'DELETE FROM audit_chain WHERE number = 3'],
  ])('shows %s', async (_what, statement) => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) await audit.record(actOf(id, { at: index }));
    await audit.flush();
    await withoutTriggers(statement);
    const { head, problem } = await audit.flush();
    const acts = await audit.export({ after: 0, limit: 10 });
    const lines = [...acts, { head, problem }].map((line) => JSON.stringify(line));
    expect((await checkAudit(lines, null)).kind).toBe('broken');
  });
});
