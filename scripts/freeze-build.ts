// `npm run freeze-build`: bundles the present relay and keeps it as the build that the next one is tested against
// (test/e2e/upgrade.test.ts). Run when a version is released; the file is committed with the release.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundleOnce } from './local/bundle-worker.ts';
import { fail, readOptions, repository } from './local/command.ts';
import { writeFrozenBuild } from './local/frozen-build.ts';

const usage = `npm run freeze-build -- [options]

  --version V     what it is called (default: the version in package.json)
`;

async function main(): Promise<void> {
  const options = readOptions({ version: { type: 'string' } }, usage);
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    version: string;
  };
  const name = options.version ?? version;
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$/.test(name)) fail(`"${name}" is no version.`);
  const integrations = join(repository, 'test/support/upgrade-integrations.ts');
  const { code, exports } = await bundleOnce(join(repository, 'src/worker.ts'), { integrations });
  const path = writeFrozenBuild(join(repository, 'test/fixtures/builds'), {
    version: name,
    migrations: readdirSync(join(repository, 'migrations')).filter((file) => file.endsWith('.sql')),
    classes: exports.filter((each) => each !== 'default'),
    code,
  });
  const kib = Math.round(statSync(path).size / 1024);
  process.stdout.write(`${relative(repository, path)}, ${kib} KiB: commit it with the release.\n`);
}

await main();
