// What the adapter of a target can do, and what its ERP says of itself, as an operator reads it.
import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/operations/index.ts';
import type { ErpInstances, InstanceReading } from '../../../src/pipeline/ports.ts';
import { instanceOf } from '../../support/instance-erp.ts';
import { createMemoryRelay } from '../../support/memory-relay.ts';
import { testTime } from '../../support/records.ts';

const path = '/admin/targets/erp/capabilities';

// biome-ignore lint/suspicious/noExplicitAny: the answer's shape is what the tests look at
async function shown(reading: InstanceReading, query = ''): Promise<{ body: any; ages: number[] }> {
  const ages: number[] = [];
  const instances: ErpInstances = {
    find: async (_target, maxAgeMs) => {
      ages.push(maxAgeMs);
      return reading;
    },
  };
  const relay = createMemoryRelay({ services: { instances } });
  return { body: await (await relay.ask(`${path}${query}`)).json(), ages };
}

describe('the capabilities of a target', () => {
  it('name every operation of the catalogue, with what is missing for it', async () => {
    const reading = { kind: 'read', instance: instanceOf({ modules: ['sales'] }), at: testTime } as const;
    const { body, ages } = await shown(reading);
    expect(Object.keys(body.operations)).toEqual(Object.keys(operations));
    expect(body).toMatchObject({
      target: 'erp',
      adapter: { name: 'test-erp', level: 'proven', once: 'native_key' },
      operations: {
        'sale.confirm': {
          ...{ supported: true, atomicBatch: null, nativeIdempotency: true, async: 'never', limits: [] },
          ...{ modules: ['sales', 'stock'], missingModules: ['stock'] },
        },
        'invoice.post_many': { supported: false, reason: null },
        'stock.set_many': { supported: true, atomicBatch: false, missingModules: ['stock'] },
      },
      instance: {
        ...{ status: 'read', readAt: '2026-03-01T12:00:00.000Z', validUntil: '2026-03-01T12:05:00.000Z' },
        ...{ version: '6.0', company: 'ACME', currency: 'EUR', modules: ['sales'], lockedThrough: null },
      },
    });
    expect(JSON.stringify(body)).not.toContain('erp-credential');
    expect(ages).toEqual([300_000]);
  });

  it('are read anew where that is asked for, and not in a loop', async () => {
    const { ages } = await shown({ kind: 'not_offered' }, '?fresh=true');
    expect(ages).toEqual([5_000]);
  });

  it('do without an ERP that does not answer or cannot be asked', async () => {
    const unread = await shown({ kind: 'unread', message: 'the ERP is down', at: testTime });
    expect(unread.body).toMatchObject({
      operations: { 'sale.confirm': { missingModules: null } },
      instance: { status: 'unread', message: 'the ERP is down', askedAt: '2026-03-01T12:00:00.000Z' },
    });
    expect((await shown({ kind: 'not_offered' })).body.instance).toEqual({ status: 'not_offered' });
  });

  it('do not wait longer than a person would', async () => {
    const relay = createMemoryRelay({ services: { instances: { find: () => new Promise(() => {}) } } });
    const asked = relay.ask(path);
    await expect.poll(() => relay.timers.pendingCount()).toBe(1);
    relay.timers.elapse();
    expect(await (await asked).json()).toMatchObject({
      instance: { status: 'unread', message: 'no answer within 5000 ms' },
    });
  });

  it('are not shown for a target that is not there, or without a key', async () => {
    const relay = createMemoryRelay();
    expect((await relay.ask('/admin/targets/nobody/capabilities')).status).toBe(404);
    expect((await relay.app.request(`http://relay.test${path}`)).status).toBe(401);
  });
});
