// What of the relay a bulk job touches, as a view: who sees all of that sees the job. And what a caller may still do at each step.
// Pure.

import { type AccessView, contains, type Grant } from '../identity/access-view.ts';
import type { Identified } from '../identity/caller.ts';
import type { BulkJob, BulkProblem } from './bulk-job.ts';
import { scopeOf } from './bulk-job.ts';

/** Its filter, within what its starter saw. */
export function bulkView({ filter, starter }: Pick<BulkJob, 'filter' | 'starter'>): AccessView {
  const { source, operation = '*', target = '*' } = filter;
  const isNamed = operation !== '*' || target !== '*';
  const { sources, grants } = starter.view;
  return {
    sources: source === undefined ? sources : [source],
    grants: isNamed ? narrowed(grants, { operation, target }) : grants,
  };
}

/** Both at once; where they have nothing in common, what was asked for: whoever does not see that does not see the job. */
function narrowed(grants: readonly Grant[] | null, wanted: Grant): readonly Grant[] {
  if (grants === null) return [wanted];
  const common = grants.flatMap((grant) => {
    const operation = meet(grant.operation, wanted.operation);
    const target = meet(grant.target, wanted.target);
    return operation === null || target === null ? [] : [{ operation, target }];
  });
  return common.length === 0 ? [wanted] : common;
}

function meet(a: string, b: string): string | null {
  if (a === '*') return b;
  return b === '*' || a === b ? a : null;
}

/** Whoever sees all it touches; and its starter, as long as it sees what it saw then. */
export function seesBulkJob(
  caller: { readonly actor: string; readonly view: AccessView },
  job: Pick<BulkJob, 'filter' | 'starter'>,
): boolean {
  if (contains(caller.view, bulkView(job))) return true;
  return caller.actor === job.starter.actor && contains(caller.view, job.starter.view);
}

/** Null: its starter may go on. Else why not: the job ends. */
export function whyStop(job: Pick<BulkJob, 'act' | 'starter'>, identified: Identified): BulkProblem | null {
  if (identified.kind === 'refused') {
    const message = `the credential that started it is no longer good: ${identified.reason}`;
    return { code: 'credential_not_active', message };
  }
  const { scopes, view } = identified.caller;
  const scope = scopeOf(job.act);
  if (!scopes.has(scope))
    return { code: 'scope_missing', message: `the credential that started it no longer holds ${scope}` };
  if (!contains(view, job.starter.view))
    return { code: 'view_narrowed', message: 'the credential that started it sees less than it did then' };
  return null;
}
