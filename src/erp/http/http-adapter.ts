// httpAdapter: an adapter made of a description of the ERP's HTTP API. Checks all of it at start and names each problem with its
// member; a description with a problem makes an adapter that does not start. docs/erp/http.md tells how one is written.

import type { AdapterProblem, ErpAdapter, OperationHandler } from '../../core/erp.ts';
import { findOperation } from '../../operations/index.ts';
import { compileOperation } from './compile-operation.ts';
import type { AnswerRules, CompiledOperation } from './compiled.ts';
import { compileErrorPlaces, compileRows, createCompiler } from './compiler.ts';
import type { HttpErpDescription, HttpOperation } from './description.ts';
import { descriptionSchema } from './description-schema.ts';
import { createHttpHandler } from './http-handler.ts';
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
  const compiled: [string, CompiledOperation][] = [];
  for (const [operationName, source] of Object.entries(description.operations)) {
    const field = `operations.${operationName}`;
    const operation = findOperation(operationName);
    if (operation === null) compiler.report(field, 'is no operation of the catalogue');
    else if (operation.batch !== undefined)
      compiler.report(field, 'is a batch: that takes an adapter of code');
    else if (source !== undefined) {
      const context = { compiler, operation, description, shared };
      compiled.push([operationName, compileOperation(source as HttpOperation<unknown>, field, context)]);
    }
  }
  if (compiler.problems.length > 0) return brokenAdapter(name, compiler.problems);
  const authorize: typeof session.authorize = (token) => ({ ...headers, ...session.authorize(token) });
  return {
    ...{ name, version, level, once, credentialFields },
    session: { ...session, authorize },
    operations: Object.fromEntries(
      compiled.map(([operationName, operation]): [string, OperationHandler] => [
        operationName,
        createHttpHandler(operation),
      ]),
    ),
  };
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
