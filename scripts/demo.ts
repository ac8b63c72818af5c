// `npm run demo`: what the relay promises, shown on real-format webhooks against a running relay or one of its own, and
// checked against the documents of the sandbox ERP. Exit code 1 if one promise is broken.
// It makes documents of its own and leaves all else as it was, the ERP's faults included.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failAndReplay } from './demo/acts/dead-letters.ts';
import { sendDoublesAndDisorder } from './demo/acts/doubles-and-disorder.ts';
import { sendForgeries } from './demo/acts/forgeries.ts';
import { sendIntoLostAnswers } from './demo/acts/lost-answers.ts';
import { sendDuringOutage } from './demo/acts/outage.ts';
import { checkPromises } from './demo/check-promises.ts';
import { type Connection, type ConnectOptions, connect, DemoError } from './demo/connect.ts';
import { createDemoRun, type DemoRun } from './demo/demo-run.ts';
import type { ErpSwitches } from './demo/erp-switches.ts';
import { listDocuments } from './demo/list-documents.ts';
import { showDocuments, showPromises } from './demo/report.ts';
import { createRunIds } from './demo/run-ids.ts';
import { createTerminal, wantsColours } from './demo/terminal.ts';
import { startTrytonDemo } from './demo/tryton-erp.ts';
import { readOptions, repository } from './local/command.ts';

const usage = `npm run demo -- [options]

  --url U          a running relay (default: http://127.0.0.1:8787, or PORT; where none answers, one is started)
  --target T       sandbox (the default) or tryton: a Tryton of the demo's own, installed by apt where it is missing
  --own            start a relay of its own in a temporary directory, whatever runs
  --erp-url U      the sandbox ERP (default: where the relay says it is)
  --secrets F      where the relay's local secrets are (default: .dev.vars)
  --documents F    writes the ERP's documents there, as lines that are the same for every run and every ERP
  --admin-key K    the relay's admin key (default: the variable HOLDFAST_ADMIN_KEY, else as in the secrets)
`;

/** The whole demo, ms: three times what it is to take, so more means that something hangs. Tryton takes minutes, not seconds. */
const demoTimeoutMs = { sandbox: 180_000, tryton: 900_000 } as const;

/** Exit code of a command that was interrupted, by the convention of shells: 128 + SIGINT. */
const interruptedCode = 130;

const terminal = createTerminal({
  write: (text) => void process.stdout.write(text),
  hasColours: wantsColours(process.stdout, process.env.NO_COLOR),
});

type Options = ConnectOptions & { readonly target: string; readonly documents: string | null };

function parseOptions(): Options {
  const text = { type: 'string' } as const;
  const values = readOptions(
    {
      ...{ url: text, 'erp-url': text, secrets: text, 'admin-key': text, target: text },
      documents: text,
      own: { type: 'boolean', default: false },
    },
    usage,
  );
  const { HOLDFAST_ADMIN_KEY, PORT } = process.env;
  return {
    url: values.url ?? null,
    defaultUrl: `http://127.0.0.1:${PORT || '8787'}`,
    erpUrl: values['erp-url'] ?? null,
    adminKey: values['admin-key'] ?? (HOLDFAST_ADMIN_KEY || null),
    secretsPath: resolve(values.secrets ?? join(repository, '.dev.vars')),
    own: values.own,
    target: values.target ?? 'sandbox',
    documents: values.documents ?? null,
  };
}

/** What has to be put back, once it is taken. */
let switches: ErpSwitches | null = null;

/** A fetch that failed says why only in its cause. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.message || cause?.code || message;
}

function explain(error: unknown): string {
  if (error instanceof DemoError) return error.message;
  const isCall = error instanceof TypeError && error.message === 'fetch failed';
  if (isCall) return `The demo broke off: the relay or the ERP no longer answers (${causeOf(error)}).`;
  return `The demo broke off. ${(error as Error).stack}`;
}

let isEnding = false;

/** Puts back what was borrowed and ends. The first call decides how; it waits no longer than `restore` may take. */
async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  try {
    await switches?.restore();
  } catch (error) {
    const remedy = 'curl -X PUT with the body {} to its /sandbox/faults clears them';
    process.stderr.write(`The ERP's faults could not be put back (${causeOf(error)}): ${remedy}.\n`);
    process.exit(code === 0 ? 1 : code);
  }
  process.exit(code);
}

