// zod's issues as the relay's field errors: one a field, the path as an operator writes it, the rule in plain words.
// Pure. May not drop an issue: what is not shown cannot be fixed.

import type { z } from 'zod';
import type { FieldError } from '../core/outcome.ts';

/** The whole input, where no field of it is to blame. */
const wholeInput = 'input';

export function toFieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: toPath([...issue.path, key]),
        rule: 'must not be there: no such field',
      }));
    }
    return [{ field: toPath(issue.path), rule: toRule(issue) }];
  });
}

/** ["lines", 2, "quantity"] → "lines[2].quantity". */
function toPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((parent, part) => {
    if (typeof part === 'number') return `${parent}[${part}]`;
    return parent === '' ? String(part) : `${parent}.${String(part)}`;
  }, '');
  return text === '' ? wholeInput : text;
}

function toRule(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') {
    // zod keeps what it received only in the message.
    return issue.message.endsWith('received undefined')
      ? 'is required'
      : `must be ${withArticle(issue.expected)}`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return 'must have at least one entry';
  if (issue.code === 'too_big' && issue.origin === 'array')
    return `must have at most ${issue.maximum} entries`;
  return issue.message;
}

function withArticle(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
