// Runs an operation of the adapter the way the relay does: input checked, then look-up or performing, then verifying
// and checking the output. What the relay makes of a failure (effect, attempts) is the relay's own and not repeated here.
import { vi } from 'vitest';
import type { ErpAdapter, ErpCall, ErpConnection, Lookup, Performed } from '../../../../src/core/erp.ts';
import type { JsonValue } from '../../../../src/core/json.ts';
import type { ContractIssue, ErpDocument, StateDifference } from '../../../../src/core/outcome.ts';
import { findOperation } from '../../../../src/operations/index.ts';
import { toContractIssues } from '../../../../src/operations/to-contract-issues.ts';

export type Ended =
  | { readonly kind: 'succeeded' | 'duplicate'; readonly document: ErpDocument }
  | { readonly kind: 'state_mismatch'; readonly differences: readonly StateDifference[] }
  | { readonly kind: 'output_broken'; readonly issues: readonly ContractIssue[] }
  | Exclude<Performed, { kind: 'performed' }>;

export type OperationRun = {
  perform(unfinished?: JsonValue): Promise<Ended>;
  /** As `perform`, and where the ERP takes it as a job, on to the job's end. */
  finish(unfinished?: JsonValue): Promise<Ended>;
  lookup(): Promise<Lookup>;
  /** A look-up that found something, taken as the relay takes it. */
  lookupAndVerify(): Promise<Ended | { readonly kind: 'not_found' | 'unfinished' }>;
};

type Run = {
  readonly adapter: ErpAdapter;
  readonly erp: ErpConnection;
  readonly name: string;
  readonly input: unknown;
};

export function runOperation({ adapter, erp, name, input }: Run, key = `key/${name}`): OperationRun {
  const operation = findOperation(name);
  const handler = adapter.operations[name];
  if (operation === null || handler === undefined) throw new Error(`no operation ${name}`);
  const call: ErpCall<unknown> = {
    input: operation.input.parse(input),
    key,
    idempotencyKey: `${key}#hash`,
    erp,
  };
  const verify = async (answer: JsonValue, already: boolean): Promise<Ended> => {
    const verified = await handler.verify(call, answer);
    if (verified.kind !== 'verified') return verified;
    const output = operation.output.safeParse(verified.output);
    if (!output.success)
      return { kind: 'output_broken', issues: toContractIssues(output.error, verified.output) };
    const differences = operation.compare(call.input, output.data);
    if (differences.length > 0) return { kind: 'state_mismatch', differences };
    return { kind: already ? 'duplicate' : 'succeeded', document: output.data };
  };
  const perform: OperationRun['perform'] = async (unfinished = null) => {
    const done: Performed = await handler.perform(call, unfinished);
    return done.kind === 'performed' ? verify(done.answer, done.already === true) : done;
  };
  return {
    perform,
    lookup: () => handler.lookup(call),
    finish: async (unfinished) => {
      const taken = await perform(unfinished);
      if (taken.kind !== 'accepted') return taken;
      const ended = await vi.waitFor(
        async () => {
          const polled = await handler.poll?.(call, taken.jobRef);
          if (polled === undefined || polled.kind === 'working') throw new Error(`${name} still runs`);
          return polled;
        },
        { timeout: 10_000, interval: 20 },
      );
      if (ended.kind === 'job_unknown') throw new Error(`the job of ${name} is unknown`);
      return ended.kind === 'performed' ? verify(ended.answer, false) : ended;
    },
    lookupAndVerify: async () => {
      const found = await handler.lookup(call);
      if (found.kind === 'not_found' || found.kind === 'unfinished') return { kind: found.kind };
      return found.kind === 'found' ? verify(found.answer, true) : found;
    },
  };
}
