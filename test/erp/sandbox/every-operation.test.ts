// Every operation of the sandbox adapter against the running sandbox ERP: done once whatever becomes of the answer.
import { describe, expect, it, vi } from 'vitest';
import { operationCases, receipt, sale } from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

describe.each(operationCases)('$name', (operation) => {
  it('is done once, carries its key and answers with its document', async () => {
    const work = await harness.prepare(operation);
    expect(await work.lookup()).toEqual({ kind: 'not_found' });
    expect(await work.finish()).toMatchObject({ kind: 'succeeded' });
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    await harness.expectDoneOnce(operation);
    const { operations } = await harness.sandbox.state();
    const effect = operations.find((done: { operation: string }) => done.operation === operation.name);
    expect(effect.relayKey).toBe(`key/${operation.name}`);
  });

  it.each(['http_504', 'http_502', 'cut'])(
    'whose answer is lost after the commit (%s) is found',
    async (lostAnswerMode) => {
      const work = await harness.prepare(operation);
      await harness.sandbox.setFaults({ lostAnswerRate: 1, lostAnswerMode });
      const lost = await work.finish();
      if (lostAnswerMode === 'cut')
        expect(lost).toMatchObject({ kind: 'call_failed', failure: { kind: 'no_answer' } });
      else expect(lost).toMatchObject({ kind: 'answer_lost' });
      await harness.sandbox.setFaults({});
      const found = await work.lookup();
      if (found.kind === 'unfinished') await work.finish(found.answer);
      expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
      await harness.expectDoneOnce(operation);
    },
  );

  it('that the ERP answered 500 did nothing and can be tried again', async () => {
    const work = await harness.prepare(operation);
    await harness.sandbox.setFaults({ errorRate: 1 });
    expect(await work.finish()).toMatchObject({ kind: 'retryable', reason: 'server_error' });
    await harness.sandbox.setFaults({});
    await harness.expectNotDone(operation);
    expect(await work.finish()).toMatchObject({ kind: 'succeeded' });
    await harness.expectDoneOnce(operation);
  });

  it('waits out a rate limit, an ERP that is down, and a module that is off', async () => {
    const work = await harness.prepare(operation);
    await harness.sandbox.setFaults({ rateLimit: { perSecond: 0, retryAfterSeconds: 7 } });
    expect(await work.finish()).toMatchObject({
      kind: 'retryable',
      reason: 'rate_limited',
      retryAfterMs: 7_000,
    });
    await harness.sandbox.setFaults({ down: true });
    expect(await work.finish()).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
    expect(await work.lookup()).toMatchObject({ kind: 'retryable', reason: 'erp_unavailable' });
    const modulesOff = [
      ...['sales', 'invoicing', 'payments', 'stock', 'customers'],
      ...['accounting', 'purchasing', 'pricing'],
    ];
    await harness.sandbox.setFaults({ modulesOff });
    expect(await work.finish()).toMatchObject({ kind: 'rejected', code: 'module_disabled' });
    await harness.sandbox.setFaults({});
    await harness.expectNotDone(operation);
  });

  it.each(['401', 'envelope'])('survives a token that ended, told as %s', async (expiredAs) => {
    const work = await harness.prepare(operation);
    await harness.sandbox.setFaults({ tokenExpired: true, expiredAs });
    expect(await work.finish()).toMatchObject({ kind: 'succeeded' });
    await harness.expectDoneOnce(operation);
  });

  it('with a field renamed in the answer breaks the contract after its effect, naming the path', async () => {
    const work = await harness.prepare(operation);
    await harness.sandbox.setFaults({ renamedField: { documentNumber: 'docNumber' } });
    const issues = [{ path: '$.documentNumber', actual: 'missing' }];
    expect(await work.finish()).toMatchObject({ kind: 'output_broken', issues });
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'output_broken', issues });
    await harness.sandbox.setFaults({});
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
    await harness.expectDoneOnce(operation);
  });
});

describe('a commit that comes long after its answer', () => {
  it('is not found before and found after, and done once', async () => {
    const work = harness.run('sale.confirm', sale);
    await harness.sandbox.setFaults({ commitAfterMs: 500 });
    expect(await work.perform()).toMatchObject({ kind: 'answer_lost' });
    await harness.sandbox.setFaults({});
    expect(await work.lookup()).toEqual({ kind: 'not_found' });
    await vi.waitFor(async () => expect((await work.lookup()).kind).toBe('found'), {
      timeout: 10_000,
      interval: 20,
    });
    expect((await harness.sandbox.state()).orders).toHaveLength(1);
  });

  it('behind a time-out of the caller is found as well', async () => {
    harness.connect({ timeoutMs: 250 });
    const work = harness.run('stock.receive', receipt);
    await harness.sandbox.setFaults({ slowRate: 1, slowMs: 1_500, only: ['POST /api/receipts'] });
    expect(await work.perform()).toMatchObject({ kind: 'call_failed', failure: { reason: 'timeout' } });
    expect(await work.lookupAndVerify()).toMatchObject({ kind: 'duplicate' });
  });
});
