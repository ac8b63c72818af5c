// As much of Odoo as its adapter speaks to: rows found by domains, `load` by external ids, and buttons a test gives. Answers in the
// form of either API, with recorded bodies where something fails. Not an ERP: what a button does is the test's.

import type { ErpCallFailure, ErpConnection, ErpRequest, ErpResponse } from '../../../../src/core/erp.ts';
import { overJson2, overJsonRpc, toResponse } from './recorded-bodies.ts';

// biome-ignore lint/suspicious/noExplicitAny: rows of many models
export type Row = Record<string, any>;

export type Called = {
  readonly model: string;
  readonly method: string;
  readonly ids: number[];
  readonly args: Row;
  readonly context: Row;
};

type Problem = { readonly name: string; readonly message: string; readonly status: number };

/** An exception, as recorded. */
export class OdooError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

export const userError = (message: string) =>
  new OdooError({ name: 'odoo.exceptions.UserError', message, status: 422 });

/** The one row there must be. */
export function only<T>(rows: T[] | undefined): T {
  if (rows?.length !== 1) throw new Error(`one row was to be there, not ${rows?.length ?? 0}`);
  return rows[0] as T;
}

export type FakeOdoo = ErpConnection & {
  readonly rows: Record<string, Row[]>;
  readonly calls: Called[];
  readonly requests: ErpRequest[];
  /** By `model/method`: gives the result, or throws an OdooError. */
  readonly buttons: Record<string, (called: Called) => unknown>;
  /** Does the next call of that name, and loses its answer. */
  loseAnswerOf(name: string): void;
};

export function createFakeOdoo(api: 'json2' | 'jsonrpc'): FakeOdoo {
  const rows: FakeOdoo['rows'] = {};
  const calls: Called[] = [];
  const requests: ErpRequest[] = [];
  const buttons: FakeOdoo['buttons'] = {};
  const externalIds = new Map<string, number>();
  const lost = new Set<string>();
  const table = (model: string): Row[] => {
    rows[model] ??= [];
    return rows[model];
  };
  const run = (called: Called): unknown => {
    const { model, method, args } = called;
    const button = buttons[`${model}/${method}`];
    if (button !== undefined) return button(called);
    if (method === 'search_read') return search(table(model), args.domain, args.fields);
    if (method === 'load') return load({ model, args, table, externalIds });
    if (method === 'create') return args.vals_list.map((values: Row) => insert(table(model), values));
    if (method === 'write') {
      for (const row of table(model)) if (called.ids.includes(row.id)) Object.assign(row, args.vals);
      return true;
    }
    throw new Error(`the fake has no ${model}/${method}`);
  };
  const send = async (request: ErpRequest): Promise<ErpResponse | ErpCallFailure> => {
    requests.push(request);
    const called = api === 'json2' ? fromJson2(request) : fromJsonRpc(request);
    calls.push(called);
    const name = `${called.model}/${called.method}`;
    const answer = answerOf(api, () => run(called));
    if (!lost.delete(name)) return answer;
    return { kind: 'no_answer', reason: 'timeout', message: 'no answer within 5000 ms', lastByteAt: 0 };
  };
  return { ...{ rows, calls, requests, buttons, send }, loseAnswerOf: (name) => void lost.add(name) };
}

function answerOf(api: 'json2' | 'jsonrpc', run: () => unknown): ErpResponse {
  try {
    const result = run();
    if (api === 'json2') return toResponse(200, result ?? null);
    return toResponse(200, { jsonrpc: '2.0', id: 1, ...(result === undefined ? {} : { result }) });
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    return api === 'json2' ? overJson2(error.problem) : overJsonRpc(error.problem);
  }
}

function fromJson2({ path, body }: ErpRequest): Called {
  const [, , , model = '', method = ''] = path.split('/');
  const { ids = [], context = {}, ...args } = body as Row;
  return { model, method, ids, args, context };
}

