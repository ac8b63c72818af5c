// What changed in Tryton, model by model: records that were made and never written since, and records that were written, each by its time
// and its id, so that no page is torn between records of one time. Reads only.

import type { AdapterFailure } from '../../core/erp.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import type { Change, ChangeFeed, ChangePage, ChangeQuery } from '../../core/watch.ts';
import { type Attempting, attempt, fail } from './attempting.ts';
import { openTryton, read, type Tryton } from './tryton-calls.ts';
import type { TrytonOptions } from './tryton-options.ts';
import { toPlainDecimal } from './values.ts';

type Model = {
  readonly fields: readonly string[];
  /** Holds the shop's id of an order. */
  readonly orderField?: string;
};

const models: Readonly<Record<string, Model>> = {
  'sale.sale': {
    fields: ['number', 'reference', 'state', 'total_amount', 'invoice_state', 'shipment_state'],
    orderField: 'reference',
  },
  'account.invoice': { fields: ['number', 'reference', 'type', 'state', 'total_amount', 'invoice_date'] },
  'stock.shipment.out': { fields: ['number', 'reference', 'origins', 'state', 'effective_date'] },
  'product.template': { fields: ['code', 'name', 'list_price', 'active'] },
  'party.party': { fields: ['code', 'name', 'active'] },
};

/** Records that were made are read first, then those that were written: a record that is both is the second. */
type Stream = 'made' | 'written';

/** `at`: epoch µs, Tryton's finest. `id`: the last record of that time that was read; 0: none. `from`: where the look began. */
type Cursor = { readonly stream: Stream; readonly at: number; readonly id: number; readonly from: number };

/** How far before the end of the last look a look begins, µs: on some databases a transaction writes the time at which it began. */
const overlapUs = 60_000_000;

/** `done|1764000000000000`, `written|1764000000000000|17|1764000000000000` */
function readCursor(text: string): Cursor | null {
  const [state = '', at = '', id = '0', from = '0'] = text.split('|');
  const numbers = [at, id, from].map(Number);
  if (!/^\d+$/.test(at) || !numbers.every(Number.isSafeInteger)) return null;
  if (state === 'done') {
    const begin = Number(at) - overlapUs;
    return { stream: 'made', at: begin, id: 0, from: begin };
  }
  if (state !== 'made' && state !== 'written') return null;
  return { stream: state, at: Number(at), id: Number(id), from: Number(from) };
}

const writeCursor = ({ stream, at, id, from }: Cursor): string => [stream, at, id, from].join('|');

export const createTrytonChanges = (options: TrytonOptions): ChangeFeed => ({
  kinds: Object.keys(models),
  list: async (erp, query) => {
    const call = { input: null, key: '', idempotencyKey: '', erp };
    const page = async function* (): Attempting<ChangePage> {
      return yield* readPage(yield* openTryton(call, options), query);
    };
    return attempt(page());
  },
});

async function* readPage(
  tryton: Tryton,
  { kind, cursor, until, limit }: ChangeQuery,
): Attempting<ChangePage> {
  const model = Object.hasOwn(models, kind) ? models[kind] : undefined;
  if (model === undefined) return yield* fail(broken('$', 'a model that can be watched', kind));
  const end = until * 1_000;
  const ended = { kind: 'changes', cursor: `done|${end}`, isLast: true } as const;
  if (cursor === null) {
    // Nothing is read, but a model that is not there is told before the first change would be.
    yield* readRows(tryton, {
      kind,
      model,
      place: { stream: 'written', at: end, id: 0, from: end },
      end,
      limit: 1,
    });
    return { ...ended, changes: [] };
  }
  const place = readCursor(cursor);
  if (place === null) return yield* fail(broken('$', 'a cursor of this feed', cursor));
  const rows = yield* readRows(tryton, { kind, model, place, end, limit });
  const changes = rows.map((row) => toChange(kind, model, row));
  const last = rows.at(-1);
  if (last !== undefined && rows.length === limit) {
    const next = { ...place, at: timeOf(last, place.stream), id: Number(last.id) };
    return { kind: 'changes', changes, cursor: writeCursor(next), isLast: false };
  }
  if (place.stream === 'written') return { ...ended, changes };
  const written = { stream: 'written', at: place.from, id: 0, from: place.from } as const;
  return { kind: 'changes', changes, cursor: writeCursor(written), isLast: false };
}

