// A batch of a description, compiled: the call, where each record's end stands, and the operation that its records are. Every
// problem is noted with its member; nothing is guessed.

import type { AnyOperation } from '../../core/operation.ts';
import type { CallBatch } from './batch-description.ts';
import type { AnswerRules, CompiledCall, CompiledErrorPlaces, CompiledOperation } from './compiled.ts';
import { answerRoots, type Compiler, compileErrorPlacesFrom } from './compiler.ts';
import type { ParsedCondition } from './condition.ts';
import { factOf } from './input-fields.ts';
import type { Place } from './place.ts';

export type CompiledBatch = {
  readonly atomic: CallBatch['atomic'];
  readonly call: CompiledCall;
  readonly results: Place;
  readonly done: readonly ParsedCondition[];
  readonly again: readonly ParsedCondition[] | null;
  readonly doneBefore: readonly ParsedCondition[] | null;
  readonly document: Place | null;
  readonly error: CompiledErrorPlaces;
  readonly rules: AnswerRules;
  /** What each record is. */
  readonly record: CompiledOperation;
};

type Context = {
  readonly compiler: Compiler;
  /** The batch. */
  readonly operation: AnyOperation;
  readonly record: CompiledOperation;
  readonly shared: Omit<AnswerRules, 'fields'>;
};

const ofItem = ['item'];

export function compileBatch(source: CallBatch, field: string, context: Context): CompiledBatch {
  const { compiler, operation, record, shared } = context;
  const { document, atomic, again, doneBefore } = source;
  checkAnswer(source, field, compiler);
  for (const [from, to] of Object.entries(source.fields ?? {})) {
    if (factOf(operation.input, to.replaceAll('[]', '.[]').split('.')) === 'unknown')
      compiler.report(`${field}.fields.${from}`, `${to} is no field of the input of ${operation.name}`);
  }
  const optional = (conditions: CallBatch['again'], name: string) =>
    conditions === undefined ? null : compiler.conditions(conditions, `${field}.${name}`, ofItem);
  return {
    atomic,
    call: compileCall(source, field, compiler),
    results: compiler.place(source.results, `${field}.results`, answerRoots),
    done: compiler.conditions(source.done, `${field}.done`, ofItem),
    again: optional(again, 'again'),
    doneBefore: optional(doneBefore, 'doneBefore'),
    document: document === undefined ? null : compiler.place(document, `${field}.document`, ofItem),
    error: compileErrorPlacesFrom(ofItem, source.error, { compiler, field: `${field}.error` }),
    rules: { ...shared, fields: Object.entries(source.fields ?? {}) },
    record,
  };
}

/** What is written has to be told from what is there: `atomic` only where the ERP is asked. */
function checkAnswer({ atomic, send }: CallBatch, field: string, compiler: Compiler): void {
  const asks = JSON.stringify([send.path, send.query, send.headers, send.body]).includes('{atomic');
  if (atomic === 'chosen' && !asks) compiler.report(`${field}.send`, 'must say {atomic}: atomic is chosen');
  if (atomic !== 'chosen' && asks)
    compiler.report(`${field}.send`, `must not say {atomic}: atomic is ${atomic}`);
}

function compileCall({ send }: CallBatch, field: string, compiler: Compiler): CompiledCall {
  const at = `${field}.send`;
  const reads = { roots: ['records', 'key', 'atomic'], operation: null };
  if (send.path.replace(/\{[^}]*\}/g, '').includes('?'))
    compiler.report(`${at}.path`, 'must hold no ?: write the query as query');
  return {
    method: send.method,
    path: compiler.template(send.path, `${at}.path`, reads),
    query: compiler.named(send.query, `${at}.query`, reads),
    headers: compiler.named(send.headers, `${at}.headers`, reads),
    body: compiler.renderer(send.body, `${at}.body`, reads),
  };
}
