// One operation of a description, compiled: its calls, where its document is, and what its output is made of. Every problem is
// noted with its member; nothing is guessed.

import type { AnyOperation } from '../../core/operation.ts';
import type {
  AnswerRules,
  CompiledCall,
  CompiledJob,
  CompiledOperation,
  CompiledSearch,
  CompiledStep,
} from './compiled.ts';
import {
  answerRoots,
  type Compiler,
  callRoots,
  compileErrorPlaces,
  compileRows,
  membersOf,
  type Reads,
} from './compiler.ts';
import type { HttpErpDescription, HttpOperation, JobPlaces, Method, Search } from './description.ts';
import { factOf, requiredMembers } from './input-fields.ts';
import { readsRoot } from './template.ts';

type Source = HttpOperation<unknown>;
type Step = Source['steps'][number];

type Context = {
  readonly compiler: Compiler;
  readonly operation: AnyOperation;
  readonly description: HttpErpDescription;
  /** Of all operations. */
  readonly shared: Omit<AnswerRules, 'fields'>;
};

/** ms: an ERP that does not say when it is worth asking. */
const defaultPollMs = 5_000;

export function compileOperation(source: Source, field: string, context: Context): CompiledOperation {
  const { compiler, operation, description, shared } = context;
  const build: Build = { compiler, reads: { roots: callRoots, operation } };
  const early: Build = { compiler, reads: { roots: ['input', 'key'], operation } };
  const { lookup, doneBefore, read, job } = source;
  if (lookup === undefined && description.once !== 'best_effort') {
    compiler.report(`${field}.lookup`, `is required: once is ${description.once}`);
  }
  if (!source.steps.some((step) => 'send' in step))
    compiler.report(`${field}.steps`, 'must hold one that sends');
  checkOutput(source, field, context);
  return {
    lookup: lookup === undefined ? null : compileSearch(lookup, `${field}.lookup`, early),
    goal: compiler.conditions(source.goal, `${field}.goal`, ['document']),
    shortOfGoal: source.shortOfGoal ?? 'begun',
    steps: source.steps.map((step, index) => compileStep(step, `${field}.steps[${index}]`, build)),
    doneBefore: doneBefore === undefined ? null : compileSearch(doneBefore, `${field}.doneBefore`, early),
    job: job === undefined ? null : compileJob(job, `${field}.job`, early),
    read: read === undefined ? null : compileSearch(read, `${field}.read`, build),
    output: compiler.renderer(source.output, `${field}.output`, build.reads),
    rules: {
      rows: [...compileRows(compiler, source.answers, `${field}.answers`), ...shared.rows],
      error: shared.error,
      fields: Object.entries(source.fields ?? {}),
    },
    idempotencyHeader: description.idempotencyHeader ?? null,
  };
}

function checkOutput(source: Source, field: string, { compiler, operation }: Context): void {
  const members = membersOf(source.output);
  if (members !== null) {
    for (const name of requiredMembers(operation.output)) {
      if (!members.includes(name))
        compiler.report(`${field}.output.${name}`, `is required: ${operation.name} promises it`);
    }
    for (const name of members) {
      if (factOf(operation.output, [name]) === 'unknown') {
        compiler.report(`${field}.output.${name}`, `must not be there: nothing reads it`);
      }
    }
  }
  for (const [from, to] of Object.entries(source.fields ?? {})) {
    const segments = to.replaceAll('[]', '.[]').split('.');
    if (factOf(operation.input, segments) === 'unknown') {
      compiler.report(`${field}.fields.${from}`, `${to} is no field of the input of ${operation.name}`);
    }
  }
}

/** What compiling a part takes beside the part. */
type Build = { readonly compiler: Compiler; readonly reads: Reads };

type CallSource = {
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
};

function compileCall(source: CallSource, field: string, build: Build): CompiledCall {
  const { compiler, reads } = build;
  const { method, path, query, headers, body } = source;
  if (method === 'GET' && body !== undefined)
    compiler.report(`${field}.body`, 'must not be there: a GET has none');
  if (path.replace(/\{[^}]*\}/g, '').includes('?'))
    compiler.report(`${field}.path`, 'must hold no ?: write the query as query');
  return {
    method,
    path: compiler.template(path, `${field}.path`, reads),
    query: compiler.named(query, `${field}.query`, reads),
    headers: compiler.named(headers, `${field}.headers`, reads),
    body: body === undefined ? null : compiler.renderer(body, `${field}.body`, reads),
  };
}

function compileSearch(source: Search<unknown>, field: string, build: Build): CompiledSearch {
  const { compiler } = build;
  return {
    call: compileCall({ ...source, method: source.method ?? 'GET' }, field, build),
    documents: compiler.place(source.documents ?? 'body', `${field}.documents`, answerRoots),
    where: compiler.conditions(source.where, `${field}.where`, ['document']),
  };
}

function compileStep(step: Step, field: string, build: Build): CompiledStep {
  const { compiler, reads } = build;
  if ('find' in step) {
    const { code, field: blamed } = step.missing;
    if (blamed !== undefined && reads.operation !== null) {
      if (factOf(reads.operation.input, blamed.split('.')) === 'unknown') {
        const rule = `${blamed} is no field of the input of ${reads.operation.name}`;
        compiler.report(`${field}.missing.field`, rule);
      }
    }
    const search = compileSearch(step.find, `${field}.find`, build);
    return { kind: 'find', search, code, field: blamed ?? null };
  }
  const { send, unless } = step;
  const { document = 'body', reference } = send;
  const call = compileCall(send, `${field}.send`, build);
  return {
    kind: 'send',
    call,
    actsOnDocument: readsRoot(call.path, 'document'),
    document:
      document === null || reference !== undefined
        ? null
        : compiler.place(document, `${field}.send.document`, answerRoots),
    reference:
      reference === undefined
        ? null
        : {
            place: compiler.place(reference.place, `${field}.send.reference.place`, answerRoots),
            matches: compiler.pattern(reference.matches, `${field}.send.reference.matches`),
            as: reference.as,
          },
    unless: unless === undefined ? null : compiler.conditions(unless, `${field}.unless`, ['document']),
  };
}

function compileJob(job: JobPlaces, field: string, { compiler, reads }: Build): CompiledJob {
  const optional = (text: string | undefined, name: string) =>
    text === undefined ? null : compiler.place(text, `${field}.${name}`, answerRoots);
  const build: Build = { compiler, reads: { ...reads, roots: [...reads.roots, 'job'] } };
  return {
    when: compiler.conditions(job.when, `${field}.when`, answerRoots),
    id: compiler.place(job.id, `${field}.id`, answerRoots),
    pollAfterMs: optional(job.pollAfterMs, 'pollAfterMs'),
    everyMs: job.everyMs ?? defaultPollMs,
    poll: compileCall({ ...job.poll, method: 'GET' }, `${field}.poll`, build),
    working: compiler.conditions(job.working, `${field}.working`, answerRoots),
    done: compiler.conditions(job.done, `${field}.done`, answerRoots),
    progress: optional(job.progress, 'progress'),
    document: optional(job.document, 'document'),
    error: job.error === undefined ? null : compileErrorPlaces(compiler, job.error, `${field}.error`),
  };
}