type Asked = {
  readonly kind: string;
  readonly model: Model;
  readonly place: Cursor;
  readonly end: number;
  readonly limit: number;
};

const timeField = { made: 'create_date', written: 'write_date' } as const;

async function* readRows(tryton: Tryton, asked: Asked): Attempting<readonly JsonObject[]> {
  const { kind, model, place, end, limit } = asked;
  const field = timeField[place.stream];
  const after = [
    'OR',
    [field, '>', toTime(place.at)],
    [
      [field, '=', toTime(place.at)],
      ['id', '>', place.id],
    ],
  ];
  const unwritten = place.stream === 'made' ? [['write_date', '=', null]] : [];
  const where: JsonValue = [after, [field, '<=', toTime(end)], ...unwritten];
  const order = [
    [field, 'ASC'],
    ['id', 'ASC'],
  ];
  const params = [where, 0, limit, order, [...model.fields, 'create_date', 'write_date']];
  // Also what is no longer active: that it was put away is a change.
  const context = { active_test: false };
  const answer = yield* read(tryton, { model: kind, method: 'search_read', params, context });
  const rows = Array.isArray(answer) ? answer.filter(isJsonObject) : [];
  const wrong = rows.findIndex((row) => typeof row.id !== 'number' || !(timeOf(row, place.stream) > 0));
  if (!Array.isArray(answer) || rows.length < answer.length) {
    return yield* fail(broken('$.result', 'a list of records', typeof answer));
  }
  return wrong === -1 ? rows : yield* fail(broken(`$.result[${wrong}].${field}`, 'a time', 'something else'));
}

function toChange(kind: string, { fields, orderField }: Model, row: JsonObject): Change {
  const reference = orderField === undefined ? null : row[orderField];
  const entity =
    typeof reference === 'string' && reference !== ''
      ? { kind: 'order', id: reference }
      : { kind, id: String(row.id) };
  // The time of the state, whichever stream shows it: a record that is read twice is one event.
  const at = isJsonObject(row.write_date) ? timeOf(row, 'written') : timeOf(row, 'made');
  const document = Object.fromEntries(
    ['id', ...fields].map((name) => [name, toPlain(name, row[name] ?? null)]),
  );
  const changedAt = new Date(Math.floor(at / 1_000)).toISOString();
  return { type: `${kind}.changed`, entity, version: `${row.id}@${at}`, changedAt, isOwn: false, document };
}

const parts = ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond'] as const;

/** Epoch µs; NaN: it is no time. Tryton counts in UTC. */
function timeOf(row: JsonObject, stream: Stream): number {
  const value = row[timeField[stream]];
  if (!isJsonObject(value) || value.__class__ !== 'datetime') return Number.NaN;
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0, second = 0, micro = 0] = parts.map((part) =>
    Number(value[part] ?? 0),
  );
  return Date.UTC(year, month - 1, date, hour, minute, second) * 1_000 + micro;
}

function toTime(us: number): JsonObject {
  const at = new Date(Math.floor(us / 1_000));
  return {
    ...{
      __class__: 'datetime',
      year: at.getUTCFullYear(),
      month: at.getUTCMonth() + 1,
      day: at.getUTCDate(),
    },
    ...{ hour: at.getUTCHours(), minute: at.getUTCMinutes(), second: at.getUTCSeconds() },
    microsecond: us % 1_000_000,
  };
}

/** Amounts as texts, days as ISO 8601; all else as Tryton writes it. On SQLite its flags are 0 and 1. */
function toPlain(name: string, value: JsonValue): JsonValue {
  if (name === 'active') return Boolean(value);
  if (!isJsonObject(value)) return value;
  if (value.__class__ === 'Decimal') return toPlainDecimal(String(value.decimal));
  if (value.__class__ !== 'date') return value;
  const [month, date] = [value.month, value.day].map((part) => String(part).padStart(2, '0'));
  return `${value.year}-${month}-${date}`;
}

function broken(path: string, expected: string, actual: string): AdapterFailure {
  return { kind: 'contract_broken', issues: [{ path, expected, actual }] };
}
