// httpAdapter: an adapter made of a description of the ERP's HTTP API. Checks all of it at start and names each problem with its
// member; a description with a problem makes an adapter that does not start. docs/erp/http.md tells how one is written.

import type { AdapterProblem, BatchHandler, ErpAdapter, OperationHandler } from '../../core/erp.ts';
import type { DeclaredCapabilities } from '../../core/erp-capabilities.ts';
import { findOperation } from '../../operations/index.ts';
import { oneByOne } from '../rest/one-by-one.ts';
import { compileBatch } from './compile-batch.ts';
import { compileOperation } from './compile-operation.ts';
import type { AnswerRules, CompiledOperation } from './compiled.ts';
import { type Compiler, compileErrorPlaces, compileRows, createCompiler } from './compiler.ts';
import type { HttpErpDescription, HttpOperation } from './description.ts';
import { descriptionSchema } from './description-schema.ts';
import { createHttpBatch } from './http-batch-handler.ts';
import { createHttpHandler } from './http-handler.ts';
import { compileInstance } from './http-instance.ts';
import { compileSession } from './http-session.ts';
import { toShapeProblems } from './shape-problems.ts';

export type { HttpErpDescription } from './description.ts';

/** From TypeScript, where bodies and outputs may be functions of typed inputs. */
export function httpAdapter(description: HttpErpDescription): ErpAdapter {
  return httpAdapterFromJson(description);
}

/** From data whose type is not known: a JSON file. */
export function httpAdapterFromJson(source: unknown): ErpAdapter {
  const parsed = descriptionSchema.safeParse(source);
  if (parsed.success) return create(parsed.data as HttpErpDescription);
  return brokenAdapter(nameOf(source), toShapeProblems(parsed.error.issues));
}

function create(description: HttpErpDescription): ErpAdapter {
  const { name, version, level = 'documented', once, headers = {}, idempotencyHeader } = description;
  const compiler = createCompiler();
  if (once === 'native_key' && idempotencyHeader === undefined) {
    compiler.report('idempotencyHeader', 'is required: once is native_key');
  }
  const shared = {
    rows: compileRows(compiler, description.answers, 'answers'),
    error: compileErrorPlaces(compiler, description.error, 'error'),
  };
  const rules: AnswerRules = { ...shared, fields: [] };
  const { session, credentialFields } = compileSession(description.session, compiler, rules);
  const context = { compiler, description, shared };
  const compiled = compileOperations(context);
  const batches = compileBatches(context, compiled);
  const readInstance =
    description.instance === undefined ? null : compileInstance(description.instance, compiler, shared);
  if (compiler.problems.length > 0) return brokenAdapter(name, compiler.problems);
  const authorize: typeof session.authorize = (token) => ({ ...headers, ...session.authorize(token) });
  return {
    ...{ name, version, level, once, credentialFields },
    session: { ...session, authorize },
    operations: Object.fromEntries([...compiled].map(([each, { handler }]) => [each, handler])),
    capabilities: capabilitiesOf(compiled, batches),
    ...(batches.length === 0
      ? {}
      : { batches: Object.fromEntries(batches.map(({ name: each, handler }) => [each, handler])) }),
    ...(readInstance === null ? {} : { readInstance }),
  };
}

type Context = {
  readonly compiler: Compiler;
  readonly description: HttpErpDescription;
  readonly shared: Omit<AnswerRules, 'fields'>;
};

type Described = {
  readonly operation: CompiledOperation;
  readonly handler: OperationHandler;
  readonly modules: readonly string[] | undefined;
};

function compileOperations(context: Context): ReadonlyMap<string, Described> {
  const { compiler, description } = context;
  const compiled = new Map<string, Described>();
  for (const [name, source] of Object.entries(description.operations)) {
    const field = `operations.${name}`;
    const operation = findOperation(name);
    if (operation === null) compiler.report(field, 'is no operation of the catalogue');
    else if (operation.batch !== undefined) compiler.report(field, 'is a batch: that stands in batches');
    else if (source !== undefined) {
      const described = source as HttpOperation<unknown>;
      const made = compileOperation(described, field, { ...context, operation });
      const { modules } = described;
      compiled.set(name, { operation: made, handler: createHttpHandler(made), modules });
    }
  }
  return compiled;
}

type DescribedBatch = { readonly name: string; readonly handler: BatchHandler; readonly record: Described };

/** A batch needs the modules of its records. */
function capabilitiesOf(
  operations: ReadonlyMap<string, Described>,
  batches: readonly DescribedBatch[],
): DeclaredCapabilities {
  const named = [
    ...[...operations].map(([name, { modules }]) => ({ name, modules })),
    ...batches.map(({ name, record: { modules } }) => ({ name, modules })),
  ];
  return Object.fromEntries(
    named.flatMap(({ name, modules }) => (modules === undefined ? [] : [[name, { modules }]])),
  );
}

function compileBatches(
  { compiler, description, shared }: Context,
  operations: ReadonlyMap<string, Described>,
): readonly DescribedBatch[] {
  return Object.entries(description.batches ?? {}).flatMap(([name, source]) => {
    const field = `batches.${name}`;
    const operation = findOperation(name);
    if (operation?.batch === undefined || source === undefined) {
      compiler.report(field, 'is no batch of the catalogue');
      return [];
    }
    const record = operations.get(operation.batch.record.name);
    if (record === undefined) {
      compiler.report(field, `needs ${operation.batch.record.name}: its records are that`);
      return [];
    }
    if ('oneByOne' in source) {
      if (record.operation.job !== null) {
        compiler.report(field, `cannot go one by one: ${operation.batch.record.name} may end as a job`);
      }
      return [{ name, handler: oneByOne(record.handler), record }];
    }
    const context = { compiler, operation, record: record.operation, shared };
    const handler = createHttpBatch(compileBatch(source, field, context), record.handler);
    return [{ name, handler, record }];
  });
}

function brokenAdapter(name: string, problems: readonly AdapterProblem[]): ErpAdapter {
  return {
    ...{ name, version: '0', level: 'documented', once: 'best_effort', credentialFields: [], problems },
    session: {
      login: async () => ({ kind: 'unavailable', message: `the description of ${name} has problems` }),
      authorize: () => ({}),
      isExpired: () => false,
    },
    operations: {},
  };
}

function nameOf(source: unknown): string {
  const name = typeof source === 'object' && source !== null ? Reflect.get(source, 'name') : undefined;
  return typeof name === 'string' ? name : 'http';
}
