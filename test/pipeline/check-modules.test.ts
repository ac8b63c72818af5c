// An operation whose module is off in the running ERP: said without a write, and only where that is certain.
import { describe, expect, it } from 'vitest';
import type { ErpInstance } from '../../src/core/erp-capabilities.ts';
import { perform } from '../../src/pipeline/perform.ts';
import type { ErpInstances, InstanceReading } from '../../src/pipeline/ports.ts';
import { instanceOf } from '../support/instance-erp.ts';
import { testTime } from '../support/records.ts';
import { leasedBooking, scriptedErp } from '../support/scripted-erp.ts';

/** Answers one after the other; the last one stays. */
function instancesSaying(...readings: readonly InstanceReading[]) {
  const ages: number[] = [];
  const instances: ErpInstances = {
    find: async (_target, maxAgeMs) => {
      ages.push(maxAgeMs);
      return readings[Math.min(ages.length, readings.length) - 1] ?? { kind: 'not_offered' };
    },
  };
  return { ages, instances };
}

const on = (modules: ErpInstance['modules']): InstanceReading => ({
  kind: 'read',
  instance: instanceOf({ modules }),
  at: testTime,
});

async function run(readings: readonly InstanceReading[], leased = leasedBooking()) {
  const { deps, calls } = scriptedErp({});
  const target = deps.rules.targets.get('erp');
  if (target === undefined) throw new Error('no target');
  const adapter = { ...target.adapter, capabilities: { 'test.book': { modules: ['books', 'ledger'] } } };
  const rules = { ...deps.rules, targets: new Map([['erp', { ...target, adapter }]]) };
  const { instances, ages } = instancesSaying(...readings);
  const settlement = await perform({ ...deps, rules, instances }, leased, testTime + 60_000);
  const outcome = settlement.result.kind === 'outcome' ? settlement.result.outcome : null;
  return { outcome, calls, ages };
}

describe('an operation whose module', () => {
  it('is off is rejected by it, without a call of its own', async () => {
    const { outcome, calls, ages } = await run([on(['books'])]);
    expect(outcome).toMatchObject({
      ...{ kind: 'rejected', effect: 'none', code: 'module_disabled' },
      message: 'test.book needs the module ledger, off in target erp',
    });
    expect(calls).toEqual([]);
    expect(ages).toEqual([300_000, 5_000]);
  });

  it('was off a while ago is asked for again, and performed where it is on by now', async () => {
    const { outcome, ages } = await run([on([]), on(['books', 'ledger'])]);
    expect(outcome).toMatchObject({ kind: 'succeeded' });
    expect(ages).toHaveLength(2);
  });

  it.each<readonly [string, readonly InstanceReading[]]>([
    ['is on', [on(['books', 'ledger'])]],
    ['nobody can tell of, because the ERP does not say', [on(null)]],
    ['nobody can tell of, because the ERP does not answer', [{ kind: 'unread', message: '', at: testTime }]],
    ['nobody can tell of, because the adapter cannot ask', [{ kind: 'not_offered' }]],
    ['was off and cannot be asked for again', [on([]), { kind: 'unread', message: '', at: testTime }]],
  ])('%s is performed', async (_, readings) => {
    expect((await run(readings)).outcome).toMatchObject({ kind: 'succeeded' });
  });

  it('is off by now, but that is in doubt, is looked up first', async () => {
    const inDoubt = leasedBooking({ ledger: { kind: 'possibly_done', since: testTime - 60_000 } });
    const { calls, ages } = await run([on([])], inDoubt);
    expect(calls[0]).toBe('lookup');
    expect(ages).toEqual([]);
  });
});