/** Has to be called before a runtime starts: the runtime's own listeners end the process at once. */
function endOnInterrupt(): void {
  const interrupt = () => {
    if (isEnding) return;
    process.stderr.write('\nInterrupted.\n');
    void end(interruptedCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  if (process.channel !== undefined) {
    process.on('disconnect', interrupt);
    process.channel.unref();
  }
}

function endOnTimeout(timeoutMs: number): void {
  const timeout = () => {
    process.stderr.write(`The demo did not end within ${timeoutMs / 1_000} s.\n`);
    void end(1);
  };
  setTimeout(timeout, timeoutMs).unref();
}

async function createRun({ relay, openErp, standing }: Connection): Promise<DemoRun> {
  const startedAt = Date.now();
  const ids = createRunIds(startedAt);
  terminal.line(`Holdfast demo, run ${ids.token}`);
  terminal.line(`  relay        ${relay.url} (${standing})`);
  const erp = await openErp(ids);
  terminal.line(`  ${erp.name.padEnd(11)}  ${erp.url}`);
  switches = erp.switches;
  const faults = await erp.switches.take();
  if (faults !== '') terminal.line(`  its faults   ${faults}: off for the demo, put back at its end`);
  return createDemoRun({ ids, relay, erp, terminal, startedAt });
}

/** Deliveries of the run that did not come to a good end: why a promise is broken. */
async function showOpenDeliveries(run: DemoRun): Promise<void> {
  const open = await run.deliveries('status=pending,scheduled,leased,held,dead_lettered');
  if (open.length === 0) return;
  terminal.heading('Deliveries that are not done');
  for (const { id, status, reason, route, event } of open) {
    terminal.note(`${id}  ${route}  ${event.orderingKey}  ${status}  ${reason ?? ''}`);
  }
}

function open(target: string, options: ConnectOptions): Promise<Connection> {
  endOnTimeout(target === 'tryton' ? demoTimeoutMs.tryton : demoTimeoutMs.sandbox);
  if (target === 'sandbox') return connect(options);
  if (target !== 'tryton') throw new DemoError(`--target must be sandbox or tryton, not "${target}".`);
  if (options.url !== null || options.erpUrl !== null)
    throw new DemoError(
      '--target tryton brings a relay and a Tryton of its own: leave --url and --erp-url out.',
    );
  return startTrytonDemo((line) => terminal.line(line));
}

async function main(): Promise<number> {
  const began = performance.now();
  const { target, documents, ...options } = parseOptions();
  const connection = await open(target, options);
  const run = await createRun(connection);
  await sendDoublesAndDisorder(run);
  await sendForgeries(run);
  await sendDuringOutage(run);
  await sendIntoLostAnswers(run);
  await failAndReplay(run);
  const state = await run.erpState();
  const promises = checkPromises(run.record, state, run.ids);
  showDocuments(terminal, { record: run.record, state, ids: run.ids });
  showPromises(terminal, promises);
  if (documents !== null)
    writeFileSync(documents, `${listDocuments(run.record, state, run.ids).join('\n')}\n`);
  const broken = promises.filter(({ problems }) => problems.length > 0);
  if (broken.length > 0) await showOpenDeliveries(run);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const kept = promises.length - broken.length;
  terminal.line(
    `\n${terminal.paint(`${kept} of ${promises.length} promises kept`, 'bold')} in ${seconds} s.`,
  );
  await run.switches.restore();
  await connection.stop();
  return broken.length === 0 ? 0 : 1;
}

/** Ends with the message a person needs; of anything unforeseen with all there is to know. */
async function endWithError(error: unknown): Promise<void> {
  // What was cut short by the end is no error of its own.
  if (isEnding) return;
  process.stderr.write(`${explain(error)}\n`);
  await end(1);
}

endOnInterrupt();
await main().then(end, endWithError);
