// What running ERPs say of themselves where their adapters were written from documentation: read without a write, what may not be read
// is unknown, and an operation whose module is off is known before anything is sent.
import { describe, expect, it } from 'vitest';
import type { ErpAdapter, ErpRequest, ErpResponse } from '../../src/core/erp.ts';
import { capabilityOf, missingModules } from '../../src/core/erp-capabilities.ts';
import { createBusinessCentralAdapter } from '../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../src/erp/erpnext/erpnext-adapter.ts';
import { createNetsuiteAdapter } from '../../src/erp/netsuite/netsuite-adapter.ts';
import { findOperation } from '../../src/operations/index.ts';
import { companyId } from './business-central/support/fake-company.ts';
import { refusal } from './netsuite/support/fake-account.ts';
import { bodyOf, says, scriptedConnection, timedOut } from './rest/support/scripted-connection.ts';

const erpnext = createErpnextAdapter({ company: 'Acme' });
const businessCentral = createBusinessCentralAdapter({ companyId, currency: 'EUR' });
const netsuite = createNetsuiteAdapter({ currencies: {} });

async function read({ readInstance }: ErpAdapter, answer: (request: ErpRequest) => ErpResponse) {
  const erp = scriptedConnection(answer);
  const said = await readInstance?.(erp);
  expect(erp.writes()).toEqual([]);
  return said;
}

const erpnextSays = (apps: object, company: object) => (request: ErpRequest) => {
  if (request.path.startsWith('/api/method/')) return says(200, { message: { ...apps } });
  return request.path.endsWith('/Company/Acme')
    ? says(200, { data: { name: 'Acme', default_currency: 'EUR', ...company } })
    : says(200, { data: { name: 'Accounts Settings', acc_frozen_upto: '2025-12-31' } });
};

const bcSays = (from: string) => (request: ErpRequest) =>
  request.path.endsWith('/generalLedgerSetup')
    ? says(200, { value: [{ allowPostingFrom: from, localCurrencyCode: 'EUR' }] })
    : says(200, { name: 'CRONUS', displayName: 'Cronus AG', systemVersion: '27.0.1.2' });

const netsuiteSays = (types: readonly string[]) => (request: ErpRequest) => {
  if (request.path.endsWith('/metadata-catalog'))
    return says(200, { items: types.map((name) => ({ name })) });
  const query = String(bodyOf(request).q);
  if (query.includes('FROM subsidiary')) return says(200, { items: [{ name: 'Acme Holding' }] });
  if (query.includes('FROM currency')) return says(200, { items: [{ symbol: 'USD' }] });
  return says(200, { items: [{ day: '2026-09-30' }, { day: '2026-08-31' }] });
};

describe('a running ERP', () => {
  it('ERPNext says its apps, its company and how far its books are frozen', async () => {
    const apps = { frappe: { version: '16.1.0' }, erpnext: { version: '16.2.3' } };
    expect(await read(erpnext, erpnextSays(apps, { accounts_frozen_till_date: '2026-10-31' }))).toEqual({
      kind: 'instance',
      instance: {
        ...{ version: '16.2.3', company: 'Acme', currency: 'EUR', lockedThrough: '2026-10-31' },
        modules: ['frappe', 'erpnext'],
      },
    });
    expect(await read(erpnext, erpnextSays(apps, {}))).toMatchObject({
      instance: { lockedThrough: '2025-12-31' },
    });
  });

  it('Business Central says its company and the day before the first it posts on', async () => {
    expect(await read(businessCentral, bcSays('2026-11-01'))).toEqual({
      kind: 'instance',
      instance: {
        ...{ version: '27.0.1.2', company: 'Cronus AG', currency: 'EUR', lockedThrough: '2026-10-31' },
        modules: null,
      },
    });
    expect(await read(businessCentral, bcSays('0001-01-01'))).toMatchObject({
      instance: { lockedThrough: null },
    });
  });

  it('NetSuite says which record types it has, of those that are needed', async () => {
    expect(await read(netsuite, netsuiteSays(['salesOrder', 'invoice', 'account']))).toEqual({
      kind: 'instance',
      instance: {
        ...{ version: null, company: 'Acme Holding', currency: 'USD', lockedThrough: '2026-09-30' },
        modules: ['salesOrder', 'invoice'],
      },
    });
  });

  it.each([
    [erpnext, () => says(403, { message: 'Not permitted' })],
    [netsuite, () => says(403, refusal(403, 'INSUFFICIENT_PERMISSION', 'Permission Violation'))],
  ] as const)('$name says nothing of what the user may not read', async (adapter, answer) => {
    expect(await read(adapter, answer)).toMatchObject({
      kind: 'instance',
      instance: { version: null, company: null, currency: null, modules: null, lockedThrough: null },
    });
  });

  it.each([erpnext, businessCentral, netsuite])(
    '$name that does not answer is no instance',
    async (adapter) => {
      const said = await adapter.readInstance?.(scriptedConnection(() => timedOut));
      expect(said).toMatchObject({ kind: 'call_failed' });
    },
  );
});

describe('a module that is off', () => {
  it.each([
    {
      ...{ adapter: erpnext, name: 'sale.confirm', missing: ['erpnext'] },
      answer: erpnextSays({ frappe: { version: '16.1.0' } }, {}),
    },
    {
      ...{ adapter: netsuite, name: 'invoice.post', missing: ['invoice'] },
      answer: netsuiteSays(['salesOrder']),
    },
    {
      ...{ adapter: netsuite, name: 'purchase.receive', missing: ['itemReceipt'] },
      answer: netsuiteSays(['purchaseOrder']),
    },
  ] as const)('$missing of $adapter.name is known by what it says', async (off) => {
    const said = await read(off.adapter, off.answer);
    const operation = findOperation(off.name);
    if (said?.kind !== 'instance' || operation === null) throw new Error('not read');
    expect(missingModules(capabilityOf(off.adapter, operation), said.instance)).toEqual(off.missing);
  });
});
