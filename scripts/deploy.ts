// `npm run deploy`: remote migrations, then `wrangler deploy`; docs/deploying.md tells what has to exist before.
// Arguments go to `wrangler deploy`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileIntegrations } from '../src/core/compile-integrations.ts';
import { integrations } from '../src/integrations/index.ts';
import { formatProblems } from './check-configuration.ts';
import { fail, repository, runTool } from './local/command.ts';
import { deploySteps } from './local/deploy-steps.ts';

function listRequiredSecrets(): string[] {
  const definition = compileIntegrations(integrations);
  if (!definition.ok) {
    return fail(formatProblems(definition.error));
  }
  const { sources, targets } = definition.value;
  const ofSources = [...sources.values()].map(({ secretVariable }) => secretVariable);
  const ofTargets = [...targets.values()].flatMap(({ credentialVariables }) =>
    Object.values(credentialVariables),
  );
  return [...new Set(['ADMIN_KEY', 'REGISTRY_KEY', ...ofSources, ...ofTargets])];
}

const result = await deploySteps({
  wrangler: (args, output) => runTool('wrangler', args, { output }),
  configuration: readFileSync(join(repository, 'wrangler.toml'), 'utf8'),
  requiredSecrets: listRequiredSecrets(),
  args: process.argv.slice(2),
});
if (!result.ok) {
  fail(result.message);
}
process.stdout.write('\nDeployed. Now check it from outside: npm run smoke -- --url https://…\n');
