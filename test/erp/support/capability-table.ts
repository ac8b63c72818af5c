// The table of docs/targets.md: what each adapter runs of the catalogue, told from the adapters themselves. An operation that needs an
// option is told by the adapter with the least options and the one with all.
import type { ErpAdapter } from '../../../src/core/erp.ts';
import { capabilityOf } from '../../../src/core/erp-capabilities.ts';
import type { AnyOperation } from '../../../src/core/operation.ts';
import { createBusinessCentralAdapter } from '../../../src/erp/business-central/business-central-adapter.ts';
import { createErpnextAdapter } from '../../../src/erp/erpnext/erpnext-adapter.ts';
import { createNetsuiteAdapter } from '../../../src/erp/netsuite/netsuite-adapter.ts';
import { createOdooAdapter } from '../../../src/erp/odoo/odoo-adapter.ts';
import { sandboxAdapter } from '../../../src/erp/sandbox/sandbox-adapter.ts';
import { trytonAdapter } from '../../../src/erp/tryton/tryton-adapter.ts';
import { operations } from '../../../src/operations/index.ts';
import { companyId, paymentJournalId } from '../business-central/support/fake-company.ts';

type Column = { readonly title: string; readonly least: ErpAdapter; readonly most: ErpAdapter };

const same = (title: string, adapter: ErpAdapter): Column => ({ title, least: adapter, most: adapter });

const columns: readonly Column[] = [
  same('sandbox', sandboxAdapter),
  same('Tryton', trytonAdapter),
  same('Odoo', createOdooAdapter()),
  same('ERPNext', createErpnextAdapter()),
  {
    title: 'Business Central',
    least: createBusinessCentralAdapter({ companyId, currency: 'EUR' }),
    most: createBusinessCentralAdapter({
      ...{ companyId, currency: 'EUR', releaseAction: 'Microsoft.NAV.release', paymentJournalId },
    }),
  },
  {
    title: 'NetSuite',
    least: createNetsuiteAdapter({ currencies: {} }),
    most: createNetsuiteAdapter({ currencies: {}, refundItem: 'REFUND' }),
  },
];

export function renderCapabilityTable(): string {
  const header = ['operation', ...columns.map(({ title }) => title)];
  const levels = ['level', ...columns.map(({ most }) => `\`${most.level}\``)];
  const once = ['once', ...columns.map(({ most }) => `\`${most.once}\``)];
  const ofErps = Object.values(operations).filter(({ name }) => name !== 'relay.smoke');
  const rows = ofErps.map((operation) => [
    `\`${operation.name}\``,
    ...columns.map((column) => toCell(column, operation)),
  ]);
  const rule = header.map(() => '---');
  return [header, rule, levels, once, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function toCell({ least, most }: Column, operation: AnyOperation): string {
  const capability = capabilityOf(most, operation);
  if (!capability.supported) return 'no';
  const notes = [
    ...(capability.level === most.level ? [] : [`\`${capability.level}\``]),
    ...(capability.atomicBatch === null ? [] : [capability.atomicBatch ? 'all or none' : 'in part only']),
    ...(capability.async === 'always' ? ['as a job'] : []),
    ...(capabilityOf(least, operation).supported ? [] : ['with an option']),
  ];
  return ['yes', ...notes].join(', ');
}
