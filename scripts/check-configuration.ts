// Checks the configuration of a relay before it starts, with the rules the Worker itself applies, so that a bad one is
// named here and not met by a webhook. It may start nothing; what it reads are wrangler.toml and the integrations.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, parseConfig } from '../src/config.ts';
import { compileIntegrations } from '../src/core/compile-integrations.ts';
import type { IntegrationDefinition } from '../src/core/define-integration.ts';
import type { ConfigProblem, RelayDefinition } from '../src/core/relay-definition.ts';
import { err, ok, type Result } from '../src/core/result.ts';
import { repository } from './local/command.ts';
import { readMailBindings, readWranglerVars } from './local/wrangler-vars.ts';

export type CheckedConfiguration = { config: Config; definition: RelayDefinition };

type Values = Readonly<Record<string, string>>;
type Checked<T> = Result<T, readonly ConfigProblem[]>;

/**
 * `local`: what stands in the place of wrangler.toml on this machine. `secrets`: what .dev.vars holds, which counts before
 * both. All problems of one stage at once: the files, the integrations, the values.
 */
export async function checkConfiguration(given: {
  readonly local: Values;
  readonly secrets: Values;
}): Promise<Checked<CheckedConfiguration>> {
  const declared = readWranglerVars(repository);
  const definition = await readDefinition();
  const unread = [declared, definition].flatMap((read) => (read.ok ? [] : read.error));
  if (!declared.ok || !definition.ok) return err(unread);
  // A binding is an object in the Worker; that it is declared is all there is to know of it here.
  const mail = Object.fromEntries(readMailBindings(repository).map((name) => [name, {}]));
  const asDeployed = parseConfig({ ...declared.value, ...mail, ...given.secrets }, definition.value);
  const here = parseConfig(
    { ...declared.value, ...mail, ...given.local, ...given.secrets },
    definition.value,
  );
  if (asDeployed.ok && here.ok) return ok({ config: here.value, definition: definition.value });
  const problems = [asDeployed, here].flatMap((parsed) => (parsed.ok ? [] : parsed.error));
  return err(unique(problems.map((problem) => placed(problem, given.secrets))));
}

/** What is wrong with what a deploy would upload: everything but the secrets, which stand elsewhere. */
export async function checkDeclared(): Promise<readonly ConfigProblem[]> {
  const checked = await checkConfiguration({ local: {}, secrets: {} });
  return checked.ok ? [] : checked.error.filter(({ file }) => file !== '.dev.vars');
}

/** A value is wrong where it is written: .dev.vars may hold a variable too. */
function placed(problem: ConfigProblem, secrets: Values): ConfigProblem {
  return problem.field in secrets ? { ...problem, file: '.dev.vars' } : problem;
}

function unique(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.file}\n${problem.field}`, problem])).values()];
}

async function readDefinition(): Promise<Checked<RelayDefinition>> {
  let integrations: readonly IntegrationDefinition[];
  try {
    ({ integrations } = await import('../src/integrations/index.ts'));
  } catch (error) {
    return err([{ file: 'src/integrations', field: whereOf(error), rule: messageOf(error) }]);
  }
  const unfiled = integrations
    .map(({ name }) => ({ name, file: `src/integrations/${name}.ts` }))
    .filter(({ file }) => !existsSync(join(repository, file)))
    .map(({ name, file }) => ({
      file,
      field: 'name',
      rule: `must be the name of its file: ${name} has none`,
    }));
  return unfiled.length > 0 ? err(unfiled) : compileIntegrations(integrations);
}

/** The first line of the stack that is an integration's: what a preset or the builder refused was written there. */
function whereOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return /src\/integrations\/([\w.-]+\.ts(?::\d+)?)/.exec(stack)?.[1] ?? 'index.ts';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function formatProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ file, field, rule }) => `  ${file}: ${field} ${rule}`);
  return ['The configuration does not allow a start:', ...lines].join('\n');
}
