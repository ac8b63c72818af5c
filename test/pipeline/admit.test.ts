// A batch and its targets: one call for all, reports with the next, and what a refusal or a probe makes of a delivery.
import { describe, expect, it } from 'vitest';
import { circuitDefaults } from '../../src/core/circuit-breaker.ts';
import type { LeasedDelivery, Settlement } from '../../src/core/sequencer/messages.ts';
import { admit } from '../../src/core/target-gate.ts';
import { type Admission, type AdmitRequest, openGate } from '../../src/core/target-gate-state.ts';
import { limitDefaults } from '../../src/core/target-limits.ts';
import { createBatchAdmission } from '../../src/pipeline/admit.ts';
import { outcomes, settlementOf } from '../support/builders.ts';
import { createBench } from '../support/sequencer-bench.ts';

const granted: Admission = {
  ...{ granted: 6, starts: 200, forMs: 2_000, probe: null, notBeforeAt: 9_000, reason: 'limited' },
};

function setUp(answer: (request: AdmitRequest) => Admission = () => granted) {
  const asked: AdmitRequest[] = [];
  let now = 0;
  const admission = createBatchAdmission(
    {
      isTarget: (id) => id !== 'callbacks',
      gates: {
        admit: async (request) => {
          asked.push(request);
          return answer(request);
        },
      },
      clock: { now: () => now, wait: () => Promise.resolve() },
      telemetry: { log: () => undefined },
    },
    { batch: 'b', sequencer: 'g1/p0', wanted: 6, holdMs: 20_000 },
  );
  const bench = createBench();
  let claimedCount = 0;
  const lease = (count: number): readonly LeasedDelivery[] => {
    for (const end = claimedCount + count; claimedCount < end; claimedCount += 1) {
      bench.claim(`e${claimedCount}`, { orderingKey: `order/${claimedCount}` });
    }
    return bench.lease(count);
  };
  return {
    admission,
    asked,
    lease,
    wait: (ms: number) => {
      now += ms;
    },
  };
}

const ended = (leased: LeasedDelivery, outcome = outcomes.succeeded()): Settlement =>
  settlementOf(leased, outcome, { endedAt: 5 });

