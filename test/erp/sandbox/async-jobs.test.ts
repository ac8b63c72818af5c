// What the sandbox ERP takes now and does later: the adapter names the job, asks after it, and tells its end from a
// forgotten one.
import { describe, expect, it } from 'vitest';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { sale } from './support/operation-cases.ts';
import { useSandbox } from './support/use-sandbox.ts';

const harness = useSandbox();

const call = () => ({ input: sale, key: 'key/sale', idempotencyKey: 'key/sale#1', erp: harness.erp });

const poll = (jobRef: string) => {
  const handler = sandboxAdapter.operations['sale.confirm'];
  if (handler?.poll === undefined) throw new Error('sale.confirm cannot be asked after');
  return handler.poll(call(), jobRef);
};

async function accept(afterMs: number): Promise<string> {
  await harness.sandbox.setFaults({ async: { routes: ['POST /api/orders'], afterMs } });
  const taken = await harness.run('sale.confirm', sale, 'key/sale').perform();
  if (taken.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(taken)}`);
  expect(taken.pollAfterMs).toBe(Math.ceil(afterMs / 4));
  return taken.jobRef;
}

describe('a write the sandbox ERP takes as a job', () => {
  it('is working, and not in the books, until its time', async () => {
    const jobRef = await accept(60_000);
    expect(await poll(jobRef)).toMatchObject({ kind: 'working', pollAfterMs: 15_000 });
    const state = await harness.sandbox.state();
    expect(state).toMatchObject({ orders: [], jobs: [{ jobId: jobRef, status: 'working' }] });
  });

  it('is performed once its time has come, also without anybody asking', async () => {
    const jobRef = await accept(60_000);
    await harness.sandbox.control('PATCH', '/settings', { clockOffsetMs: 61_000 });
    // Tokens ended with the clock: a new one is obtained on the way.
    expect(await poll(jobRef)).toMatchObject({ kind: 'performed', answer: { state: 'confirmed' } });
    expect((await harness.sandbox.state()).orders).toMatchObject([{ relayKey: 'key/sale' }]);
  });

  it('is rejected with the refusal it met', async () => {
    await harness.sandbox.setFaults({
      async: { routes: ['POST /api/orders'], afterMs: 0 },
      invalidSkus: ['SKU-2'],
    });
    const taken = await harness.run('sale.confirm', sale, 'key/sale').perform();
    const ended = taken.kind === 'accepted' ? await poll(taken.jobRef) : taken;
    expect(ended).toMatchObject({ kind: 'rejected', code: 'invalid_record' });
  });

  it('is unknown once the ERP has forgotten it', async () => {
    const jobRef = await accept(60_000);
    await harness.sandbox.control('POST', '/reset');
    expect(await poll(jobRef)).toEqual({ kind: 'job_unknown' });
  });
});

describe('the switch for jobs', () => {
  it('refuses a route it does not know', async () => {
    const wrong = harness.sandbox.setFaults({ async: { routes: ['POST /api/ordres'] } });
    await expect(wrong).rejects.toThrow('No route is named POST /api/ordres');
  });
});
