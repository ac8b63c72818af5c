// Writes a new project: the relay's own sources as they are, and the files that the choices make. It writes below the directory it is
// given, which has to be empty, and starts nothing.

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { toolPath } from '../../scripts/local/command.ts';
import { isOpenSender, type SourceChoice, sourceChoices } from './catalogue.ts';
import { openSenders } from './open-senders.ts';
import { renderOpenSource, renderSales } from './render-source.ts';
import {
  type Choices,
  renderDevVars,
  renderIndex,
  renderLock,
  renderPackage,
  renderReadme,
  renderTemplate,
  renderTest,
  renderWrangler,
  vitestConfig,
} from './render-template.ts';

/** What makes a relay run, be deployed and be looked after. */
const copied = [
  ...['src', 'scripts', 'cli', 'dashboard', 'migrations', 'docs'],
  ...[
    '.dev.vars.example',
    '.gitignore',
    '.npmrc',
    'LICENSE',
    'biome.json',
    'tsconfig.json',
    'wrangler.sandbox.toml',
  ],
];

/** Made from the choices, built on the way, or of the relay's own development. */
const left = [
  ...['src/integrations', 'dashboard/public/dashboard/app.js', 'dashboard/public/docs', 'cli/template'],
  ...[
    'scripts/bench.mjs',
    'scripts/scale.mjs',
    'scripts/staging',
    'scripts/staging-diff.mjs',
    'scripts/staging-diff.ts',
  ],
  ...['scripts/test-staging.mjs', 'scripts/test-staging.ts', 'scripts/tryton', 'scripts/freeze-build.mjs'],
  ...[
    'scripts/freeze-build.ts',
    'scripts/chaos.mjs',
    'scripts/chaos.ts',
    'scripts/demo.mjs',
    'scripts/demo.ts',
  ],
  ...['scripts/demo', 'scripts/test-vectors.mjs', 'scripts/test-vectors.ts', 'scripts/lib/order-run.ts'],
];

/** A second at most on a machine that is not overloaded, ms. */
const formatTimeoutMs = 20_000;

/** As they stand in the relay's own integrations. */
const ownIntegrations = ['standard-events', 'warehouse'];

/** False: this is a project that was made, and no clone to make one from. */
export function hasTemplates(repository: string): boolean {
  return existsSync(join(repository, 'cli/template'));
}

export function isEmptyPlace(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}

export function createProject(repository: string, directory: string, choices: Choices): void {
  mkdirSync(directory, { recursive: true });
  for (const name of copied) copy(repository, directory, name);
  for (const [path, text] of renderedFiles(repository, choices)) {
    const to = join(directory, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text, { mode: path === '.dev.vars' ? 0o600 : 0o644 });
  }
  // Where a part was left out, a line may now fit that did not. Its failure would only leave it as it is.
  const format = ['format', '--write', 'src/integrations', 'package.json'];
  spawnSync(toolPath('biome'), format, { cwd: directory, stdio: 'ignore', timeout: formatTimeoutMs });
}

function copy(repository: string, directory: string, name: string): void {
  const filter = (from: string) => {
    const path = relative(repository, from).split(sep).join('/');
    return !left.includes(path) && !path.endsWith('.partial');
  };
  cpSync(join(repository, name), join(directory, name), { recursive: true, filter });
}

function renderedFiles(repository: string, choices: Choices): readonly (readonly [string, string])[] {
  const read = (path: string) => readFileSync(join(repository, path), 'utf8');
  const integrations = renderIntegrations(choices, read).map(
    ([file, text]) => [`src/integrations/${file}.ts`, text] as const,
  );
  const devVars = renderDevVars(choices, () => randomBytes(32).toString('hex'));
  return [
    ...integrations,
    ['package.json', renderPackage(read('package.json'), choices)],
    ['package-lock.json', renderLock(read('package-lock.json'), choices)],
    ['wrangler.toml', renderWrangler(read('wrangler.toml'), choices)],
    ['README.md', renderReadme(choices)],
    ['test/integrations.test.ts', renderTest()],
    ['vitest.config.ts', vitestConfig],
    ...(devVars === null ? [] : ([['.dev.vars', devVars]] as const)),
  ];
}

/** What is made in src/integrations, by the names of the files without `.ts`. `read`: a file of the repository. */
export function renderIntegrations(
  choices: Choices,
  read: (path: string) => string,
): readonly (readonly [string, string])[] {
  const fromTemplate = (path: string) => renderTemplate(read(path), choices);
  const isPaying = choices.sources.some((source) => 'isPaying' in sourceChoices[source]);
  const sales = (): string =>
    renderSales(choices.sources) ?? fromTemplate('cli/template/integrations/sales.ts');
  return [
    ...choices.sources.map(
      (source) => [sourceChoices[source].file, renderSource(source, fromTemplate)] as const,
    ),
    ...(isPaying ? [['sales', sales()] as const] : []),
    ['smoke', fromTemplate('src/integrations/smoke.ts')],
    ['index', renderIndex(choices)],
    ['erp-target', fromTemplate(`cli/template/targets/${choices.target}.ts`)],
  ];
}

function renderSource(source: SourceChoice, fromTemplate: (path: string) => string): string {
  if (isOpenSender(source)) return renderOpenSource(openSenders[source]);
  const { file } = sourceChoices[source];
  const folder = ownIntegrations.includes(file) ? 'src/integrations' : 'cli/template/integrations';
  return fromTemplate(`${folder}/${file}.ts`);
}
