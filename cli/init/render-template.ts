// Makes the files of a new project out of the templates: drops the parts that are for other choices, and writes what depends on them. Pure.

import { type SourceChoice, sourceChoices, type TargetChoice, targetChoices } from './catalogue.ts';

export type Choices = {
  /** The name of the project, as npm takes it. */
  readonly name: string;
  readonly sources: readonly SourceChoice[];
  readonly target: TargetChoice;
  /** The base URL of the ERP; null: not known yet. */
  readonly erpUrl: string | null;
};

/** What an ERP's address is until somebody says it: nothing is there. */
export const exampleErpUrl = 'https://erp.example.com';

/**
 * A template lies three folders deep and imports the sources from there; `// template:if SHOP` to `// template:end` is kept only where
 * that source is there, too, and `alone` where no shop is.
 */
export function renderTemplate(text: string, { sources }: Pick<Choices, 'sources'>): string {
  const isAlone = !sources.includes('shopify') && !sources.includes('woocommerce');
  const lines: string[] = [];
  let isKept = true;
  for (const line of text.split('\n')) {
    const condition = /^\s*\/\/ template:if (\w+)$/.exec(line)?.[1];
    if (condition !== undefined)
      isKept = condition === 'alone' ? isAlone : (sources as readonly string[]).includes(condition);
    else if (/^\s*\/\/ template:end$/.test(line)) isKept = true;
    else if (isKept) lines.push(line);
  }
  return lines
    .join('\n')
    .replaceAll("'../../../src/", "'../")
    .replaceAll("'../targets/sandbox.ts'", "'./erp-target.ts'");
}

export function renderIndex({ sources }: Choices): string {
  const chosen = sources.map((source) => sourceChoices[source]);
  const all = [...chosen, { file: 'smoke', value: 'smoke' }].sort((a, b) => (a.file < b.file ? -1 : 1));
  const imports = all.map(({ file, value }) => `import { ${value} } from './${file}.ts';`);
  return `// The integrations this relay runs. Add a file beside this one and its value to the list; take out what you do not use.
// They are compiled and checked at start: a mistake names its file, its field and the rule.

${imports.join('\n')}

export const integrations = [${all.map(({ value }) => value).join(', ')}];
`;
}

export function renderTest(): string {
  return `// What the relay checks at its start, and what each mapping makes of an event: add yours here.

import { expect, it } from 'vitest';
import { compileIntegrations } from '../src/core/compile-integrations.ts';
import { integrations } from '../src/integrations/index.ts';

it('has integrations that a relay would start with', () => {
  expect(compileIntegrations(integrations)).toMatchObject({ ok: true });
});
`;
}

export const vitestConfig = `// Tests of the integrations, in plain Node.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['test/**/*.test.ts'] } });
`;

type Package = { readonly scripts: Record<string, string>; readonly [field: string]: unknown };

/** Scripts of the relay's own development are left out. */
const keptScripts = [
  ...['start', 'test', 'dev', 'send', 'smoke', 'deploy', 'drift', 'audit:verify', 'secrets:rotate-key'],
  ...['lint', 'format', 'types', 'typecheck', 'check'],
];

export function renderPackage(text: string, { name }: Choices): string {
  const { scripts, ...rest } = JSON.parse(text) as Package;
  const kept = Object.entries(scripts).filter(([script]) => keptScripts.includes(script));
  const description = 'A webhook relay, made with Holdfast.';
  const { version: _, ...others } = rest;
  const made = { ...others, name, description, version: '0.1.0', scripts: Object.fromEntries(kept) };
  return toJson(made);
}

/** Its first entry is the project itself. */
export function renderLock(text: string, { name }: Choices): string {
  const lock = JSON.parse(text) as { packages: Record<string, object> };
  const packages = { ...lock.packages, '': { ...lock.packages[''], name, version: '0.1.0' } };
  return toJson({ ...lock, name, version: '0.1.0', packages });
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function renderWrangler(text: string, { name, erpUrl }: Choices): string {
  const named = text.replace(/^name = "holdfast"$/m, `name = "${name}"`);
  return erpUrl === null ? named : named.replace(`"${exampleErpUrl}"`, JSON.stringify(erpUrl));
}

/** For a target that needs them; \`npm start\` adds the secrets that can be made. Null: nothing. */
export function renderDevVars({ target, erpUrl }: Choices): string | null {
  const { credentials } = targetChoices[target];
  if (target === 'sandbox') return null;
  return [
    '# Local values; not for a deployed relay. npm start adds the secrets that it can make.',
    `ERP_BASE_URL=${erpUrl ?? exampleErpUrl}`,
    ...credentials.map((credential) => `${credential}=replace-me`),
    '',
  ].join('\n');
}

export function renderReadme({ name, sources, target }: Choices): string {
  const { title, credentials } = targetChoices[target];
  const rows = sources.map((source) => {
    const { title: sender, file, variable } = sourceChoices[source];
    return `| ${sender} | \`/hooks/${source}\` | [src/integrations/${file}.ts](src/integrations/${file}.ts) | \`${variable}\` |`;
  });
  const erp =
    target === 'sandbox'
      ? 'Operations run on the sandbox ERP beside the relay ([docs/sandbox.md](docs/sandbox.md)).'
      : `Operations run on ${title}: put its address and ${credentials.map((each) => `\`${each}\``).join(' and ')} into \`.dev.vars\` ([docs/erp/${target}.md](docs/erp/${target}.md)).`;
  return `# ${name}

A webhook relay, made with Holdfast: it proves who sent a webhook, accepts each event exactly once, keeps the events of one order in order, and turns
each into one operation of an ERP, or keeps it for a person.

\`\`\`sh
npm install
npm start                             # the relay on http://127.0.0.1:8787
npm run send -- ${sourceChoices[sources[0] ?? 'standard'].send}
npx holdfast deliveries list
npm test
\`\`\`

| sender | posts to | mapping | secret |
|---|---|---|---|
${rows.join('\n')}

${erp} The target is [src/integrations/erp-target.ts](src/integrations/erp-target.ts).

What you edit is [src/integrations](src/integrations): [docs/integrations.md](docs/integrations.md) says how. To Cloudflare:
[docs/deploying.md](docs/deploying.md). In operation: [docs/cli.md](docs/cli.md).
`;
}
