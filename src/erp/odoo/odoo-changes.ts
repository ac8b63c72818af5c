// What changed in Odoo, model by model, by `write_date`: whole seconds on the wire, finer in the database, so a page begins again
// with the second the last one ended in, and what comes twice is one event. Reads only.

import type { JsonObject } from '../../core/json.ts';
import type { Change, ChangeFeed } from '../../core/watch.ts';
import { createOdooClient } from './odoo-client.ts';
import type { OdooSettings } from './odoo-options.ts';
import { broken } from './read-odoo.ts';

/** What is read of a model, and the field that holds the shop's id of an order. */
const models: Readonly<Record<string, { readonly fields: readonly string[]; readonly orderField?: string }>> =
  {
    'sale.order': {
      fields: ['name', 'state', 'client_order_ref', 'amount_total', 'invoice_status', 'write_date'],
      orderField: 'client_order_ref',
    },
    'account.move': {
      fields: ['name', 'state', 'move_type', 'ref', 'payment_state', 'amount_total', 'write_date'],
    },
    'stock.picking': { fields: ['name', 'state', 'origin', 'write_date'] },
    'product.product': { fields: ['default_code', 'display_name', 'list_price', 'active', 'write_date'] },
    'res.partner': { fields: ['display_name', 'email', 'phone', 'active', 'write_date'] },
  };

/**
 * `from`: as Odoo writes it, UTC. `offset`: rows since then that were read. `isBetween`: a look was not finished, and goes on.
 */
type Cursor = { readonly from: string; readonly offset: number; readonly isBetween: boolean };

const toOdooTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** How far before its cursor a look begins, ms: a transaction writes its time when it begins and shows it when it ends. */
const overlapMs = 60_000;

/** `2026-11-24 09:00:00|0|done` */
function readCursor(text: string): Cursor {
  const [from = '', offset = '0', state] = text.split('|');
  if (state === 'between') return { from, offset: Number(offset), isBetween: true };
  const begin = Date.parse(`${from.replace(' ', 'T')}Z`) - overlapMs;
  return { from: toOdooTime(begin), offset: 0, isBetween: false };
}

function toChange(model: string, orderField: string | undefined, row: JsonObject): Change {
  const reference = orderField === undefined ? null : row[orderField];
  const entity =
    typeof reference === 'string' && reference !== ''
      ? { kind: 'order', id: reference }
      : { kind: model, id: String(row.id) };
  const version = `${row.id}@${String(row.write_date)}`;
  const changedAt = `${String(row.write_date).replace(' ', 'T')}Z`;
  return { type: `${model}.changed`, entity, version, changedAt, isOwn: false, document: row };
}

export function createOdooChanges(settings: OdooSettings): ChangeFeed {
  return {
    kinds: Object.keys(models),
    list: async (erp, { kind, cursor, until, limit }) => {
      const model = Object.hasOwn(models, kind) ? models[kind] : undefined;
      if (model === undefined) return broken('$', 'a model that can be watched', kind);
      const end = toOdooTime(until);
      if (cursor === null) return { kind: 'changes', changes: [], cursor: `${end}|0|done`, isLast: true };
      const { from, offset } = readCursor(cursor);
      const domain = [
        ['write_date', '>=', from],
        ['write_date', '<=', end],
      ];
      const args = { domain, fields: model.fields, limit, offset, order: 'write_date asc, id asc' };
      const client = createOdooClient(erp, settings);
      const rows = await client.rows({ model: kind, method: 'search_read', args, write: false });
      if (rows.kind !== 'found') return rows;
      const changes = rows.rows.map((row) => toChange(kind, model.orderField, row));
      const isLast = rows.rows.length < limit;
      if (isLast) return { kind: 'changes', changes, cursor: `${end}|0|done`, isLast };
      // On from the last second, or, where one second fills a page, further into it.
      const last = String(rows.rows.at(-1)?.write_date);
      const next = last > from ? `${last}|0|between` : `${from}|${offset + rows.rows.length}|between`;
      return { kind: 'changes', changes, cursor: next, isLast };
    },
  };
}
