// An ERP unlike the others, described by data alone: refusals within a 200, amounts as texts, orders that are worked on as jobs,
// counts in one call. What is judged is what the ERP holds.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { BatchCall } from '../../../src/core/erp.ts';
import { httpAdapterFromJson } from '../../../src/erp/http/http-adapter.ts';
import description from '../../support/kontor-description.json' with { type: 'json' };
import { type KontorErp, kontorKey, startKontorErp } from '../../support/kontor-erp.ts';
import { runOperation } from '../sandbox/support/run-operation.ts';
import { createTestConnection } from '../sandbox/support/test-connection.ts';

// biome-ignore lint/suspicious/noExplicitAny: a description that is broken on purpose
type Json = any;

const adapter = httpAdapterFromJson(description);

let kontor: KontorErp;
beforeAll(async () => {
  kontor = await startKontorErp();
});
afterAll(() => kontor?.stop());
afterEach(() => {
  kontor.orders.length = 0;
  kontor.counts.length = 0;
  kontor.calls.length = 0;
});

const connect = (key = kontorKey) =>
  createTestConnection({ url: kontor.url, session: adapter.session, credential: { key } });

const sale = (orderId: string, sku = 'A-1', customerId = 'c-1') => ({
  ...{ orderId, customer: { customerId, name: 'Ada' }, currency: 'EUR', total: '20.00' },
  lines: [{ lineId: '1', sku, quantity: 2, unitPrice: '10.00' }],
});
const confirm = (input: ReturnType<typeof sale>, key = `order/${input.orderId}/erp/sale.confirm`) =>
  runOperation({ adapter, erp: connect(), name: 'sale.confirm', input }, key);

describe('a sale at an ERP unlike the others', () => {
  it('is worked on as a job and ends confirmed, its amounts as it was told', async () => {
    expect(adapter.problems).toBeUndefined();
    const ended = await confirm(sale('k-1')).finish();
    const document = { documentNumber: 'AB-1', state: 'confirmed', orderId: 'k-1', total: '20.00' };
    expect(ended).toMatchObject({ kind: 'succeeded', document });
    expect(kontor.orders).toMatchObject([
      { beleg: 'k-1', summe: '20.00', fremdnr: 'order/k-1/erp/sale.confirm' },
    ]);
  });

  it('is found by its key where the answer was lost', async () => {
    kontor.faults.push('lost');
    const work = confirm(sale('k-2'));
    expect((await work.perform()).kind).toBe('call_failed');
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate', document: { orderId: 'k-2' } });
    expect(kontor.orders).toHaveLength(1);
  });

  it('is a duplicate where the ERP has it under the same key, and refused where it is another one', async () => {
    await confirm(sale('k-3')).finish();
    expect(await confirm(sale('k-3')).perform()).toMatchObject({ kind: 'duplicate' });
    expect(await confirm(sale('k-3'), 'another').perform()).toMatchObject({ kind: 'rejected', code: '23' });
    expect(kontor.orders).toHaveLength(1);
  });

  it('comes again after a lock that was told within a 200', async () => {
    kontor.faults.push('locked');
    const locked = await confirm(sale('k-4')).perform();
    expect(locked).toMatchObject({ kind: 'retryable', reason: 'conflict', message: 'Mandant ist gesperrt' });
    expect(kontor.orders).toEqual([]);
  });

  it.each([
    ['at once', sale('k-5', 'A-1', 'unbekannt'), 'customer.customerId'],
    ['by its job', sale('k-6', 'GHOST'), 'lines[0].sku'],
  ])('that is refused %s names the field as the input does', async (_when, input, field) => {
    const refused = await confirm(input).finish();
    expect(refused).toMatchObject({ kind: 'rejected', fieldErrors: [{ field }] });
    expect(kontor.orders).toEqual([]);
  });

  it('with a wrong key is unauthorized', async () => {
    const work = runOperation({ adapter, erp: connect('wrong'), name: 'sale.confirm', input: sale('k-7') });
    const failed = await work.perform();
    expect(failed).toMatchObject({ kind: 'call_failed', failure: { kind: 'unauthorized' } });
  });
});

function batchOf(skus: readonly string[], from = 0): BatchCall {
  const records = skus.map((sku, index) => ({
    ...{ recordId: sku, key: `inventory/1/${sku}`, index: index + from },
    input: { sku, quantity: index + 1 },
  }));
  return { records, key: 'inventory/1', idempotencyKey: 'inventory/1#hash', erp: connect() };
}

const made = (source: Json) => {
  const changed = httpAdapterFromJson({ ...description, batches: { 'stock.set_many': source } });
  const handler = changed.batches?.['stock.set_many'];
  if (handler === undefined) throw new Error(JSON.stringify(changed.problems));
  return handler;
};
const sent: Json = description.batches['stock.set_many'];
const batch = () => made(sent);
const writes = () => kontor.calls.filter((call) => call.startsWith('POST'));

