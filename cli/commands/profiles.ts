// holdfast profiles: relays by name, each with its key, in a file of the user's own. A key is typed unseen or comes on standard
// input; no command prints one.

import { err, ok } from '../../src/core/result.ts';
import { createRelayApi } from '../api/relay-api.ts';
import { type Call, type CommonOptions, type Ended, onCall, type Program, usage } from '../command.ts';
import { parseRelayUrl } from '../profiles/choose-relay.ts';
import { isProfileName, profilePath, readProfiles, writeProfiles } from '../profiles/profile-file.ts';
import { confirmed, secretFrom } from '../terminal/ask.ts';
import { renderTable } from '../terminal/table.ts';

type AddOptions = { readonly url: string; readonly check: boolean };

export function profileCommands(program: Program): void {
  const group = program.root.command('profiles').description('relays by name, with their keys');
  const add = group
    .command('add')
    .description('add a relay, or give the one of that name another address or key')
    .argument('<name>', 'small letters, digits, - and _')
    .requiredOption('--url <url>', 'its address')
    .option('--key-stdin', 'read the key from standard input; asked for at a terminal')
    .option('--no-check', 'do not ask the relay whether the key is good')
    .option('--json', 'print the answer as JSON');
  onCall<AddOptions>(program, add, addProfile);

  const use = group
    .command('use')
    .description('make a profile the one that counts')
    .argument('<name>')
    .option('--json', 'print the answer as JSON');
  onCall(program, use, async ({ world, args: [name = ''] }) => {
    const known = readProfiles(world);
    if (!known.ok) return known;
    if (known.value.profiles[name] === undefined)
      return err({ kind: 'not_found', message: `There is no profile ${name}.` });
    writeProfiles(world, { ...known.value, current: name });
    return ok({ json: { current: name }, text: `${name} is used from now on.` });
  });

  const list = group
    .command('list')
    .description('list profiles, never their keys')
    .option('--json', 'print the answer as JSON');
  onCall(program, list, async ({ world }) => {
    const known = readProfiles(world);
    if (!known.ok) return known;
    const { profiles, current } = known.value;
    const rows = Object.entries(profiles).map(([name, { url, key }]) => ({
      name,
      url,
      keyHint: key.slice(-4),
      current: name === current,
    }));
    const text = renderTable(rows, [
      { head: 'USED', of: (row) => (row.current ? '*' : ' ') },
      { head: 'NAME', of: ({ name }) => name },
      { head: 'ADDRESS', of: ({ url }) => url },
      { head: 'KEY', of: ({ keyHint }) => `…${keyHint}` },
    ]);
    return ok({ json: { profiles: rows }, text });
  });

  const remove = group
    .command('remove')
    .description('forget a profile and its key; the credential stays good at the relay')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the answer as JSON');
  onCall(program, remove, removeProfile);
}

async function addProfile({ world, options, args: [name = ''] }: Call<AddOptions>): Promise<Ended> {
  if (!isProfileName(name)) return usage('The name of a profile is 1 to 32 small letters, digits, - and _.');
  const known = readProfiles(world);
  if (!known.ok) return known;
  const url = parseRelayUrl(options.url);
  if (!url.ok) return url;
  const key = await secretFrom(world, {
    what: `The key for ${url.value}`,
    option: '--key-stdin',
    fromStdin: options.keyStdin === true,
  });
  if (!key.ok) return key;
  const me = options.check ? await createRelayApi(url.value, key.value).call('GET /admin/me') : null;
  if (me?.ok === false) return me;
  const { profiles, current } = known.value;
  const added = { ...profiles, [name]: { url: url.value, key: key.value } };
  writeProfiles(world, { current: current ?? name, profiles: added });
  const who = me === null ? '' : ` The key is that of ${me.value.name ?? me.value.actor}.`;
  return ok({
    json: { name, url: url.value, file: profilePath(world), current: (current ?? name) === name },
    text: `Added ${name} to ${profilePath(world)}.${who}`,
  });
}

async function removeProfile({ world, options, args: [name = ''] }: Call<CommonOptions>): Promise<Ended> {
  const known = readProfiles(world);
  if (!known.ok) return known;
  const { [name]: gone, ...rest } = known.value.profiles;
  if (gone === undefined) return err({ kind: 'not_found', message: `There is no profile ${name}.` });
  const sure = await confirmed(world, `Forget ${name} (${gone.url})?`, options.yes);
  if (!sure.ok) return sure;
  const { current } = known.value;
  writeProfiles(world, { current: current === name ? null : current, profiles: rest });
  return ok({ json: { name, removed: true }, text: `${name} is forgotten.` });
}
