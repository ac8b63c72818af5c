// holdfast audit: what persons did. `verify` recomputes the chain itself and trusts nothing the relay says of it but the acts.

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Command } from 'commander';
import { checkAudit } from '../../scripts/lib/check-audit.ts';
import type { ChainHead } from '../../src/core/audit/audit-chain.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { Failure } from '../api/failure.ts';
import { walkPages } from '../api/pages.ts';
import type { Answer, Relay } from '../api/relay-api.ts';
import { type Ended, onRelay, type Program, type RelayCall, usage } from '../command.ts';
import { renderTable } from '../terminal/table.ts';

type Act = Answer<'GET /admin/audit'>['acts'][number];

type ListOptions = {
  readonly actor?: string;
  readonly action?: string;
  readonly deliveryId?: string;
  readonly orderingKey?: string;
  readonly target?: string;
  readonly limit: string;
  readonly all?: true;
};

export function auditCommands(program: Program): void {
  const group = program.root.command('audit').description('who did what, and why');
  listCommand(program, group);

  const exported = group
    .command('export')
    .description('write the whole audit as JSON lines, in the order of its chain')
    .option('--from <place>', 'the place in the chain to begin with', '1')
    .option('--out <file>', 'where to (0600); standard output if absent');
  onRelay<{ from: string; out?: string }>(program, exported, exportAudit);

  const verify = group
    .command('verify')
    .description(
      'recompute the chain of the audit; ends with 1 where anything was changed, taken out or cut off',
    )
    .option('--file <file>', 'an export in place of the relay')
    .option('--head <place:hash>', 'a head that was noted earlier: the chain must still go through it');
  onRelay<{ file?: string; head?: string }>(program, verify, verifyAudit);
}

function listCommand(program: Program, group: Command): void {
  const list = group
    .command('list')
    .description('list acts, the newest first')
    .option('--actor <id>', 'of this credential')
    .option('--action <name>', 'of this kind: replayed, refused …')
    .option('--delivery-id <id>', 'on this delivery')
    .option('--ordering-key <key>', 'on this ordering key')
    .option('--target <id>', 'on this target')
    .option('--limit <n>', 'acts on a page, 1 to 200', '50')
    .option('--all', 'every page');
  onRelay<ListOptions>(program, list, async ({ relay, options }) => {
    const { actor, action, deliveryId, orderingKey, target, limit, all = false } = options;
    const acts: Act[] = [];
    const query = { actor, action, deliveryId, orderingKey, target, limit };
    const take = (page: { readonly acts: typeof acts }) => void acts.push(...page.acts);
    const last = await walkPages<Answer<'GET /admin/audit'>>({
      all,
      ask: (cursor) => relay.call('GET /admin/audit', { query: { ...query, cursor } }),
      take,
    });
    return last.ok ? ok({ json: { ...last.value, acts }, text: renderActs(acts) }) : last;
  });
}

function renderActs(acts: readonly Act[]): string {
  return renderTable(acts, [
    { head: 'AT', of: ({ at }) => at },
    { head: 'ACTOR', of: ({ actor }) => actor },
    { head: 'ACTION', of: ({ action }) => action },
    { head: 'ON', of: ({ deliveryId, target, after }) => deliveryId ?? target ?? after, max: 50 },
    { head: 'BEFORE', of: ({ before }) => before, max: 30 },
    { head: 'AFTER', of: ({ after }) => after, max: 30 },
    { head: 'REASON', of: ({ reason }) => reason, max: 60 },
  ]);
}

async function open(relay: Relay, from: string): Promise<Result<Readable, Failure>> {
  const stream = await relay.stream(`/admin/audit/export?from=${encodeURIComponent(from)}`);
  return stream.ok ? ok(Readable.fromWeb(stream.value as unknown as NodeReadableStream)) : stream;
}

/** Byte for byte as it came: it is JSON, which holds no control character. */
async function exportAudit({
  relay,
  world,
  options,
}: RelayCall<{ from: string; out?: string }>): Promise<Ended> {
  const source = await open(relay, options.from);
  if (!source.ok) return source;
  const out = options.out === undefined ? world.stdout : createWriteStream(options.out, { mode: 0o600 });
  try {
    for await (const part of source.value) if (!out.write(part)) await once(out, 'drain');
    if (options.out !== undefined) await new Promise<void>((done) => out.end(done));
    return ok(null);
  } catch (error) {
    return err({ kind: 'unreachable', url: relay.url, message: (error as Error).message });
  }
}

async function verifyAudit({ relay, options }: RelayCall<{ file?: string; head?: string }>): Promise<Ended> {
  const noted = parseHead(options.head);
  if (!noted.ok) return noted;
  const source = options.file === undefined ? await open(relay, '1') : ok(createReadStream(options.file));
  if (!source.ok) return source;
  const report = await checkAudit(createInterface({ input: source.value }), noted.value).catch(
    (error: Error) => error,
  );
  if (report instanceof Error) return usage(`It cannot be read: ${report.message}`);
  if (report.kind === 'broken')
    return err({ kind: 'failed', message: `The audit is not whole: ${report.problem}` });
  const { number, hash } = report.head;
  const text = `${report.count} acts, each as it was chained. Note the head, and give it to the next run as --head:\n${number}:${hash}`;
  return ok({ json: report, text });
}

function parseHead(text: string | undefined): Result<ChainHead | null, Failure> {
  if (text === undefined) return ok(null);
  const [, number = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return hash === ''
    ? usage('--head must be a place and a hash, PLACE:HASH.')
    : ok({ number: Number(number), hash });
}
