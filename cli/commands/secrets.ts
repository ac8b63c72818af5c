// holdfast secrets: what senders sign with and ERPs are logged in to with, set and rotated without a deploy. A value is typed unseen or
// comes on standard input, and is printed only where this command made it.

import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import type { Answer, Relay } from '../api/relay-api.ts';
import { act, addActOptions, onRelay, type Program, type RelayCall, say, shown, usage } from '../command.ts';
import { secretFrom } from '../terminal/ask.ts';
import { renderTable } from '../terminal/table.ts';
import { toSeconds } from './credentials.ts';

type Secret = Answer<'GET /admin/secrets'>['secrets'][number];

type SetOptions = { readonly overlap: string; readonly valueStdin?: true };

type Name = { readonly kind: string; readonly id: string };

export function secretCommands(program: Program): void {
  const group = program.root.command('secrets').description('webhook secrets and ERP credentials');
  const list = group.command('list').description('list secrets with their versions, never their values');
  onRelay(program, list, ({ relay }) =>
    shown(relay.call('GET /admin/secrets'), ({ secrets }) => renderSecrets(secrets)),
  );
  setCommands(program, group);
  endCommands(program, group);
}

function setCommands(program: Program, group: Command): void {
  const overlap = ['--overlap <time>', 'how long the one before stays good: 0s to 30d', '1d'] as const;
  const set = addActOptions(group.command('set'))
    .description('set a secret to a value: asked for, or on standard input')
    .argument('<name>', 'source/ID or target/ID')
    .option('--value-stdin', 'read the value from standard input; several fields as a JSON object')
    .option(...overlap);
  onRelay<SetOptions>(program, set, (call) => setSecret(call, readValues));

  const rotate = addActOptions(group.command('rotate'))
    .description(
      'give a source a new secret, made here and printed once; give it to the sender within the overlap',
    )
    .argument('<name>', 'source/ID')
    .option(...overlap);
  onRelay<SetOptions>(program, rotate, (call) => setSecret(call, makeValues));
}

function endCommands(program: Program, group: Command): void {
  const end = addActOptions(group.command('end-previous'))
    .description('end the overlap of a rotated secret now')
    .argument('<name>', 'source/ID or target/ID');
  onRelay(program, end, (call) =>
    onNamed(call, (name) => {
      const work = (reason: string) =>
        call.relay.call('POST /admin/secrets/:kind/:id/end-previous', { params: name, body: { reason } });
      const question = `End the secret of ${call.args[0]} that came before?`;
      return shown(act(call, question, work), (secret) => renderSecrets([secret]));
    }),
  );

  const remove = addActOptions(group.command('remove'))
    .description("remove a secret: the Worker's of that name counts again")
    .argument('<name>', 'source/ID or target/ID');
  onRelay(program, remove, (call) =>
    onNamed(call, (name) => {
      const work = (reason: string) =>
        call.relay.call('DELETE /admin/secrets/:kind/:id', { params: name, body: { reason } });
      return shown(
        act(call, `Remove the secret of ${call.args[0]}?`, work),
        (gone) => `${gone.name} is removed.`,
      );
    }),
  );

  const rotateKey = addActOptions(group.command('rotate-key')).description(
    'seal every secret with a new key',
  );
  onRelay(program, rotateKey, (call) => {
    const work = (reason: string) => call.relay.call('POST /admin/secrets/rotate-key', { body: { reason } });
    return shown(
      act(call, 'Seal every secret with a new key?', work),
      ({ keyId, secretCount }) => `${secretCount} secrets are sealed with ${keyId}.`,
    );
  });
}

type Values = { readonly values: Readonly<Record<string, string>>; readonly made: string | null };

