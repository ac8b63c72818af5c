// zod's issues with the shape of a description as problems a person can act on: of a choice between forms the nearest one is
// explained, and a member is named as it is written. Pure.

import type * as z from 'zod';
import type { AdapterProblem } from '../../core/erp.ts';

type Issue = z.core.$ZodIssue;

export function toShapeProblems(
  issues: readonly Issue[],
  below: readonly PropertyKey[] = [],
): AdapterProblem[] {
  return issues.flatMap((issue) => {
    const path = [...below, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const [nearest = []] = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a));
      return toShapeProblems(nearest, path);
    }
    if (issue.code === 'invalid_key') return toShapeProblems(issue.issues, path);
    return [{ field: toField(path), rule: issue.message }];
  });
}

/** The form that was meant is the one whose problems lie deepest. */
function depthOf(issues: readonly Issue[]): number {
  return Math.max(...issues.map(({ path, code }) => path.length - (code === 'unrecognized_keys' ? 1 : 0)));
}

function toField(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
