// The variables wrangler.toml declares: what a deployed relay gets, and what a local one gets too where nothing local stands
// in their place; and the e-mail bindings it declares. Reads that one file; judges nothing but whether it can be read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { ConfigProblem } from '../../src/core/relay-definition.ts';
import { err, ok, type Result } from '../../src/core/result.ts';

const file = 'wrangler.toml';

export function readWranglerVars(
  repository: string,
): Result<Record<string, string>, readonly ConfigProblem[]> {
  const read = readWrangler(repository);
  if (!read.ok) return read;
  const { vars = {} } = read.value;
  return ok(Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)])));
}

/** Names of the `[[send_email]]` bindings it declares; none where it cannot be read. */
export function readMailBindings(repository: string): readonly string[] {
  const read = readWrangler(repository);
  return read.ok
    ? (read.value.send_email ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
    : [];
}

type Wrangler = {
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly send_email?: readonly { readonly name?: string }[];
};

function readWrangler(repository: string): Result<Wrangler, readonly ConfigProblem[]> {
  try {
    return ok(parse(readFileSync(join(repository, file), 'utf8')) as Wrangler);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [rule = 'must be TOML'] = error.message.split('\n');
    return err([{ file, field: `line ${error.line}`, rule: `cannot be read: ${rule}` }]);
  }
}
