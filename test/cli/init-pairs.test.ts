// What `holdfast init` makes of every sender with every ERP: all of it compiles, in one run of the compiler, and a relay would start
// with it. The files lie beside links to the relay's sources, as they would in a project.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isOpenSender,
  isSourceChoice,
  isTargetChoice,
  type SourceChoice,
  shops,
  sourceChoices,
  type TargetChoice,
  targetChoices,
} from '../../cli/init/catalogue.ts';
import { renderIntegrations } from '../../cli/init/create-project.ts';
import { dropRoutes } from '../../cli/init/drop-routes.ts';
import { toolPath } from '../../scripts/local/command.ts';

const repository = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'holdfast-pairs-'));
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const sources = Object.keys(sourceChoices).filter(isSourceChoice);
const targets = Object.keys(targetChoices).filter(isTargetChoice);
const paying = sources.filter((source) => 'isPaying' in sourceChoices[source]);

/** Far more than the compiler takes on a busy machine, ms. */
const compileTimeoutMs = 240_000;

type Made = {
  readonly name: string;
  readonly target: TargetChoice;
  readonly sources: readonly SourceChoice[];
};

/**
 * All senders with each ERP; and, for what depends on the shops alone, each shop with all that take payments, and payments of no shop. The
 * file of a sender depends on no more.
 */
const projects: readonly Made[] = [
  ...targets.map((target) => ({ name: `all-at-${target}`, target, sources })),
  ...[...Object.keys(shops).filter(isSourceChoice), null].map((shop) => ({
    name: `paid-${shop ?? 'alone'}`,
    target: 'sandbox' as const,
    sources: [...(shop === null ? [] : [shop]), 'stripe' as const, ...paying],
  })),
];

function make({ name, target, sources: chosen }: Made): void {
  const folder = join(directory, 'made', name);
  mkdirSync(join(folder, 'integrations'), { recursive: true });
  for (const part of ['core', 'erp', 'operations'])
    symlinkSync(join(repository, 'src', part), join(folder, part));
  const choices = { name, sources: chosen, target, erpUrl: null };
  for (const [file, text] of renderIntegrations(choices, read))
    writeFileSync(join(folder, `integrations/${file}.ts`), text);
}

/** Says of each project what keeps a relay from starting with it. */
const startScript = `
import { readdirSync } from 'node:fs';
import { compileIntegrations } from '${join(repository, 'src/core/compile-integrations.ts')}';
const faults = {};
for (const name of readdirSync('made')) {
  const { integrations } = await import('./made/' + name + '/integrations/index.ts');
  const compiled = compileIntegrations(integrations);
  if (!compiled.ok) faults[name] = compiled.error;
}
console.log(JSON.stringify(faults));
`;

beforeAll(() => {
  for (const project of projects) make(project);
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'));
  const options = {
    extends: join(repository, 'tsconfig.json'),
    include: ['made/*/integrations'],
    exclude: [],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(directory, 'start.ts'), startScript);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('every sender with every ERP', () => {
  it(
    'is made of code that compiles',
    () => {
      const args = ['--noEmit', '--project', directory];
      const { stdout, status } = spawnSync(toolPath('tsc'), args, {
        encoding: 'utf8',
        timeout: compileTimeoutMs,
      });
      expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
    },
    compileTimeoutMs,
  );

  it(
    'is such that a relay starts with it',
    () => {
      const run = spawnSync(process.execPath, ['start.ts'], {
        cwd: directory,
        encoding: 'utf8',
        timeout: compileTimeoutMs,
      });
      expect(run).toMatchObject({ status: 0 });
      expect(JSON.parse(run.stdout)).toEqual({});
    },
    compileTimeoutMs,
  );

  it('runs what its ERP runs, and nothing of a template is left in it', () => {
    for (const { target, sources: chosen } of projects) {
      const choices = { name: 'made', sources: chosen, target, erpUrl: null };
      const { lacks = [] } = targetChoices[target] as { readonly lacks?: readonly string[] };
      for (const [file, text] of renderIntegrations(choices, read)) {
        const where = `${file} at ${target}`;
        expect(text, where).not.toMatch(/template:|\.\.\/\.\.\/\.\./);
        for (const operation of lacks)
          expect(text, where).not.toMatch(new RegExp(String.raw`\b${operation}\b`));
      }
    }
  });

  it('has a route for every sender but those that say what to write', () => {
    for (const source of sources)
      for (const target of targets) {
        const made = renderIntegrations({ name: 'made', sources: [source], target, erpUrl: null }, read);
        const text = made.find(([file]) => file === sourceChoices[source].file)?.[1] ?? '';
        if (isOpenSender(source)) expect(text, source).toContain('Write it as a route below');
        else expect(text, `${source} at ${target}`).toMatch(/\)\.run\(\w+, \{/);
      }
  });
});

describe('a route that an ERP does not run', () => {
  const text = read('cli/template/integrations/bigcommerce.ts');

  it('is left out with its import and what the top says of it', () => {
    const left = dropRoutes(text, ['saleCancel']);
    expect(left).not.toMatch(/saleCancel|sale\.cancel/);
    expect(left).toContain("on(bigcommerce, 'store/order/created').run(saleConfirm");
    expect(left).toContain("upsertCustomer('store/customer/created', 'create-customer')");
  });

  it('takes the helpers that only it needed', () => {
    const left = dropRoutes(text, ['saleConfirm']);
    expect(left).not.toMatch(/toSale|roundMoney|BigCommerceOrder\b/);
    expect(left).toContain('function fullName');
  });

  it('leaves a text alone that has none', () => {
    expect(dropRoutes(text, ['periodClose'])).toBe(text);
  });
});
