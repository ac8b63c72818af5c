// The variables wrangler.toml declares: what a deployed relay gets, and what a local one gets too where nothing local stands
// in their place. Reads that one file; judges nothing but whether it can be read.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { ConfigProblem } from '../../src/core/relay-definition.ts';
import { err, ok, type Result } from '../../src/core/result.ts';

const file = 'wrangler.toml';

export function readWranglerVars(
  repository: string,
): Result<Record<string, string>, readonly ConfigProblem[]> {
  try {
    const { vars = {} } = parse(readFileSync(join(repository, file), 'utf8')) as {
      vars?: Record<string, unknown>;
    };
    return ok(Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, String(value)])));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [rule = 'must be TOML'] = error.message.split('\n');
    return err([{ file, field: `line ${error.line}`, rule: `cannot be read: ${rule}` }]);
  }
}
