// What an adapter can do, told from its handlers and from what it declares beside them.
import { describe, expect, it } from 'vitest';
import type { ErpAdapter } from '../../src/core/erp.ts';
import {
  boundInstance,
  capabilityOf,
  type ErpInstance,
  missingModules,
  needsConsent,
} from '../../src/core/erp-capabilities.ts';
import { limits } from '../../src/core/limits.ts';
import {
  invoicePostMany,
  periodClose,
  saleConfirm,
  stockSet,
  stockSetMany,
} from '../../src/operations/index.ts';
import { fakeAdapter } from './integration-fixtures.ts';

const { 'sale.confirm': handler } = fakeAdapter.operations;
const polled = { ...handler, poll: async () => ({ kind: 'job_unknown' }) } as typeof handler;

const adapter: ErpAdapter = {
  ...fakeAdapter,
  operations: { 'sale.confirm': handler, 'stock.set': polled, 'period.close': polled },
  capabilities: {
    'stock.set': { modules: ['wms'], nativeIdempotency: true, limits: ['location: one only'] },
    'period.close': { async: 'always' },
  },
};

const instance: ErpInstance = {
  ...{ version: '6.0', company: 'ACME', currency: 'EUR', modules: ['sales'], lockedThrough: null },
};

describe('a capability', () => {
  it('is what the handlers show, where nothing is declared', () => {
    expect(capabilityOf(adapter, saleConfirm)).toEqual({
      ...{ supported: true, level: 'proven', atomicBatch: null, nativeIdempotency: false, async: 'never' },
      ...{ modules: ['sales', 'stock'], limits: [] },
    });
  });

  it('is what is declared, where the handlers do not show it', () => {
    expect(capabilityOf(adapter, stockSet)).toMatchObject({
      ...{ nativeIdempotency: true, async: 'possible', modules: ['wms'], limits: ['location: one only'] },
    });
    expect(capabilityOf(adapter, periodClose)).toMatchObject({ async: 'always', modules: ['accounting'] });
    const keyed = { ...adapter, once: 'native_key' } as const;
    expect(capabilityOf(keyed, saleConfirm)).toMatchObject({ nativeIdempotency: true });
  });

  it('of a batch says whether it is all or none, and is none without a handler of its own', () => {
    expect(capabilityOf(adapter, stockSetMany)).toMatchObject({ supported: true, atomicBatch: false });
    expect(capabilityOf(adapter, invoicePostMany)).toEqual({ supported: false, reason: null });
    expect(capabilityOf({ ...adapter, operations: {} }, saleConfirm)).toEqual({
      supported: false,
      reason: null,
    });
  });
});

describe('an operation that is not run', () => {
  it('says why, where the adapter does', () => {
    const reason = 'its API cannot close a period';
    const telling = { ...adapter, operations: {}, unsupported: { 'period.close': reason } };
    expect(capabilityOf(telling, periodClose)).toEqual({ supported: false, reason });
  });
});

describe('an operation that never met its ERP', () => {
  const partly = { ...adapter, capabilities: { 'stock.set': { level: 'documented' } } } as const;

  it('is less sure than its adapter', () => {
    expect(capabilityOf(partly, stockSet)).toMatchObject({ level: 'documented' });
    expect(capabilityOf(partly, saleConfirm)).toMatchObject({ level: 'proven' });
  });

  it('runs only where the target says that it may', () => {
    expect(needsConsent({ adapter: partly }, stockSet)).toBe(true);
    expect(needsConsent({ adapter: partly, experimental: true }, stockSet)).toBe(false);
    expect(needsConsent({ adapter: partly }, saleConfirm)).toBe(false);
  });
});

describe('missing modules', () => {
  it('are those that are needed and not on', () => {
    expect(missingModules(capabilityOf(adapter, saleConfirm), instance)).toEqual(['stock']);
    const all = { ...instance, modules: ['stock', 'sales', 'crm'] };
    expect(missingModules(capabilityOf(adapter, saleConfirm), all)).toEqual([]);
  });

  it('are none where the ERP does not say, or the operation is not run at all', () => {
    expect(missingModules(capabilityOf(adapter, saleConfirm), { ...instance, modules: null })).toEqual([]);
    expect(missingModules(capabilityOf(adapter, invoicePostMany), instance)).toEqual([]);
  });
});

describe('what an ERP says of itself', () => {
  it('is kept within bounds', () => {
    const long = 'x'.repeat(limits.maxInstanceChars + 1);
    const modules = Array.from({ length: limits.maxInstanceModules + 1 }, () => long);
    const bounded = boundInstance({ ...instance, company: long, modules });
    expect(bounded.company).toHaveLength(limits.maxInstanceChars);
    expect(bounded.modules).toHaveLength(limits.maxInstanceModules);
    expect(bounded.modules?.[0]).toHaveLength(limits.maxInstanceChars);
    expect(boundInstance({ ...instance, modules: null, version: null })).toMatchObject({
      ...{ modules: null, version: null },
    });
  });
});
