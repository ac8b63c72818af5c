// sale.confirm on ERPNext, Business Central and NetSuite, with the bodies of their documentation and of published recordings.
import type { ErpRequest } from '../../../src/core/erp.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';
import { operations } from '../../../src/operations/index.ts';
import { sale as bcSale, companyId, startCompany } from '../business-central/support/fake-company.ts';
import { sale as erpnextSale, startSite } from '../erpnext/support/fake-site.ts';
import { sale as netsuiteSale, refusal, startAccount } from '../netsuite/support/fake-account.ts';
import { says, scriptedConnection } from '../rest/support/scripted-connection.ts';
import { type StandCase, standOf } from '../support/stand.ts';

const operation = operations['sale.confirm'];

const pick = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`no word ${index}`);
  return found;
};

const erpnextLocks = [
  says(417, {
    exc_type: 'TimestampMismatchError',
    message: 'Document has been modified after you have opened it',
  }),
  says(500, {
    exc_type: 'QueryDeadlockError',
    exception: '(1213, "Deadlock found when trying to get lock")',
  }),
  says(508, { exc_type: 'QueryTimeoutError' }),
];

const erpnextStand: StandCase = {
  name: 'erpnext',
  lockCount: erpnextLocks.length,
  start: (lock = 0) => {
    const site = startSite();
    const words = {
      commit: ({ path }: ErpRequest) => path === '/api/resource/Sales%20Order',
      lock: pick(erpnextLocks, lock),
      missing: says(417, {
        exc_type: 'MandatoryError',
        exception: 'frappe.exceptions.MandatoryError: [Sales Order, SAL-ORD-2026-00001]: customer',
      }),
    };
    return standOf(scriptedConnection(site.answer), words, {
      ...{ adapter: createErpnextAdapter({ company: 'Acme' }), operation, input: erpnextSale },
      count: () => [...site.documents.keys()].filter((key) => key.startsWith('Sales Order/')).length,
      totalField: 'grand_total',
      missingField: 'customer.customerId',
    });
  },
};

const bcError = (status: number, code: string, message: string) => says(status, { error: { code, message } });

const bcLocks = [
  bcError(409, 'Request_EntityChanged', 'Another user has already changed the record.'),
  bcError(400, 'Application_DialogException', 'The Sales Header table is locked by another user.'),
];

const bcStand: StandCase = {
  name: 'business_central',
  lockCount: bcLocks.length,
  start: (lock = 0) => {
    const company = startCompany();
    const words = {
      begin: ({ path }: ErpRequest) => path.endsWith('/salesOrders'),
      commit: ({ path }: ErpRequest) => path.endsWith('Microsoft.NAV.release'),
      lock: pick(bcLocks, lock),
      missing: bcError(
        400,
        'Application_FieldValidationException',
        'Customer Posting Group must have a value in Customer: No.=C00690. It cannot be zero or empty.',
      ),
    };
    return standOf(scriptedConnection(company.answer), words, {
      adapter: createBusinessCentralAdapter({
        ...{ companyId, currency: 'EUR', releaseAction: 'Microsoft.NAV.release' },
      }),
      ...{ operation, input: bcSale },
      count: () => company.rowsOf('salesOrders').length,
      totalField: 'totalAmountIncludingTax',
      missingField: 'Customer Posting Group',
    });
  },
};

const netsuiteLocks: readonly JsonObject[] = [
  refusal(400, 'RCRD_HAS_BEEN_CHANGED', 'Record has been changed'),
  refusal(400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'Request limit exceeded'),
];

const netsuiteStand: StandCase = {
  name: 'netsuite',
  lockCount: netsuiteLocks.length,
  start: (lock = 0) => {
    const account = startAccount();
    const words = {
      commit: ({ path }: ErpRequest) => path.includes('/salesOrder/eid:'),
      lock: says(400, pick(netsuiteLocks, lock)),
      missing: says(400, refusal(400, 'USER_ERROR', 'Please enter value(s) for: Entity')),
    };
    return standOf(scriptedConnection(account.answer), words, {
      ...{ adapter: createNetsuiteAdapter({ currencies: { EUR: '4' } }), operation, input: netsuiteSale },
      count: () => [...account.records.keys()].filter((key) => key.startsWith('salesOrder/')).length,
      totalField: 'total',
      missingField: 'customer.customerId',
    });
  },
};

export const restStands: readonly StandCase[] = [erpnextStand, bcStand, netsuiteStand];
