// Checks the configuration of a relay before it starts, with the rules the Worker itself applies, so that a bad one is
// named here and not met by a webhook. It may start nothing and read no file: the caller says what the values are.

import { type Config, parseConfig } from '../src/config.ts';
import { compileIntegrations } from '../src/core/compile-integrations.ts';
import type { ConfigProblem, RelayDefinition } from '../src/core/relay-definition.ts';
import type { Result } from '../src/core/result.ts';
import { integrations } from '../src/integrations/index.ts';

export type CheckedConfiguration = { config: Config; definition: RelayDefinition };

/** `values`: variables and secrets by name. All problems of one stage at once: the integrations, then the values. */
export function checkConfiguration(
  values: Record<string, string>,
): Result<CheckedConfiguration, readonly ConfigProblem[]> {
  const definition = compileIntegrations(integrations);
  if (!definition.ok) {
    return definition;
  }
  const config = parseConfig(values, definition.value);
  return config.ok ? { ok: true, value: { config: config.value, definition: definition.value } } : config;
}

export function formatProblems(problems: readonly ConfigProblem[]): string {
  const lines = problems.map(({ file, field, rule }) => `  ${file}: ${field} ${rule}`);
  return ['The configuration does not allow a start:', ...lines].join('\n');
}
