// docs/reference/limits.md, of src/core/limits.ts: each bound with the comment that gives its reason. One without a reason is an
// error, as is one that cannot be found.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../src/core/limits.ts';
import { repository } from '../local/command.ts';
import { code, generatedNote, table } from './markdown.ts';

/** A comment, and the names that stand below it until the next one or an empty line. */
const entryPattern = /\/\*\*([\s\S]*?)\*\/\s*\n((?:\s+\w+: [^\n]*\n)+)/g;

export function reasons(source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, comment = '', lines = ''] of source.matchAll(entryPattern)) {
    const reason = comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
    for (const [, name = ''] of lines.matchAll(/^\s+(\w+):/gm)) found.set(name, reason);
  }
  return found;
}

type Bound = number | readonly number[] | { readonly least: number; readonly most: number };

function toText(value: Bound): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return 'least' in value ? `${toText(value.least)} to ${toText(value.most)}` : value.map(toText).join(', ');
}

export function renderLimits(): string {
  const known = reasons(readFileSync(join(repository, 'src/core/limits.ts'), 'utf8'));
  const rows = Object.entries(limits).map(([name, value]) => {
    const reason = known.get(name);
    if (reason === undefined) throw new Error(`limits.ts gives no reason for ${name}`);
    return [code(name), toText(value), reason];
  });
  return `${generatedNote}
# Limits

Every bound that is no setting, from [src/core/limits.ts](../../src/core/limits.ts): its value, its unit and its reason. Those that can be set are
[variables](variables.md).

${table(['limit', 'value', 'what it is, and why'], rows)}
`;
}
