// Stages 4 to 6 together: a consumer that works off one partition, over the real sequencer in memory.

import { describe, expect, it } from 'vitest';
import type { ClaimRequest } from '../../src/core/sequencer/messages.ts';
import { type DeliverOptions, deliver } from '../../src/pipeline/deliver.ts';
import { type Clock, PortError, type Sequencer, type Telemetry } from '../../src/pipeline/ports.ts';
import { claimOf } from '../support/builders.ts';
import { createMemoryHolds } from '../support/memory-holds.ts';
import { createMemoryTargets } from '../support/memory-targets.ts';
import { leasedBooking, type Script, scriptedErp } from '../support/scripted-erp.ts';
import { createBench } from '../support/sequencer-bench.ts';

const options: DeliverOptions = { concurrency: 4, leaseMs: 30_000, budgetMs: 20_000 };

function booking(eventId: string, orderingKey: string): ClaimRequest {
  const plan = { routeId: 'test.book', operation: 'test.book' };
  const claim = claimOf(eventId, { source: 'test', type: 'test.booked', orderingKey, plans: [plan] });
  return { ...claim, payload: leasedBooking().payload };
}

function setUp(script: Script = {}) {
  const bench = createBench();
  const { deps, calls } = scriptedErp(script);
  const asked: string[] = [];
  const log: string[] = [];
  // Time stands still: whoever waits for it goes on only when told to.
  const clock: Clock = {
    ...deps.clock,
    wait: (_, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  };
  const telemetry: Telemetry = { log: (_, event) => log.push(event) };
  const core = bench.core();
  const counted = <T>(name: string, work: () => T): Promise<T> => {
    asked.push(name);
    return Promise.resolve().then(work);
  };
  const sequencer = {
    lease: (request) => counted('lease', () => core.lease(request, bench.now())),
    confirm: (id, epoch) => counted('confirm', () => core.confirm(id, epoch, bench.now())),
    settle: (request) =>
      counted('settle', () => core.settle(request, { now: bench.now(), random: () => 0.5 })),
  } as Partial<Sequencer> as Sequencer;
  const gates = createMemoryTargets(deps.rules, { now: bench.now });
  const randomness = { next: () => 0.5, uuid: () => 'batch-1' };
  const claim = (claims: readonly ClaimRequest[]) => core.claimMany(claims, bench.now());
  const open = () => core.listOpen({ filter: {}, cursor: null, limit: 1_000 }, bench.now());
  const holding = { holds: createMemoryHolds(), releaseOperation: async () => {} };
  const run = (changes: Partial<DeliverOptions> = {}, port: Sequencer = sequencer) =>
    deliver(
      { ...deps, ...holding, clock, telemetry, gates: gates.targets, randomness },
      { name: 'g1/p0', sequencer: port },
      { ...options, ...changes },
    );
  return { bench, calls, asked, log, sequencer, claim, open, run };
}

describe('deliver', () => {
  it('works off all that is ready, also what is next in a line, with one lease', async () => {
    const { claim, run, open, asked, calls } = setUp();
    claim([
      booking('a1', 'order/a'),
      booking('a2', 'order/a'),
      booking('a3', 'order/a'),
      booking('b1', 'order/b'),
    ]);
    expect(await run()).toEqual({ leasedCount: 4, settledCount: 4 });
    expect(open()).toEqual([]);
    expect(asked.filter((name) => name === 'lease')).toHaveLength(1);
    expect(calls.filter((name) => name === 'write')).toHaveLength(4);
  });

  it('settles many outcomes in one call', async () => {
    const { claim, run, asked } = setUp();
    claim(Array.from({ length: 16 }, (_, index) => booking(`e${index}`, `order/${index}`)));
    await run({ concurrency: 16 });
    expect(asked).toEqual(['lease', 'settle']);
  });

  it('settles together what ends together, also where others of the same lines wait behind', async () => {
    const { claim, run, asked, open } = setUp();
    const orders = Array.from({ length: 4 }, (_, index) => `order/${index}`);
    claim(orders.flatMap((order) => [booking(`${order}-a`, order), booking(`${order}-b`, order)]));
    await run();
    expect(open()).toEqual([]);
    expect(asked).toEqual(['lease', 'settle']);
  });

  it('settles one by one of a line where nobody can be asked what was done', async () => {
    const { claim, run, asked, open } = setUp({ once: 'best_effort' });
    claim([booking('a', 'order/a'), booking('b', 'order/a')]);
    await run();
    expect(open()).toEqual([]);
    expect(asked).toEqual(['lease', 'settle', 'settle']);
  });

  it('goes through a line one after the other', async () => {
    const { claim, run, calls } = setUp();
    claim(['a', 'b', 'c'].map((event) => booking(event, 'order/a')));
    await run();
    const one = ['perform', 'write', 'verify'];
    expect(calls).toEqual([...one, ...one, ...one]);
  });

  it('gives back what stands behind one that failed, and starts none of it', async () => {
    const { claim, run, open, calls } = setUp({
      perform: { kind: 'rejected', code: 'period_closed', message: 'closed', fieldErrors: [] },
    });
    claim(['a', 'b', 'c'].map((event) => booking(event, 'order/a')));
    await run();
    expect(calls.filter((call) => call === 'perform')).toHaveLength(1);
    const left = open().map(({ status, delivery }) => [status, delivery.attemptCount, delivery.startNumber]);
    expect(left).toContainEqual(['pending', 0, null]);
    expect(left.filter(([status]) => status === 'pending')).toHaveLength(2);
  });

  it('gives back what stands behind one that crashed its attempt', async () => {
    const { claim, run, open, log, sequencer } = setUp();
    claim(['a', 'b'].map((event) => booking(event, 'order/a')));
    const broken: Sequencer = {
      ...sequencer,
      lease: async (request) => {
        const answer = await sequencer.lease(request);
        const [first, ...others] = answer.leased;
        return {
          ...answer,
          leased: first === undefined ? [] : [{ ...first, payload: null as never }, ...others],
        };
      },
    };
    await run({}, broken);
    expect(log).toEqual(['delivery.crashed']);
    expect(open().map(({ status }) => status)).toEqual(expect.arrayContaining(['leased', 'pending']));
  });

  it('gives back the rest of a line once its time is up', async () => {
    const { claim, run, open } = setUp();
    claim(['a', 'b', 'c'].map((event) => booking(event, 'order/a')));
    await run({ budgetMs: 0 });
    expect(open().map(({ status }) => status)).toEqual(['pending', 'pending']);
  });

  it('takes no more at once than it may', async () => {
    const { claim, run, sequencer } = setUp();
    claim(Array.from({ length: 9 }, (_, index) => booking(`e${index}`, `order/${index}`)));
    const sizes: number[] = [];
    const watching: Sequencer = {
      ...sequencer,
      lease: async (request) => {
        const answer = await sequencer.lease(request);
        sizes.push(answer.leased.length);
        return answer;
      },
    };
    await run({ concurrency: 3 }, watching);
    expect(sizes).toEqual([3]);
  });

  it('has more in hand than it can start where much is ready, and starts no more at once', async () => {
    const { claim, run, sequencer, open } = setUp();
    claim(Array.from({ length: 120 }, (_, index) => booking(`e${index}`, `order/${index}`)));
    let settled = 0;
    const sizes: number[] = [];
    const watching: Sequencer = {
      ...sequencer,
      settle: async (request) => {
        settled += 1;
        const answer = await sequencer.settle(request);
        sizes.push(answer.leased.length);
        return answer;
      },
    };
    await run({ concurrency: 3 }, watching);
    expect(open()).toEqual([]);
    expect(Math.max(...sizes)).toBeGreaterThan(3);
    // A settle carries what the connections did since the last one: far fewer than one for every three.
    expect(settled).toBeLessThan(20);
  });

  it('takes nothing new once its time is up', async () => {
    const { claim, run, open } = setUp();
    claim(Array.from({ length: 5 }, (_, index) => booking(`e${index}`, `order/${index}`)));
    await run({ concurrency: 2, budgetMs: 0 });
    expect(open()).toHaveLength(3);
  });

  it('repeats a settle whose answer was lost, and does nothing twice', async () => {
    const { claim, run, open, sequencer, calls } = setUp();
    claim([booking('a', 'order/a')]);
    let lost = 0;
    const losing: Sequencer = {
      ...sequencer,
      settle: async (request) => {
        const answer = await sequencer.settle(request);
        lost += 1;
        if (lost === 1)
          throw new PortError('Network connection lost', { retryable: true, overloaded: false });
        return answer;
      },
    };
    await run({}, losing);
    expect(open()).toEqual([]);
    expect(calls.filter((name) => name === 'write')).toHaveLength(1);
  });

  it('says that it was interrupted when the sequencer is away, and does not reject', async () => {
    const { claim, run, open, sequencer, log } = setUp();
    claim([booking('a', 'order/a')]);
    const away = () => Promise.reject(new PortError('overloaded', { retryable: true, overloaded: true }));
    await run({}, { ...sequencer, lease: away });
    await run({}, { ...sequencer, settle: away });
    expect(log).toEqual(['delivery.interrupted', 'delivery.attempted', 'delivery.interrupted']);
    expect(open()).toHaveLength(1);
  });

  it('has what a lost consumer left looked up before it is done again', async () => {
    const { bench, claim, run, sequencer, calls } = setUp({ now: createBench().now() + 100_000 });
    claim([booking('a', 'order/a')]);
    await sequencer.lease({ max: 1, leaseMs: 30_000 });
    bench.advance(60_000);
    await run();
    expect(calls).toEqual(['lookup', 'perform', 'write', 'verify']);
  });
});
