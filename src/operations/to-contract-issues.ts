// zod's issues with an ERP's answer as contract issues: where in the answer, what was expected, what is there. Pure.

import type { z } from 'zod';
import type { ContractIssue } from '../core/outcome.ts';

export function toContractIssues(error: z.ZodError, answer: unknown): ContractIssue[] {
  return error.issues.map((issue) => ({
    path: `$${issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`,
    expected: issue.code === 'invalid_type' ? issue.expected : issue.message,
    actual: typeName(valueAt(answer, issue.path)),
  }));
}

function valueAt(answer: unknown, path: readonly PropertyKey[]): unknown {
  let value = answer;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

function typeName(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
