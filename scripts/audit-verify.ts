// `npm run audit:verify -- --url …`: reads the whole audit of a relay, or an export of it, and recomputes the chain. Ends with 1 where
// anything was changed, taken out, put in between or cut off. It trusts nothing the relay says of it but the acts themselves.

import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { type AuditReport, checkAudit } from './lib/check-audit.ts';
import { fail, readOptions } from './local/command.ts';

const usage = `npm run audit:verify -- [options]

  --url U         the relay (default: http://127.0.0.1:8787)
  --admin-key K   a key with audit:read (default: the variable HOLDFAST_ADMIN_KEY)
  --file F        an export in place of a relay
  --save F        keep what was read as an export
  --head N:HASH   a head that was noted earlier: the chain must still go through it
`;

const values = readOptions(
  {
    url: { type: 'string', default: 'http://127.0.0.1:8787' },
    'admin-key': { type: 'string', default: process.env.HOLDFAST_ADMIN_KEY ?? '' },
    file: { type: 'string' },
    save: { type: 'string' },
    head: { type: 'string' },
  },
  usage,
);

async function open(): Promise<Readable> {
  if (values.file !== undefined) return createReadStream(values.file);
  if (values['admin-key'] === '') fail('A key is needed: --admin-key or the variable HOLDFAST_ADMIN_KEY.');
  const base = values.url.endsWith('/') ? values.url.slice(0, -1) : values.url;
  const response = await fetch(`${base}/admin/audit/export`, {
    headers: { authorization: `Bearer ${values['admin-key']}` },
    redirect: 'manual',
  }).catch((error: unknown) => fail(`${base} does not answer: ${String(error)}`));
  if (response.status !== 200 || response.body === null) fail(`The relay answered ${response.status}.`);
  return Readable.fromWeb(response.body as unknown as NodeReadableStream);
}

async function* linesOf(): AsyncGenerator<string> {
  const copy = values.save === undefined ? null : createWriteStream(values.save, { mode: 0o600 });
  for await (const line of createInterface({ input: await open() })) {
    copy?.write(`${line}\n`);
    yield line;
  }
  copy?.end();
}

function parseHead(text: string | undefined) {
  if (text === undefined) return null;
  const [, number = '', hash = ''] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (hash === '') fail(`--head must be a place and a hash, N:HASH, not "${text}".`);
  return { number: Number(number), hash };
}

const report: AuditReport = await checkAudit(linesOf(), parseHead(values.head));
if (report.kind === 'broken') fail(`The audit is not whole: ${report.problem}`);
process.stdout.write(
  `${report.count} acts, each as it was chained. Note the head, and give it to the next run as --head:\n${report.head.number}:${report.head.hash}\n`,
);