describe('a batch at an ERP described by data', () => {
  it('is one call, and each record ends as it did', async () => {
    const ended = await batch().perform(batchOf(['A-1', 'GHOST', 'A-3']), { atomic: false });
    expect(ended).toMatchObject({
      kind: 'performed',
      done: [
        { recordId: 'A-1', answer: { state: 'done', onHand: 1 } },
        { recordId: 'A-3', answer: { state: 'done', onHand: 3 } },
      ],
      refused: [{ recordId: 'GHOST', code: '51', fieldErrors: [{ field: 'sku' }] }],
    });
    expect(writes()).toEqual(['POST /bestand/sammel']);
  });

  it('of all or none does none where one is refused, and names it by its place in what the caller gave', async () => {
    expect(batch().atomic).toBe(true);
    const ended = await batch().perform(batchOf(['A-1', 'GHOST'], 3), { atomic: true });
    expect(ended).toMatchObject({ kind: 'rejected', code: '51', fieldErrors: [{ field: 'records[4].sku' }] });
    expect(kontor.counts).toEqual([]);
  });

  it('that says all or none and did a part of it is not believed', async () => {
    const body = { ...sent.send.body, nur_alle: false };
    const lying = made({ ...sent, atomic: 'always', send: { ...sent.send, body } });
    const ended = await lying.perform(batchOf(['A-1', 'GHOST']), { atomic: true });
    expect(ended).toMatchObject({ kind: 'contract_broken', issues: [{ expected: 'all or none' }] });
  });

  it('finds what an answer that was lost had done', async () => {
    kontor.faults.push('lost');
    const call = batchOf(['A-1', 'A-2']);
    expect((await batch().perform(call, { atomic: true })).kind).toBe('call_failed');
    const found = await batch().lookup(call);
    expect(found).toMatchObject({ kind: 'looked_up', done: [{ recordId: 'A-1' }, { recordId: 'A-2' }] });
    expect(kontor.counts).toHaveLength(2);
  });

  it('goes one by one where the ERP would undo the good ones for a bad one', async () => {
    const body = { ...sent.send.body, nur_alle: true };
    const strict = made({ ...sent, atomic: 'always', send: { ...sent.send, body } });
    const ended = await strict.perform(batchOf(['A-1', 'GHOST', 'A-3']), { atomic: false });
    expect(ended).toMatchObject({
      done: [{ recordId: 'A-1' }, { recordId: 'A-3' }],
      refused: [{ recordId: 'GHOST' }],
    });
    expect(writes()).toEqual(['POST /bestand', 'POST /bestand', 'POST /bestand']);
  });

  it('comes again as a whole where a record has to, unless it is all or none: then nothing was done', async () => {
    const again = [{ place: 'item.nummer', equals: 51 }];
    const patient = made({ ...sent, again });
    const call = batchOf(['A-1', 'GHOST']);
    expect((await patient.perform(call, { atomic: false })).kind).toBe('answer_lost');
    expect(await patient.perform(call, { atomic: true })).toMatchObject({
      kind: 'retryable',
      reason: 'conflict',
    });
  });

  it.each([
    [{ atomic: 'never' }, 'send', 'must not say {atomic}'],
    [{ results: 'results' }, 'results', 'must begin with'],
    [{ done: [{ place: 'body.x', exists: true }] }, 'done[0].place', 'must begin with'],
    [{ fields: { x: 'records[].nothing' } }, 'fields.x', 'is no field of the input'],
  ])('does not start with what cannot be: %o', (changed, at, rule) => {
    const batches = { 'stock.set_many': { ...sent, ...changed } };
    const { problems = [] } = httpAdapterFromJson({ ...description, batches });
    const field = `batches.stock.set_many.${at}`;
    expect(problems).toContainEqual({ field, rule: expect.stringContaining(rule) });
  });

  it('does not start without the operation of its records, nor one by one where that may be a job', () => {
    const lone = httpAdapterFromJson({
      ...description,
      batches: { 'invoice.post_many': { oneByOne: true } },
    });
    expect(lone.problems).toMatchObject([{ rule: 'needs invoice.post: its records are that' }]);
    const stock = { ...description.operations['stock.set'], job: description.operations['sale.confirm'].job };
    const operations = { 'stock.set': stock };
    const batches = { 'stock.set_many': { oneByOne: true } };
    expect(httpAdapterFromJson({ ...description, operations, batches }).problems).toMatchObject([
      { field: 'batches.stock.set_many', rule: expect.stringContaining('may end as a job') },
    ]);
  });
});

describe('what a described ERP says of itself', () => {
  it('is read from the places that the description names', async () => {
    expect(await adapter.readInstance?.(connect())).toEqual({
      kind: 'instance',
      instance: {
        ...{ version: '12.4', company: 'Kontor & Söhne', currency: 'EUR', lockedThrough: '2026-03-31' },
        modules: ['verkauf', 'lager'],
      },
    });
    expect(adapter.capabilities).toEqual({
      'sale.confirm': { modules: ['verkauf'] },
      ...{ 'stock.set': { modules: ['lager'] }, 'stock.set_many': { modules: ['lager'] } },
    });
  });

  it.each([
    [{ version: 'body.daten.version' }, { path: '$.daten.version', expected: 'a text or null' }],
    [{ modules: { list: 'body.daten.module' } }, { path: '$.daten.module', expected: 'array' }],
    [{ modules: { list: 'body.daten.bausteine' } }, { path: '$.daten.bausteine[0]', expected: 'a name' }],
  ])('is not guessed where the answer has it not: %o', async (changed, issue) => {
    const instance = { ...description.instance, ...changed };
    const read = await httpAdapterFromJson({ ...description, instance }).readInstance?.(connect());
    expect(read).toMatchObject({ kind: 'contract_broken', issues: [issue] });
  });
});
