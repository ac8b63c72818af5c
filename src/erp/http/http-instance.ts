// What a described ERP says of itself: one read, and where in its answer the version, the company, the modules are. Reads only.
// May not guess: a place that the description names and the answer has not breaks the contract.

import type { ErpInstance, ReadInstance } from '../../core/erp-capabilities.ts';
import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { HttpInstance } from './batch-description.ts';
import type { AnswerRules } from './compiled.ts';
import { answerRoots, type Compiler, type Reads } from './compiler.ts';
import { allHold, type ParsedCondition } from './condition.ts';
import { type Place, readPlace, readSegments, type Scope, toJsonPath } from './place.ts';
import { brokenAt, readHttpAnswer } from './read-answer.ts';
import { renderCall } from './render-call.ts';

const facts = ['version', 'company', 'currency', 'lockedThrough'] as const;
type Fact = (typeof facts)[number];

type Modules = {
  readonly list: Place;
  readonly name: Place | null;
  readonly where: readonly ParsedCondition[];
};

const nothing: Reads = { roots: [], operation: null };

export function compileInstance(
  source: HttpInstance,
  compiler: Compiler,
  shared: Omit<AnswerRules, 'fields'>,
): ReadInstance {
  const field = 'instance';
  const places = new Map<Fact, Place>();
  for (const fact of facts) {
    const text = source[fact];
    if (text !== undefined) places.set(fact, compiler.place(text, `${field}.${fact}`, answerRoots));
  }
  const modules = source.modules === undefined ? null : compileModules(source.modules, compiler);
  if (places.size === 0 && modules === null) compiler.report(field, 'must name something that the ERP says');
  const call = {
    method: 'GET',
    path: compiler.template(source.path, `${field}.path`, nothing),
    query: compiler.named(source.query, `${field}.query`, nothing),
    headers: compiler.named(source.headers, `${field}.headers`, nothing),
    body: null,
  } as const;
  const rules: AnswerRules = { ...shared, fields: [] };
  return async (erp) => {
    const values = { call: { input: null, key: '', idempotencyKey: '', erp }, document: null };
    const rendered = renderCall(call, values, false);
    if (rendered.kind !== 'request') return rendered;
    const answer = readHttpAnswer(await erp.send(rendered.request), rules, false);
    if (answer.kind === 'missing' || answer.kind === 'done_before') return answer.refusal;
    if (answer.kind !== 'answer') return answer;
    return readInstance({ places, modules }, answer.scope);
  };
}

function compileModules({ list, name, where }: NonNullable<HttpInstance['modules']>, compiler: Compiler) {
  const field = 'instance.modules';
  return {
    list: compiler.place(list, `${field}.list`, answerRoots),
    name: name === undefined ? null : compiler.place(name, `${field}.name`, ['item']),
    where: compiler.conditions(where, `${field}.where`, ['item']),
  };
}

function readInstance(
  { places, modules }: { places: ReadonlyMap<Fact, Place>; modules: Modules | null },
  scope: Scope,
): Awaited<ReturnType<ReadInstance>> {
  const said: Record<Fact, string | null> = {
    version: null,
    company: null,
    currency: null,
    lockedThrough: null,
  };
  for (const [fact, place] of places) {
    const value = readPlace(place, scope);
    const text = typeof value === 'number' ? String(value) : value;
    if (text !== null && typeof text !== 'string') {
      return brokenAt(toJsonPath(place.segments), 'a text or null', value);
    }
    said[fact] = text === '' ? null : text;
  }
  const on = modules === null ? { kind: 'modules' as const, names: null } : readModules(modules, scope);
  if (on.kind !== 'modules') return on;
  const lockedThrough = said.lockedThrough?.slice(0, 'YYYY-MM-DD'.length) ?? null;
  const instance: ErpInstance = { ...said, lockedThrough, modules: on.names };
  return { kind: 'instance', instance };
}

function readModules({ list, name, where }: Modules, scope: Scope) {
  const value = readPlace(list, scope);
  const path = toJsonPath(list.segments);
  // An ERP that does not say what is on stops nothing.
  if (value === null) return { kind: 'modules' as const, names: null };
  if (!Array.isArray(value)) return brokenAt(path, 'array', value);
  const names: string[] = [];
  for (const [index, item] of value.entries()) {
    const found = name === null ? item : nameOf(name, item);
    if (typeof found !== 'string' || found === '') return brokenAt(`${path}[${index}]`, 'a name', found);
    if (allHold(where, { item })) names.push(found);
  }
  return { kind: 'modules' as const, names };
}

const nameOf = (place: Place, item: JsonValue): JsonValue | undefined =>
  isJsonObject(item) ? readSegments(item, place.segments) : undefined;
