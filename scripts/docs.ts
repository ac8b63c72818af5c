// Writes the pages of docs/ that are lists of what the code has. With --check it writes nothing and ends with 1 where one differs.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { generatedPages } from './docs/generated-pages.ts';
import { fail, repository } from './local/command.ts';
import { readIfThere } from './local/write-if-other.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const changed: string[] = [];
for (const { path, render } of generatedPages) {
  const file = join(repository, path);
  const text = render();
  if (readIfThere(file)?.toString() === text) continue;
  changed.push(path);
  if (values.check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
if (values.check && changed.length > 0)
  fail(`Not as the code says, run "npm run docs": ${changed.join(', ')}`);
process.stdout.write(
  changed.length === 0 ? 'All generated pages are as the code says.\n' : `Wrote ${changed.join(', ')}.\n`,
);
