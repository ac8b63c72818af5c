// The scope of a bulk act: the one that the act on one delivery needs. The route lets in whoever holds the scope of some act; which
// one it has to be stands in the body.

import type { Context } from 'hono';
import { type BulkAct, scopeOf } from '../../core/bulk/bulk-job.ts';
import { problem } from '../problem.ts';
import type { HttpEnv } from '../services.ts';

/** Null: the caller may. Else the refusal, which is told like all others. */
export function lackedScope(c: Context<HttpEnv>, act: BulkAct): Promise<Response> | null {
  const caller = c.get('caller');
  const scope = scopeOf(act);
  if (caller.scopes.has(scope)) return null;
  const refuse = async (): Promise<Response> => {
    await c
      .get('refusals')
      .note({ caller, what: `${c.req.method} ${c.req.path} (${act})`, on: '', missing: scope });
    return problem(c, 'scope_missing', { detail: `It needs the scope ${scope}.`, scope });
  };
  return refuse();
}