function fromJsonRpc({ body }: ErpRequest): Called {
  const [, , , model, method, positional, keywords] = (body as Row).params.args;
  const { context = {}, ...args } = keywords;
  if (method === 'create')
    return { model, method, ids: [], args: { ...args, vals_list: positional[0] }, context };
  return { model, method, ids: positional[0] ?? [], args, context };
}

function insert(rows: Row[], values: Row): number {
  const id = Math.max(0, ...rows.map((row) => row.id)) + 1;
  rows.push({ id, ...values });
  return id;
}

function search(rows: Row[], domain: [string, string, unknown][], fields: string[]): Row[] {
  const fits = (row: Row) => domain.every(([field, operator, wanted]) => holds(row[field], operator, wanted));
  return rows
    .filter(fits)
    .toSorted((a, b) => b.id - a.id)
    .map((row) => Object.fromEntries(['id', ...fields].map((field) => [field, row[field] ?? false])));
}

function holds(actual: unknown, operator: string, wanted: unknown): boolean {
  const value = Array.isArray(actual) && typeof wanted === 'number' ? actual[0] : (actual ?? false);
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (operator === 'in' && Array.isArray(actual)) return (wanted as unknown[]).includes(actual[0]);
  if (operator === 'in') return (wanted as unknown[]).includes(value);
  if (operator === 'not in') return !(wanted as unknown[]).includes(value);
  if (operator === 'ilike') return String(value).toLowerCase().includes(String(wanted).toLowerCase());
  throw new Error(`the fake has no operator ${operator}`);
}

type Loading = {
  readonly model: string;
  readonly args: Row;
  readonly table: (model: string) => Row[];
  readonly externalIds: Map<string, number>;
};

/** The lines that a record of a model is loaded with. */
const lineForms: Record<
  string,
  { readonly prefix: string; readonly model: string; readonly parent: string }
> = {
  'sale.order': { prefix: 'order_line/', model: 'sale.order.line', parent: 'order_id' },
  'stock.picking': { prefix: 'move_ids/', model: 'stock.move', parent: 'picking_id' },
};

/** Upserts by external id; rows without one continue the record before, as lines of it. */
function load({ model, args, table, externalIds }: Loading): unknown {
  const fields: string[] = args.fields;
  const lines = lineForms[model];
  const ids: number[] = [];
  const upsert = (target: string, externalId: string, values: Row): number => {
    const known = externalIds.get(externalId);
    const row = table(target).find(({ id }) => id === known);
    if (row !== undefined) return Object.assign(row, values).id;
    const id = insert(table(target), { active: true, state: 'draft', ...values });
    externalIds.set(externalId, id);
    return id;
  };
  for (const data of args.data as string[][]) {
    const cell = (name: string) => data[fields.indexOf(name)] ?? '';
    const isLine = (field: string) => lines !== undefined && field.startsWith(lines.prefix);
    const own = fields.filter((field) => !isLine(field));
    if (cell('id') !== '') ids.push(upsert(model, cell('id'), valuesOf(own, cell)));
    if (lines === undefined || !fields.includes(`${lines.prefix}id`)) continue;
    const { prefix, parent } = lines;
    const names = fields.filter(isLine).map((field) => field.slice(prefix.length));
    const values = valuesOf(names, (name) => cell(`${prefix}${name}`));
    upsert(lines.model, cell(`${prefix}id`), { ...values, [parent]: [ids.at(-1), ''], display_type: false });
  }
  return { ids, messages: [] };
}

function valuesOf(fields: string[], cell: (field: string) => string): Row {
  const pairs = fields
    .filter((field) => field !== 'id')
    .map((field) => {
      const text = cell(field);
      const isId = field.endsWith('/.id');
      const isNumber = ['product_uom_qty', 'price_unit', 'fixed_price'].includes(field);
      const value = isId ? [Number(text), ''] : isNumber ? Number(text) : text === '' ? false : text;
      return [field.replace('/.id', '').replace('/id', ''), value] as const;
    });
  return Object.fromEntries(pairs);
}
