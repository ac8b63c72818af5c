// holdfast init: a new relay project, with the senders and the ERP one chooses. What it makes runs as it stands.

import { basename, resolve } from 'node:path';
import { isCancel, multiselect, select } from '@clack/prompts';
import { Option } from 'commander';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { type Call, type Ended, onCall, type Program, usage } from '../command.ts';
import {
  isSourceChoice,
  isTargetChoice,
  type SourceChoice,
  sourceChoices,
  type TargetChoice,
  targetChoices,
  targetOf,
} from '../init/catalogue.ts';
import { createProject, hasTemplates, isEmptyPlace } from '../init/create-project.ts';
import { isInteractive } from '../terminal/ask.ts';
import { printable } from '../terminal/printable.ts';
import type { World } from '../world.ts';

type Options = {
  readonly source?: string[];
  readonly target?: string;
  readonly erpUrl?: string;
  readonly yes?: true;
};

export function initCommand(program: Program): void {
  const command = program.root
    .command('init')
    .description('make a new relay project, with the senders and the ERP you choose')
    .argument('<directory>', 'where: it has to be empty or not there')
    .addOption(new Option('--source <name...>', 'its senders').choices(Object.keys(sourceChoices)))
    .addOption(new Option('--target <name>', 'its ERP').choices(Object.keys(targetChoices)))
    .option('--erp-url <url>', 'the base URL of the ERP, https')
    .option('-y, --yes', 'do not ask: what is not said is Standard Webhooks and the sandbox ERP')
    .option('--json', 'print the answer as JSON');
  onCall<Options>(program, command, init);
}

async function init({ world, options, args: [place = ''] }: Call<Options>): Promise<Ended> {
  const { repository, cwd } = world;
  if (!hasTemplates(repository))
    return usage('This is a project already: init runs from a clone of Holdfast.');
  const directory = resolve(cwd, place);
  const name = basename(directory);
  if (!/^[a-z0-9][a-z0-9-]{0,53}$/.test(name))
    return usage(
      `The name of the directory is the Worker's: small letters, digits and -, not ${JSON.stringify(name)}.`,
    );
  if (!isEmptyPlace(directory)) return usage(`${directory} is not empty.`);
  const erpUrl = parseErpUrl(options.erpUrl);
  if (!erpUrl.ok) return erpUrl;
  const sources = await chooseSources(world, options);
  if (!sources.ok) return sources;
  const target = await chooseTarget(world, options);
  if (!target.ok) return target;
  createProject(repository, directory, {
    name,
    sources: sources.value,
    target: target.value,
    erpUrl: erpUrl.value,
  });
  const json = { directory, name, sources: sources.value, target: target.value };
  return ok({ json, text: printable(nextSteps(directory, sources.value, target.value)) });
}

function parseErpUrl(text: string | undefined): Result<string | null, Failure> {
  if (text === undefined) return ok(null);
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && !/["\\\n]/.test(text)
    ? ok(text.replace(/\/+$/, ''))
    : usage('--erp-url must be an https address without a password.');
}

async function chooseSources(
  world: World,
  { source, yes }: Options,
): Promise<Result<SourceChoice[], Failure>> {
  if (source !== undefined) return ok([...new Set(source.filter(isSourceChoice))]);
  if (yes === true) return ok(['standard']);
  if (!isInteractive(world)) return usage('Say which senders: --source shopify; or --yes.');
  const said = await multiselect({
    message: 'Who sends webhooks?',
    options: Object.entries(sourceChoices).map(([value, { title, hint }]) => ({ value, label: title, hint })),
    required: true,
    output: world.stderr as never,
  });
  return isCancel(said) ? err({ kind: 'cancelled' }) : ok(said.filter(isSourceChoice));
}

async function chooseTarget(world: World, { target, yes }: Options): Promise<Result<TargetChoice, Failure>> {
  if (target !== undefined && isTargetChoice(target)) return ok(target);
  if (yes === true) return ok('sandbox');
  if (!isInteractive(world)) return usage('Say which ERP: --target sandbox; or --yes.');
  const said = await select({
    message: 'Which ERP runs the operations?',
    options: Object.entries(targetChoices).map(([value, { title, hint }]) => ({ value, label: title, hint })),
    output: world.stderr as never,
  });
  return isCancel(said) || !isTargetChoice(said) ? err({ kind: 'cancelled' }) : ok(said);
}

function nextSteps(
  directory: string,
  [first = 'standard']: readonly SourceChoice[],
  target: TargetChoice,
): string {
  const { title, credentials } = targetOf(target);
  return [
    `Made ${directory}. Next:`,
    '',
    `  cd ${directory}`,
    '  npm install',
    ...(credentials.length === 0
      ? []
      : [`  # put the address of ${title} and ${credentials.join(' and ')} into .dev.vars`]),
    '  npm start',
    '',
    'and in another terminal:',
    '',
    `  npm run send -- ${sourceChoices[first].send}`,
    '  npx holdfast deliveries list',
    '',
    'What you edit is src/integrations; docs/integrations.md says how.',
  ].join('\n');
}
