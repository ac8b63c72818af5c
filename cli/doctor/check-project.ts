// What can be said of the project without a relay: its configuration by the rules the Worker itself applies, the bindings, the local
// secrets, the migrations, and what a deploy would miss. Reads files; starts nothing and prints no value.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { checkConfiguration } from '../../scripts/check-configuration.ts';
import { findPlaceholders } from '../../scripts/local/deploy-steps.ts';
import { readDevVars, secretNames } from '../../scripts/local/dev-vars.ts';
import { localVariables } from '../../scripts/local/runtime-workers.ts';
import { readProfiles } from '../profiles/profile-file.ts';
import type { World } from '../world.ts';
import { bad, type Finding, good, warning } from './finding.ts';

export async function checkProject(world: World): Promise<readonly Finding[]> {
  const { repository } = world;
  return [
    ...(await checkConfig(repository)),
    checkLocalSecrets(repository),
    checkBindings(repository),
    checkMigrations(repository),
    checkDeploy(repository),
    checkProfiles(world),
  ];
}

async function checkConfig(repository: string): Promise<readonly Finding[]> {
  // Those that a start would make are none that are missing; the sandbox's address is known at the start.
  const made = Object.fromEntries(secretNames.map((name) => [name, placeholderOf(name)]));
  const given = Object.entries(readDevVars(join(repository, '.dev.vars'))).filter(
    ([, value]) => value !== '',
  );
  const secrets = { ...made, ...Object.fromEntries(given) };
  const local = { ...localVariables, ERP_BASE_URL: 'http://127.0.0.1' };
  const checked = await checkConfiguration({ local, secrets });
  if (!checked.ok)
    return checked.error.map(({ file, field, rule }) =>
      bad('configuration', `${file}: ${field} ${rule}`, `Mend ${field} in ${file}.`),
    );
  const { sources, targets } = checked.value.definition;
  return [good('configuration', `valid: ${sources.size} sources, ${targets.size} targets`)];
}

/** Of the form its reader wants, and no secret. */
function placeholderOf(name: string): string {
  const text = 'placeholder-of-32-bytes-and-more';
  if (name === 'ADMIN_KEY') return `hf_${text}`;
  const base64 = Buffer.from(text.slice(0, 32)).toString('base64');
  if (name === 'TOKEN_KEY' || name === 'REGISTRY_KEY') return base64;
  return /STANDARD|SMOKE/.test(name) ? `whsec_${base64}` : text;
}

function checkLocalSecrets(repository: string): Finding {
  const name = 'local secrets';
  const path = join(repository, '.dev.vars');
  if (!existsSync(path))
    return warning(name, '.dev.vars is not there', 'npm start makes it, with random secrets.');
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    return bad(name, `.dev.vars can be read by others (${mode.toString(8)})`, 'chmod 600 .dev.vars');
  const values = readDevVars(path);
  const missing = secretNames.filter((each) => (values[each] ?? '') === '');
  return missing.length === 0
    ? good(name, `.dev.vars has all ${secretNames.length}, and is yours alone`)
    : warning(name, `.dev.vars lacks ${missing.join(', ')}`, 'npm start adds what is missing.');
}

type Toml = {
  readonly durable_objects?: { readonly bindings?: readonly { readonly name: string }[] };
  readonly d1_databases?: readonly { readonly binding: string }[];
  readonly queues?: {
    readonly producers?: readonly { readonly binding: string }[];
    readonly consumers?: readonly { readonly queue: string }[];
  };
  readonly assets?: { readonly binding?: string };
};

/** Every binding the code was generated types for has to be declared. */
function checkBindings(repository: string): Finding {
  const name = 'bindings';
  const types = readFileSync(join(repository, 'src/platform/worker-configuration.d.ts'), 'utf8');
  const wanted = [
    ...types.matchAll(/^\s*(\w+): (?:DurableObjectNamespace|D1Database|Queue|Fetcher)\b/gm),
  ].map((match) => match[1] ?? '');
  const toml = readToml(repository);
  if (toml === null) return bad(name, 'wrangler.toml cannot be read', 'Mend its syntax.');
  const declared = new Set([
    ...(toml.durable_objects?.bindings ?? []).map((each) => each.name),
    ...(toml.d1_databases ?? []).map(({ binding }) => binding),
    ...(toml.queues?.producers ?? []).map(({ binding }) => binding),
    ...(toml.assets?.binding === undefined ? [] : [toml.assets.binding]),
  ]);
  const missing = [...new Set(wanted)].filter((binding) => !declared.has(binding));
  if (missing.length > 0)
    return bad(
      name,
      `wrangler.toml does not declare ${missing.join(', ')}`,
      'Put the blocks back: docs/deploying.md.',
    );
  if ((toml.queues?.consumers ?? []).length === 0)
    return bad(
      name,
      'wrangler.toml has no queue consumer',
      'Put [[queues.consumers]] back: docs/deploying.md.',
    );
  return good(name, `wrangler.toml declares all ${new Set(wanted).size}, and a consumer of the queue`);
}

function readToml(repository: string): Toml | null {
  try {
    return parse(readFileSync(join(repository, 'wrangler.toml'), 'utf8')) as Toml;
  } catch {
    return null;
  }
}

function checkMigrations(repository: string): Finding {
  const name = 'migrations';
  const files = readdirSync(join(repository, 'migrations')).filter((file) => file.endsWith('.sql'));
  const numbers = files.map((file) => Number.parseInt(file, 10)).sort((a, b) => a - b);
  const wrong = numbers.findIndex((number, index) => number !== index + 1);
  if (wrong !== -1)
    return bad(
      name,
      `number ${wrong + 1} is missing or double`,
      'Files of migrations/ are numbered without a gap.',
    );
  return good(name, `${files.length} files; npm start and npm run deploy apply what is missing`);
}

function checkDeploy(repository: string): Finding {
  const missing = findPlaceholders(readFileSync(join(repository, 'wrangler.toml'), 'utf8'));
  return missing === undefined
    ? good('deploy', 'wrangler.toml names your ERP and your database')
    : warning('deploy', missing, 'Only before a deploy: docs/deploying.md.');
}

function checkProfiles(world: World): Finding {
  const read = readProfiles(world);
  if (!read.ok)
    return bad('profiles', read.error.kind === 'usage' ? read.error.message : 'cannot be read', 'Mend it.');
  const { profiles, current } = read.value;
  const names = Object.keys(profiles);
  return good('profiles', names.length === 0 ? 'none' : `${names.join(', ')}; ${current ?? 'none'} is used`);
}
