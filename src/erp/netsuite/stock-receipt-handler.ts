// stock.receive on NetSuite: with a purchase order its item receipt; without one an inventory adjustment that adds what came in, with an
// external id that cannot be used twice.

import type { OperationHandler } from '../../core/erp.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { stockReceive } from '../../operations/stock.ts';
import { keyedOperation, type Written } from '../rest/keyed-operation.ts';
import { objectsOf, refused, textOf } from '../rest/read-rest.ts';
import { goodsOf, headOf, nameIn } from './documents.ts';
import { externalIdOfKey } from './external-id.ts';
import { goodsFieldNames, locationOf, receivePurchase } from './goods-handlers.ts';
import { createNetsuiteClient, type NetsuiteClient, unknownItem } from './netsuite-client.ts';
import type { NetsuiteOptions } from './netsuite-options.ts';
import { pollNetsuiteJob } from './poll-netsuite-job.ts';

const fieldNames = {
  ...goodsFieldNames,
  'inventory.items.item': 'lines',
  'inventory.items.location': 'location',
  'inventory.items.adjustQtyBy': 'lines',
};

export function createStockReceiptHandler(options: NetsuiteOptions): OperationHandler<typeof stockReceive> {
  type Call = Parameters<OperationHandler<typeof stockReceive>['lookup']>[0];
  const clientOf = (call: Call) => createNetsuiteClient(call, options, fieldNames);
  const find = (call: Call) =>
    clientOf(call).find(
      call.input.purchaseOrder === undefined ? 'inventoryAdjustment' : 'itemReceipt',
      externalIdOfKey(call.key),
    );
  return keyedOperation<typeof stockReceive>({
    find,
    isDone: () => true,
    write: async (call) => {
      const { purchaseOrder, location, lines } = call.input;
      const locationId = locationOf(options, location);
      if (location !== undefined && locationId === undefined)
        return refused('location_unknown', `locations does not name ${location}`, 'location');
      const externalId = externalIdOfKey(call.key);
      const client = clientOf(call);
      // Lines of a record that is there already would be added to it by an upsert.
      const known = await find(call);
      if (known.kind !== 'document') return known;
      if (known.document !== null) return { kind: 'already', document: known.document };
      return purchaseOrder === undefined
        ? adjust(client, options, { externalId, lines, locationId })
        : receivePurchase(client, { purchaseOrder, lines, externalId, locationId, day: undefined });
    },
    verify: ({ input }, document) => ({
      kind: 'verified',
      output: {
        ...headOf(document),
        ...{ state: 'done', receiptId: input.receiptId },
        lines: input.purchaseOrder === undefined ? adjustedGoods(document) : goodsOf(document),
      },
    }),
    poll: pollNetsuiteJob(find, fieldNames),
  });
}

type Adjusting = {
  readonly externalId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly locationId: string | undefined;
};

async function adjust(
  client: NetsuiteClient,
  { adjustmentAccountId, subsidiaryId }: NetsuiteOptions,
  { externalId, lines, locationId }: Adjusting,
): Promise<Written> {
  if (adjustmentAccountId === undefined)
    return refused('account_missing', 'adjustmentAccountId is not configured', 'purchaseOrder');
  const items = await client.itemIds(lines.map(({ sku }) => sku));
  if (items.kind !== 'items') return items;
  const missing = lines.findIndex(({ sku }) => items.idOf(sku) === null);
  if (missing !== -1) return unknownItem(missing, lines[missing]?.sku ?? '');
  return client.upsert('inventoryAdjustment', externalId, {
    account: { id: adjustmentAccountId },
    ...(subsidiaryId === undefined ? {} : { subsidiary: { id: subsidiaryId } }),
    inventory: {
      items: lines.map(({ sku, quantity }) => ({
        ...{ item: { id: items.idOf(sku) }, adjustQtyBy: quantity },
        ...(locationId === undefined ? {} : { location: { id: locationId } }),
      })),
    },
  });
}

function adjustedGoods({ inventory }: JsonObject) {
  const rows = objectsOf(isJsonObject(inventory) ? inventory.items : undefined);
  return rows.map(({ item, adjustQtyBy }) => ({ sku: nameIn(item), quantity: Number(textOf(adjustQtyBy)) }));
}
