// What every adapter declares: nothing about an operation it does not run, and no other module names than it reads.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ErpAdapter } from '../../src/core/erp.ts';
import { capabilityOf } from '../../src/core/erp-capabilities.ts';
import { createBusinessCentralAdapter } from '../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../src/erp/erpnext/erpnext-adapter.ts';
import { httpAdapterFromJson } from '../../src/erp/http/http-adapter.ts';
import { loopbackAdapter } from '../../src/erp/loopback/loopback-adapter.ts';
import { createNetsuiteAdapter } from '../../src/erp/netsuite/netsuite-adapter.ts';
import { createOdooAdapter } from '../../src/erp/odoo/odoo-adapter.ts';
import { createSandboxAdapter, sandboxAdapter } from '../../src/erp/sandbox/sandbox-adapter.ts';
import { trytonAdapter } from '../../src/erp/tryton/tryton-adapter.ts';
import { operations } from '../../src/operations/index.ts';

const described = httpAdapterFromJson(JSON.parse(readFileSync('docs/erp/http-example.json', 'utf8')));

const adapters: readonly ErpAdapter[] = [
  loopbackAdapter,
  sandboxAdapter,
  createOdooAdapter(),
  trytonAdapter,
  described,
  createErpnextAdapter(),
  createBusinessCentralAdapter({
    companyId: 'f64eba74-dacd-4854-a584-1834f68cfc3a',
    currency: 'EUR',
    releaseAction: 'Microsoft.NAV.release',
    paymentJournalId: '0a0a0a0a-dacd-4854-a584-1834f68cfc3a',
  }),
  createBusinessCentralAdapter({ companyId: 'f64eba74-dacd-4854-a584-1834f68cfc3a', currency: 'EUR' }),
  createNetsuiteAdapter({ currencies: {} }),
  createNetsuiteAdapter({ currencies: {}, refundItem: 'REFUND', respondAsync: true }),
];

describe.each(adapters)('the adapter $name', (adapter) => {
  const runs = Object.values(operations).filter((operation) => capabilityOf(adapter, operation).supported);

  it('runs only operations of the catalogue', () => {
    const handlers = [...Object.keys(adapter.operations), ...Object.keys(adapter.batches ?? {})];
    expect(runs.map(({ name }) => name).toSorted()).toEqual(handlers.toSorted());
  });

  it('declares only what it runs', () => {
    const names = runs.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(Object.keys(adapter.capabilities ?? {})));
  });

  it('says why it does not run the others, where it is of one ERP', () => {
    // What runs nothing of an ERP, or what its description says, has nothing to explain.
    if (adapter.name === 'loopback' || adapter === described) return;
    for (const operation of Object.values(operations)) {
      const capability = capabilityOf(adapter, operation);
      if (!capability.supported) expect(capability.reason, operation.name).toMatch(/^[a-z].{20,}[^.]$/);
    }
  });

  it('can ask after what the ERP finishes later', () => {
    for (const operation of runs) {
      const capability = capabilityOf(adapter, operation);
      if (!capability.supported || capability.async === 'never') continue;
      expect(adapter.operations[operation.name]?.poll, operation.name).toBeTypeOf('function');
    }
  });
});

describe('the sandbox adapter', () => {
  it('runs everything that is about an ERP', () => {
    for (const operation of Object.values(operations)) {
      const { supported } = capabilityOf(sandboxAdapter, operation);
      expect(supported, operation.name).toBe(operation.name !== 'relay.smoke');
    }
  });

  it('has native idempotency where the sandbox is told to have it', () => {
    const native = (adapter: ErpAdapter) => capabilityOf(adapter, operations['sale.confirm']);
    expect(native(sandboxAdapter)).toMatchObject({ nativeIdempotency: false });
    expect(native(createSandboxAdapter({ idempotencyKeys: true }))).toMatchObject({
      nativeIdempotency: true,
    });
  });
});