describe('a batch', () => {
  it('asks once for all it has, and tells what came of it when it ends', async () => {
    const { admission, asked, lease } = setUp();
    const { admitted, returned } = await admission.admit(lease(5));
    expect([admitted.length, returned.length]).toEqual([5, 0]);
    for (const each of admitted) admission.ended(each, ended(each.leased, outcomes.retryable()));
    await admission.finish();
    expect(asked).toMatchObject([
      { targetId: 'erp', batch: 'b', sequencer: 'g1/p0', wanted: 6, inFlight: 0, reports: [] },
      { wanted: 0, inFlight: 0, startedCount: 5 },
    ]);
    expect(asked[1]?.reports.map(({ health }) => health)).toEqual(Array(5).fill('failed'));
  });

  it('tells again what it started where the target did not answer', async () => {
    let isAway = false;
    const { admission, asked, lease, wait } = setUp(() => {
      if (isAway) throw new Error('away');
      return granted;
    });
    await admission.admit(lease(3));
    wait(2_001);
    isAway = true;
    await admission.admit(lease(1));
    isAway = false;
    await admission.admit(lease(1));
    expect(asked.map(({ startedCount }) => startedCount)).toEqual([0, 3, 3]);
  });

  it('holds its places to the end of the lease of what it starts last', async () => {
    const settings = {
      target: 'erp',
      circuit: { ...circuitDefaults, slowMs: 10_000 },
      limits: { ...limitDefaults, concurrency: 1 },
    };
    let state = openGate;
    let now = 0;
    const ask = (request: AdmitRequest): Admission => {
      const step = admit(state, request, { settings, now });
      state = step.state;
      return step.admission;
    };
    const { admission, lease, wait, asked } = setUp(ask);
    const { admitted } = await admission.admit(lease(1));
    for (const each of admitted) admission.ended(each, ended(each.leased));
    wait(1_999);
    expect((await admission.admit(lease(1))).admitted).toHaveLength(1);
    expect(asked).toHaveLength(1);
    now = 1_999 + 20_000 - 1;
    const other = { ...(asked[0] as AdmitRequest), batch: 'other', sequencer: 'g1/p1' };
    expect(ask(other).granted).toBe(0);
    now = 1_999 + 20_000 + 1;
    expect(ask(other).granted).toBe(1);
  });

  it('asks again after its time, and before anything else starts once something failed', async () => {
    const { admission, asked, lease, wait } = setUp();
    const { admitted } = await admission.admit(lease(1));
    wait(1_000);
    await admission.admit(lease(1));
    expect(asked).toHaveLength(1);
    for (const each of admitted) admission.ended(each, ended(each.leased, outcomes.retryable()));
    await admission.admit(lease(1));
    expect(asked).toHaveLength(2);
    wait(2_001);
    await admission.admit(lease(1));
    expect(asked).toHaveLength(3);
  });

  it('that is turned away gives all back and has the target rest, without cost', async () => {
    const { admission, lease } = setUp(() => ({ ...granted, granted: 0, starts: 0, reason: 'paused' }));
    const { admitted, returned } = await admission.admit(lease(2));
    expect(admitted).toEqual([]);
    const result = { kind: 'returned', target: 'erp', notBeforeAt: 9_000, reason: 'paused' };
    expect(returned.map((settlement) => settlement.result)).toEqual([result, result]);
    expect(admission.grants()).toEqual({});
  });

  it('that is granted less than it has gives the others back for whoever has room', async () => {
    const { admission, lease } = setUp(() => ({ ...granted, granted: 2 }));
    const { admitted, returned } = await admission.admit(lease(5));
    expect([admitted.length, returned.length]).toEqual([2, 3]);
    expect(returned[0]?.result).toMatchObject({ target: null });
    expect(admission.grants()).toEqual({ erp: 0 });
  });

  it('asks nobody where there is no target to ask', async () => {
    const { admission, asked, lease } = setUp();
    const [leased] = lease(1);
    if (leased === undefined) throw new Error('nothing was leased');
    const notice = { ...leased, delivery: { ...leased.delivery, target: 'callbacks' } };
    const { admitted } = await admission.admit([notice]);
    const settlement = ended(leased, outcomes.retryable());
    expect(admitted.map((each) => admission.ended(each, settlement))).toEqual([settlement]);
    await admission.finish();
    expect(asked).toEqual([]);
  });

  it('whose target does not answer starts nothing', async () => {
    const { admission, lease } = setUp(() => {
      throw new Error('away');
    });
    const { admitted, returned } = await admission.admit(lease(1));
    expect(admitted).toEqual([]);
    expect(returned[0]?.result).toMatchObject({ target: 'erp', notBeforeAt: 2_000 });
  });
});

describe('what an attempt costs', () => {
  const costOf = async (probe: Admission['probe'], outcome: ReturnType<typeof outcomes.retryable>) => {
    const { admission, lease } = setUp(() => ({ ...granted, probe }));
    const [first] = (await admission.admit(lease(1))).admitted;
    if (first === undefined) throw new Error('nothing was admitted');
    return admission.ended(first, ended(first.leased, outcome))?.result;
  };

  it('is nothing where it was a probe that failed, and it is not the next one again', async () => {
    const result = await costOf({ retryAfterMs: 15_000 }, outcomes.retryable());
    expect(result).toMatchObject({ spent: false, outcome: { retryAfterMs: 15_000 } });
    expect(await costOf({ retryAfterMs: 15_000 }, outcomes.rejected())).toMatchObject({ spent: true });
  });

  it('is nothing where the ERP asked for fewer calls, and one attempt where it failed', async () => {
    const limited = { ...outcomes.retryable(), reason: 'rate_limited' } as ReturnType<
      typeof outcomes.retryable
    >;
    expect(await costOf(null, limited)).toMatchObject({ spent: false });
    expect(await costOf(null, outcomes.retryable())).toMatchObject({ spent: true });
  });
});
