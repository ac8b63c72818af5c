// Makes the files of a new project out of the templates: drops the parts that are for other choices, and writes what depends on them. Pure.

import { isOpenSender, type SourceChoice, sourceChoices, type TargetChoice, targetOf } from './catalogue.ts';
import { dropRoutes } from './drop-routes.ts';

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

/** Where \`npm start\` puts the relay. */
const localRelayUrl = 'http://127.0.0.1:8787';

/**
 * A template lies three folders deep and imports the sources from there; `// template:if SHOP` to `// template:end` is kept only where
 * that source is there, too, and `alone` where no shop is. Routes that the ERP does not run are left out.
 */
export function renderTemplate(
  text: string,
  { sources, target }: Pick<Choices, 'sources' | 'target'>,
): string {
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
  const rendered = lines
    .join('\n')
    .replaceAll("'../../../src/", "'../")
    .replaceAll("'../targets/sandbox.ts'", "'./erp-target.ts'");
  return dropRoutes(rendered, targetOf(target).lacks ?? []);
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

/** `random`: 32 bytes as hex, another at each call. \`npm start\` adds the secrets that it can make. Null: nothing is needed. */
export function renderDevVars({ sources, target, erpUrl }: Choices, random: () => string): string | null {
  const { credentials, variables } = targetOf(target);
  const lines = [
    ...(target === 'sandbox' ? [] : [`ERP_BASE_URL=${erpUrl ?? exampleErpUrl}`]),
    ...toReplace(credentials, variables),
    ...sources.flatMap((source) => devVarsOf(source, random)),
  ];
  const heading = '# Local values; not for a deployed relay. npm start adds the secrets that it can make.';
  return lines.length === 0 ? null : [heading, ...lines, ''].join('\n');
}

function devVarsOf(source: SourceChoice, random: () => string): readonly string[] {
  const sender = sourceChoices[source];
  const { variable, secretForm, url, variables } = sender;
  const credentials = 'credentials' in sender ? Object.values(sender.credentials ?? {}) : [];
  return [
    ...(madeAtStart.includes(source) ? [] : [`${variable}=${secretForm ?? random()}`]),
    ...(url === undefined ? [] : [`${url}=${localRelayUrl}/hooks/${source}`]),
    ...toReplace(credentials, variables),
  ];
}

/** What only its owner knows. */
function toReplace(
  credentials: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): readonly string[] {
  return [
    ...credentials.map((credential) => `${credential}=replace-me`),
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ];
}

/** Senders whose secret \`npm start\` makes in the form they give it. */
const madeAtStart: readonly SourceChoice[] = ['shopify', 'woocommerce', 'stripe', 'standard', 'warehouse'];

export function renderReadme({ name, sources, target }: Choices): string {
  const { title, credentials } = targetOf(target);
  const rows = sources.map((source) => {
    const { title: sender, file, variable } = sourceChoices[source];
    return `| ${sender} | \`/hooks/${source}\` | [src/integrations/${file}.ts](src/integrations/${file}.ts)${isOpenSender(source) ? ', to be written' : ''} | \`${variable}\` |`;
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
