// What a deploy does and refuses, step by step, apart from how Wrangler is run: that is passed in, so that the order
// can be tested without an account. It may call nothing but what it is given.

/** Runs Wrangler; `capture` returns its output instead of showing it. */
export type Wrangler = (
  args: string[],
  output: 'inherit' | 'capture',
) => Promise<{ code: number; output: string }>;

export type Deploy = {
  wrangler: Wrangler;
  /** What the deploy sees in wrangler.toml. */
  configuration: string;
  /** The secrets the integrations name, and the admin key. */
  requiredSecrets: readonly string[];
  /** Arguments for `wrangler deploy`, e.g. `--secrets-file …` or `--env …`. */
  args: string[];
};

export type DeployResult = { ok: true } | { ok: false; message: string };

const doorbellQueue = 'holdfast-doorbells';

const refuse = (message: string): DeployResult => ({ ok: false, message });

/** Migrations first, for new code may need the new tables and old code never minds them. */
export async function deploySteps(deploy: Deploy): Promise<DeployResult> {
  const { wrangler, args } = deploy;
  const unready = findPlaceholders(deploy.configuration) ?? (await findMissingSecrets(deploy));
  if (unready !== undefined) {
    return refuse(unready);
  }
  const environment = environmentArgs(args);
  const migrated = await wrangler(['d1', 'migrations', 'apply', 'DB', '--remote', ...environment], 'inherit');
  if (migrated.code !== 0) {
    return refuse('The migrations failed, so nothing was deployed. The relay that runs is unchanged.');
  }
  const deployed = await wrangler(['deploy', ...args], 'inherit');
  if (deployed.code !== 0) {
    return refuse(
      'The deploy failed. The migrations are applied; the relay that ran before goes on with them.',
    );
  }
  return findConsumer(await wrangler(['queues', 'info', doorbellQueue], 'capture'));
}

/** The values that only the owner of a deployed relay can know. */
export function findPlaceholders(configuration: string): string | undefined {
  const active = configuration.replace(/^\s*#.*$/gm, '');
  if (/^\s*ERP_BASE_URL\s*=\s*"https:\/\/erp\.example\.com"/m.test(active)) {
    return 'wrangler.toml: ERP_BASE_URL is still the example; set it to the base URL of your ERP.';
  }
  if (!/^\s*database_id\s*=\s*"[0-9a-f-]{36}"/m.test(active)) {
    return 'wrangler.toml: database_id is missing; "npx wrangler d1 create holdfast" makes the database and prints it.';
  }
  return undefined;
}

/** A secrets file brings what it brings; otherwise the Worker has to hold all of them already. */
async function findMissingSecrets(deploy: Deploy): Promise<string | undefined> {
  const { wrangler, args, requiredSecrets } = deploy;
  if (args.some((argument) => argument.startsWith('--secrets-file'))) {
    return undefined;
  }
  const listed = await wrangler(['secret', 'list', '--format', 'json', ...environmentArgs(args)], 'capture');
  if (listed.code !== 0) {
    return `The secrets of the Worker cannot be listed. For its first deploy give them in a file:\n  npm run deploy -- --secrets-file .secrets.production\n\n${listed.output}`;
  }
  const present = new Set(parseNames(listed.output));
  const missing = requiredSecrets.filter((name) => !present.has(name));
  return missing.length === 0
    ? undefined
    : `These secrets are not set: ${missing.join(', ')}.\nSet each with "npx wrangler secret put NAME".`;
}

function parseNames(output: string): string[] {
  const json = output.slice(output.indexOf('['), output.lastIndexOf(']') + 1);
  return (JSON.parse(json) as { name: string }[]).map(({ name }) => name);
}

/** Without its consumer a queue fills and nothing says so: events are accepted and wait for the alarms. */
function findConsumer({ code, output }: { code: number; output: string }): DeployResult {
  const count = /Number of Consumers:\s*(\d+)/i.exec(output)?.[1];
  if (code !== 0 || count === undefined) {
    return refuse(`Deployed, but the queue ${doorbellQueue} could not be looked at:\n${output}`);
  }
  return count === '0'
    ? refuse(`Deployed, but the queue ${doorbellQueue} has no consumer. Run "npx wrangler triggers deploy".`)
    : { ok: true };
}

function environmentArgs(args: string[]): string[] {
  const at = args.findIndex((argument) => argument === '--env' || argument === '-e');
  return at === -1 ? args.filter((argument) => argument.startsWith('--env=')) : args.slice(at, at + 2);
}
