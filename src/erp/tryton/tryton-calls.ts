// The calls of Tryton's JSON-RPC that its operations are made of: search, read, create, write, press a button.
// May not know an operation. Every answer goes through readAnswer before anyone looks at it.

import * as z from 'zod';
import type { AdapterFailure, ErpCall } from '../../core/erp.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { toContractIssues } from '../../operations/to-contract-issues.ts';
import { type Attempting, fail } from './attempting.ts';
import { readAnswer } from './read-answer.ts';
import type { TrytonOptions } from './tryton-options.ts';
import { fieldNames } from './values.ts';
import { acknowledgedBy, notAcknowledged, type Warning, warningCode } from './warnings.ts';

/** A conversation with Tryton about one operation. */
export type Tryton = {
  readonly erp: ErpCall<unknown>['erp'];
  /** The operation key, which the document carries. */
  readonly key: string;
  readonly options: TrytonOptions;
  /** The user's company and the like: without it Tryton finds nothing. */
  readonly context: JsonObject;
  readonly company: number;
  /** Codes of the warnings that may be passed over. */
  readonly acknowledged: readonly string[];
};

/** A document raises a handful of warnings; more means that acknowledging does not help. */
const maxWarnings = 10;

type Rpc = {
  /** `sale.sale` */
  readonly model: string;
  readonly method: string;
  readonly params: readonly JsonValue[];
  /** What stands above the user's own context. */
  readonly context?: JsonObject;
};

export async function* openTryton(call: ErpCall<unknown>, options: TrytonOptions): Attempting<Tryton> {
  const base = { erp: call.erp, key: call.key, options, acknowledged: acknowledgedBy(call.input) };
  const unknown = { ...base, context: {}, company: 0 };
  const preferences = yield* read(unknown, { model: 'res.user', method: 'get_preferences', params: [true] });
  const { company, employee } = (preferences ?? {}) as JsonObject;
  if (typeof company !== 'number') {
    const message = "the relay's user in Tryton has no company";
    return yield* fail({ kind: 'rejected', code: 'no_company', message, fieldErrors: [] });
  }
  // English, or the texts of errors could not be told apart.
  const context = { company, ...(typeof employee === 'number' ? { employee } : {}), language: 'en' };
  return { ...base, context, company };
}

/** A call that changes nothing. */
export async function* read(tryton: Tryton, rpc: Rpc): Attempting<JsonValue> {
  const answer = readAnswer(await send(tryton, rpc, false), false);
  if (answer.kind === 'warning') return yield* fail(notAcknowledged(answer.warning));
  return answer.kind === 'result' ? answer.value : yield* fail(answer);
}

/** A call that may change something: warnings are passed over where the input acknowledges them, and only there. */
export async function* write(tryton: Tryton, rpc: Rpc): Attempting<JsonValue> {
  for (let count = 0; ; count += 1) {
    const answer = readAnswer(await send(tryton, rpc, true), true);
    if (answer.kind === 'result') return answer.value;
    if (answer.kind !== 'warning') return yield* fail(answer);
    const isMeant = tryton.acknowledged.includes(warningCode(answer.warning));
    if (!isMeant || count >= maxWarnings) return yield* fail(notAcknowledged(answer.warning));
    yield* acknowledge(tryton, answer.warning);
  }
}

const userRow = z.object({ id: z.number() });

/** Users of one name that are tried: more of them are a set-up nobody has. */
const maxNamesakes = 5;

/**
 * Tryton asks for a row that says "yes" to this warning once, and deletes it when it has read it. The row is the user's
 * own, and Tryton does not tell a user its id: it is looked for by its name, and Tryton refuses any id but the right one.
 */
async function* acknowledge(tryton: Tryton, { key }: Warning): Attempting<void> {
  const preferences = yield* read(tryton, { model: 'res.user', method: 'get_preferences', params: [false] });
  const name = (preferences as JsonObject | null)?.name ?? null;
  const where = [['name', '=', name]];
  const users = yield* search(tryton, { model: 'res.user', where, row: userRow, limit: maxNamesakes });
  let refusal: AdapterFailure | null = null;
  for (const { id: user } of users) {
    const params = [[{ user, name: key, always: false }]];
    const rpc = { model: 'res.user.warning', method: 'create', params };
    const answer = readAnswer(await send(tryton, rpc, true), true);
    if (answer.kind === 'result') return;
    refusal = answer.kind === 'warning' ? notAcknowledged(answer.warning) : answer;
    if (refusal.kind !== 'rejected') break;
  }
  const message = "the relay's user in Tryton may not read users, so it cannot acknowledge a warning";
  yield* fail(refusal ?? { kind: 'rejected', code: 'not_permitted', message, fieldErrors: [] });
}

