// Versions of installed packages, for the results. Reads package.json files and nothing else.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../scripts/local/command.ts';

/** `holdfast` is this repository. `folder`: where its node_modules are. */
export function packageVersion(name: string, folder = repository): string {
  const path = name === 'holdfast' ? repository : join(folder, 'node_modules', name);
  const { version } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { version: string };
  return version;
}