async function setSecret(
  call: RelayCall<SetOptions>,
  valuesOf: (call: RelayCall<SetOptions>, name: Name) => Promise<Result<Values, Failure>>,
) {
  const overlapSeconds = toSeconds(call.options.overlap);
  if (!overlapSeconds.ok) return overlapSeconds;
  return onNamed(call, async (name) => {
    const given = await valuesOf(call, name);
    if (!given.ok) return given;
    const { values, made } = given.value;
    const work = (reason: string) =>
      call.relay.call('PUT /admin/secrets/:kind/:id', {
        params: name,
        body: { values, overlapSeconds: overlapSeconds.value, reason },
      });
    const question = `Set the secret of ${call.args[0]}? The one before is good for ${call.options.overlap} more.`;
    const set = await act(call, question, work);
    if (!set.ok) return set;
    if (made === null) return ok({ json: set.value, text: renderSecrets([set.value]) });
    say(call.world, 'This is the only time the secret is shown. Give it to the sender.');
    return ok({ json: { ...set.value, secret: made }, text: made });
  });
}

async function readValues(
  { world, options }: RelayCall<SetOptions>,
  { kind }: Name,
): Promise<Result<Values, Failure>> {
  if (options.valueStdin === true && options.keyStdin === true)
    return usage('Standard input holds one thing: --key-stdin or --value-stdin.');
  const what = kind === 'source' ? 'The secret' : 'The fields of the credential, as a JSON object';
  const fromStdin = options.valueStdin === true;
  const read = await secretFrom(world, { what, option: '--value-stdin', fromStdin });
  if (!read.ok) return read;
  const fields = toFields(read.value);
  if (fields !== null) return ok({ values: fields, made: null });
  return kind === 'source'
    ? ok({ values: { secret: read.value }, made: null })
    : usage('The credential of a target is a JSON object of its fields: {"apiKey":"…"}.');
}

function toFields(text: string): Record<string, string> | null {
  try {
    const value: unknown = JSON.parse(text);
    const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isFields ? (value as Record<string, string>) : null;
  } catch {
    return null;
  }
}

async function makeValues(
  { relay }: RelayCall<SetOptions>,
  { kind, id }: Name,
): Promise<Result<Values, Failure>> {
  if (kind !== 'source')
    return usage('Only the secret of a source can be made here: a credential comes from the ERP.');
  const preset = await presetOf(relay, id);
  if (!preset.ok) return preset;
  // Standard Webhooks wants base64 behind a prefix; wherever else the receiver chooses the secret it is any text.
  const isStandard = /standard/.test(preset.value) || preset.value === 'svix';
  const bytes = randomBytes(32);
  const made = isStandard ? `whsec_${bytes.toString('base64')}` : bytes.toString('hex');
  return ok({ values: { secret: made }, made });
}

async function presetOf(relay: Relay, id: string): Promise<Result<string, Failure>> {
  const all = await relay.call('GET /admin/sources');
  if (!all.ok) return all;
  const source = all.value.sources.find((each) => each.id === id);
  return source === undefined
    ? err({ kind: 'not_found', message: `There is no source ${id}, or this key does not see it.` })
    : ok(`${source.preset} ${source.scheme}`);
}

async function onNamed<T>(
  { args }: RelayCall<unknown>,
  work: (name: Name) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const match = /^(source|target)\/(.+)$/.exec(args[0] ?? '');
  if (match === null) return usage('A secret is named source/ID or target/ID.');
  return work({ kind: match[1] ?? '', id: match[2] ?? '' });
}

function renderSecrets(secrets: readonly Secret[]): string {
  const rows = secrets.flatMap(({ name, fields, versions }) =>
    versions.map((version) => ({ name, fields, ...version })),
  );
  return renderTable(rows, [
    { head: 'NAME', of: ({ name }) => name },
    { head: 'VERSION', of: ({ version }) => version },
    { head: 'FIELDS', of: ({ fields }) => fields.join(' ') },
    { head: 'SET', of: ({ createdAt }) => createdAt },
    { head: 'BY', of: ({ createdBy }) => createdBy },
    { head: 'ENDS', of: ({ endsAt }) => endsAt },
  ]);
}
