// What running ERPs say of themselves: read once in a while, over the target's own connection, and never a reason to stop.
import { describe, expect, it } from 'vitest';
import type { ReadInstance } from '../../src/core/erp-capabilities.ts';
import { limits } from '../../src/core/limits.ts';
import { createInstanceBench, instanceOf, instanceTarget } from '../support/instance-erp.ts';
import { testTime } from '../support/records.ts';

function counted(answers: readonly Awaited<ReturnType<ReadInstance>>[]) {
  const asked: number[] = [];
  const readInstance: ReadInstance = async () => {
    asked.push(asked.length);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer === undefined) throw new Error('a bug in the adapter');
    return answer;
  };
  return { asked, target: instanceTarget(readInstance) };
}

const said = (version: string) => ({ kind: 'instance', instance: instanceOf({ version }) }) as const;
const down = { kind: 'retryable', reason: 'erp_unavailable', message: 'the ERP is down' } as const;

describe('a reading', () => {
  it('is believed for its time, and no longer', async () => {
    const bench = createInstanceBench();
    const { target, asked } = counted([said('1'), said('2')]);
    const find = () => bench.instances.find(target, limits.instanceTtlMs);
    expect(await find()).toEqual({ kind: 'read', instance: instanceOf({ version: '1' }), at: testTime });
    bench.advance(limits.instanceTtlMs - 1);
    expect(await find()).toMatchObject({ instance: { version: '1' } });
    bench.advance(1);
    expect(await find()).toMatchObject({ instance: { version: '2' } });
    expect(asked).toHaveLength(2);
    expect(bench.log).toMatchObject([
      { level: 'info', event: 'target.instance_read', target: 'erp', version: '1', moduleCount: 2 },
      { event: 'target.instance_read', version: '2' },
    ]);
  });

  it('that failed is tried again soon, not at once, and says what was answered', async () => {
    const bench = createInstanceBench();
    const { target, asked } = counted([down, said('1')]);
    const find = () => bench.instances.find(target, limits.instanceTtlMs);
    expect(await find()).toEqual({ kind: 'unread', message: 'the ERP is down', at: testTime });
    bench.advance(limits.instanceRetryMs - 1);
    expect(await find()).toMatchObject({ kind: 'unread' });
    expect(asked).toHaveLength(1);
    bench.advance(1);
    expect(await find()).toMatchObject({ kind: 'read' });
    expect(bench.log[0]).toMatchObject({ level: 'warn', event: 'target.instance_unread', target: 'erp' });
  });

  it('survives an adapter that throws, and one that has no way to ask', async () => {
    const bench = createInstanceBench();
    expect(await bench.instances.find(counted([]).target, 1_000)).toMatchObject({
      kind: 'unread',
      message: 'adapter test-erp failed: Error: a bug in the adapter',
    });
    expect(await bench.instances.find(instanceTarget(), 1_000)).toEqual({ kind: 'not_offered' });
  });

  it('never writes, whatever the adapter tries', async () => {
    const bench = createInstanceBench();
    const readInstance: ReadInstance = async (erp) => {
      const answer = await erp.send({ method: 'POST', path: '/', body: {}, write: true });
      return answer.kind === 'response' ? said('1') : { kind: 'call_failed', failure: answer };
    };
    expect(await bench.instances.find(instanceTarget(readInstance), 1_000)).toMatchObject({
      kind: 'unread',
      message: 'no write',
    });
  });
});
