// sale.confirm on Tryton: the answers that Tryton 6.0.29 gave, in an order that follows the state of one sale.
import type { ErpConnection, ErpRequest } from '../../../src/core/erp.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { trytonAdapter } from '../../../src/erp/tryton/tryton-adapter.ts';
import { operations } from '../../../src/operations/index.ts';
import { type StandCase, standOf } from '../support/stand.ts';
import { recordedSale, toResponse } from '../tryton/support/recorded.ts';

const says = (body: object) => toResponse({ status: 200, text: JSON.stringify({ id: 1, ...body }) });

const methodOf = ({ body }: ErpRequest): string => String(isJsonObject(body) ? body.method : '');
const isCall = (method: string) => (request: ErpRequest) => methodOf(request) === method;

const transitions: Readonly<Record<string, string>> = { quote: 'quotation', confirm: 'processing' };

function startTryton(): ErpConnection & { readonly sales: string[]; readonly parties: number[] } {
  const sales: string[] = [];
  const parties: number[] = [];
  /** The recorded answers of each method, the first that was given and the last. */
  const recorded = (method: string, place: 0 | -1) => {
    const found = recordedSale.exchanges.filter(({ request }) => request.method === method).at(place);
    if (found === undefined) throw new Error(`${method} was not recorded`);
    return found;
  };
  const shown = () => recorded('model.sale.sale.read', -1).text.replaceAll('"processing"', `"${sales[0]}"`);
  return {
    ...{ sales, parties },
    send: async (request) => {
      const method = methodOf(request);
      const [model = '', name = ''] = [method.slice(0, method.lastIndexOf('.')), method.split('.').at(-1)];
      if (model === 'model.party.party' && name === 'create') parties.push(3);
      if (model === 'model.party.party') return toResponse(recorded(method, parties.length === 0 ? 0 : -1));
      if (model !== 'model.sale.sale') return toResponse(recorded(method, 0));
      if (name === 'create') sales.push('draft');
      if (name === 'create') return says({ result: [sales.length] });
      const next = transitions[name];
      if (next === undefined)
        return sales.length === 0 ? says({ result: [] }) : toResponse({ status: 200, text: shown() });
      // A button on a sale that is past it answers success and does nothing.
      const isDue = name === 'quote' ? sales[0] === 'draft' : sales[0] === 'quotation';
      if (isDue) sales[0] = next;
      return says({ result: null });
    },
  };
}

const locks = [
  ['ConcurrencyException', 'Records were modified in the meanwhile'],
  ['database is locked', ''],
];

export const trytonStand: StandCase = {
  name: 'tryton',
  lockCount: locks.length,
  start: (lock = 0) => {
    const tryton = startTryton();
    const words = {
      ...{ begin: isCall('model.sale.sale.create'), commit: isCall('model.sale.sale.confirm') },
      lock: says({ error: locks[lock] }),
      missing: says({ error: ['UserError', ['A value is required for field "Party" in "Sale".', '', null]] }),
    };
    return standOf(tryton, words, {
      ...{ adapter: trytonAdapter, operation: operations['sale.confirm'], input: recordedSale.input },
      count: () => tryton.sales.length,
      totalField: 'total_amount',
      missingField: 'customer.customerId',
    });
  },
};
