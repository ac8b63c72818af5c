// sale.confirm on Odoo, over either API, with bodies recorded on a running Odoo 18.
import type { ErpRequest } from '../../../src/core/erp.ts';
import { operations } from '../../../src/operations/index.ts';
import { order } from '../odoo/support/odoo-inputs.ts';
import { createWorld } from '../odoo/support/odoo-world.ts';
import { overJson2, overJsonRpc, recordedErrors } from '../odoo/support/recorded-bodies.ts';
import { type StandCase, standOf } from '../support/stand.ts';

const locks = recordedErrors.filter(({ means }) => means.reason === 'conflict');
const missing = recordedErrors.find(({ means }) => means.code === 'field_required');

const isOf =
  (model: string, method: string) =>
  ({ path, body }: ErpRequest): boolean => {
    const text = JSON.stringify(body);
    return path === `/json/2/${model}/${method}` || text.includes(`"${model}","${method}"`);
  };

export const odooStands: readonly StandCase[] = (['json2', 'jsonrpc'] as const).map((api) => ({
  name: `odoo over ${api === 'json2' ? 'JSON-2' : 'JSON-RPC'}`,
  lockCount: locks.length,
  start: (lock = 0) => {
    const world = createWorld(api);
    const toAnswer = api === 'json2' ? overJson2 : overJsonRpc;
    const [held, lacking] = [locks[lock], missing];
    if (held === undefined || lacking === undefined) throw new Error('no such recorded body');
    const words = {
      ...{ begin: isOf('sale.order', 'load'), commit: isOf('sale.order', 'action_confirm') },
      ...{ lock: toAnswer(held), missing: toAnswer(lacking) },
    };
    return standOf(world.odoo, words, {
      ...{ adapter: world.adapter, operation: operations['sale.confirm'], input: order },
      count: () => (world.odoo.rows['sale.order'] ?? []).length,
      totalField: 'amount_total',
      missingField: 'customer.customerId',
    });
  },
}));