function send(tryton: Tryton, { model, method, params, context = {} }: Rpc, isWrite: boolean) {
  // Exactly these three members: with any other Tryton answers in another form.
  const body = {
    id: 1,
    method: `model.${model}.${method}`,
    params: [...params, { ...tryton.context, ...context }],
  };
  return tryton.erp.send({ method: 'POST', path: '/', body, write: isWrite });
}

type Query<Row extends z.ZodObject> = {
  readonly model: string;
  /** Tryton's own form: `[['code', '=', 'x']]`. */
  readonly where: readonly JsonValue[];
  readonly row: Row;
  /** Default: oldest first. */
  readonly order?: readonly (readonly [string, 'ASC' | 'DESC'])[];
  /** Rows at most; default: all. */
  readonly limit?: number;
  readonly context?: JsonObject;
};

export async function* search<Row extends z.ZodObject>(
  tryton: Tryton,
  query: Query<Row>,
): Attempting<readonly z.infer<Row>[]> {
  const { model, where, row, order = [['id', 'ASC']], limit = null, context = {} } = query;
  const params = [where, 0, limit, order, fieldNames(row)];
  return yield* toRows(yield* read(tryton, { model, method: 'search_read', params, context }), row);
}

/** The first such row, or null. */
export async function* searchOne<Row extends z.ZodObject>(
  tryton: Tryton,
  query: Query<Row>,
): Attempting<z.infer<Row> | null> {
  const rows = yield* search(tryton, { ...query, limit: 1 });
  return rows[0] ?? null;
}

export async function* readRow<Row extends z.ZodObject>(
  tryton: Tryton,
  { model, id, row }: { readonly model: string; readonly id: number; readonly row: Row },
): Attempting<z.infer<Row>> {
  const answer = yield* read(tryton, { model, method: 'read', params: [[id], fieldNames(row)] });
  const [found] = yield* toRows(answer, row);
  if (found !== undefined) return found;
  const issues = [{ path: '$.result[0]', expected: `${model} ${id}`, actual: 'missing' }];
  return yield* fail({ kind: 'contract_broken', issues });
}

async function* toRows<Row extends z.ZodObject>(
  answer: JsonValue,
  row: Row,
): Attempting<readonly z.infer<Row>[]> {
  const rows = row.array().safeParse(answer);
  if (rows.success) return rows.data;
  return yield* fail({ kind: 'contract_broken', issues: toContractIssues(rows.error, answer) });
}

/** @returns the ids in the order of `values` */
export async function* createAll(
  tryton: Tryton,
  model: string,
  values: readonly JsonObject[],
): Attempting<readonly number[]> {
  const answer = yield* write(tryton, { model, method: 'create', params: [values] });
  const ids = Array.isArray(answer) ? answer.filter((id): id is number => typeof id === 'number') : [];
  if (ids.length === values.length) return ids;
  return yield* fail({ kind: 'answer_lost', message: `Tryton made ${model} and did not say which` });
}

export async function* createOne(tryton: Tryton, model: string, values: JsonObject): Attempting<number> {
  const [id = 0] = yield* createAll(tryton, model, [values]);
  return id;
}

export async function* update(
  tryton: Tryton,
  {
    model,
    ids,
    values,
  }: { readonly model: string; readonly ids: readonly number[]; readonly values: JsonObject },
): Attempting<void> {
  yield* write(tryton, { model, method: 'write', params: [ids, values] });
}

/** Presses a button of documents. What it did is read afterwards: Tryton answers success to a press without effect. */
export async function* press(
  tryton: Tryton,
  {
    model,
    ids,
    button,
  }: { readonly model: string; readonly ids: readonly number[]; readonly button: string },
): Attempting<void> {
  yield* write(tryton, { model, method: button, params: [ids] });
}
