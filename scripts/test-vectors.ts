// `npm run test:vectors [DIR]`: runs a folder of published signature vectors against the relay's real verify stage and
// says for each file how many agree. It changes nothing and reaches no network.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runVector, type VectorResult } from './lib/vectors/run-vector.ts';
import { readVectorFolder, type VectorFile } from './lib/vectors/vector.ts';
import { repository } from './local/command.ts';

const usage = `npm run test:vectors -- [DIR] [--verbose]

  DIR        a folder of .json files with vectors (default: ../shared/vectors beside the repository)
  --verbose  every vector with what the verify stage said of it
`;

const { values, positionals } = parseArgs({
  options: { verbose: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
});

/** One vector that cannot even be run is one that does not agree, and no reason to leave out the others. */
async function run(vector: VectorFile['vectors'][number]): Promise<VectorResult> {
  try {
    return await runVector(vector);
  } catch (error) {
    return { name: vector.name, agrees: false, found: `could not be run: ${String(error)}`, note: '' };
  }
}

async function runFile({ file, vectors }: VectorFile): Promise<{ passed: number; failed: number }> {
  const results = await Promise.all(vectors.map(run));
  const failed = results.filter(({ agrees }) => !agrees);
  const count = `${results.length - failed.length} passed, ${failed.length} failed`;
  process.stdout.write(`${failed.length === 0 ? 'ok    ' : 'FAILED'}  ${file}: ${count}\n`);
  for (const [index, { name, agrees, found, note }] of results.entries()) {
    if (agrees && !values.verbose) continue;
    const expected = vectors[index]?.valid === true ? 'valid' : 'invalid';
    const remark = note === '' ? '' : ` (${note})`;
    process.stdout.write(`        ${agrees ? 'ok    ' : 'FAILED'} ${name}: ${expected}, ${found}${remark}\n`);
  }
  return { passed: results.length - failed.length, failed: failed.length };
}

if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}

const folder = resolve(positionals[0] ?? resolve(repository, '../shared/vectors'));
if (!existsSync(folder)) {
  process.stderr.write(`There are no vectors: ${folder} does not exist. Nothing was checked.\n\n${usage}`);
  process.exit(positionals[0] === undefined ? 0 : 1);
}

let passed = 0;
let failed = 0;
for (const file of readVectorFolder(folder)) {
  const counts = await runFile(file);
  passed += counts.passed;
  failed += counts.failed;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
