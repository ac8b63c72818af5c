// `npm run drift -- TARGET`: reads from a target what its operations rely on, and says whether its answers still have their
// shape. It writes nothing to the ERP, and prints no secret.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compileIntegrations } from '../src/core/compile-integrations.ts';
import { checkBaseUrl, joinPath } from '../src/core/egress.ts';
import type { ErpConnection } from '../src/core/erp.ts';
import type { TargetDefinition } from '../src/core/target.ts';
import { checkSamples, type SampleFinding } from '../src/erp/check-samples.ts';
import { integrations } from '../src/integrations/index.ts';
import { sendRequest } from '../src/platform/fetch/send-request.ts';
import { fail, repository } from './local/command.ts';
import { readDevVars } from './local/dev-vars.ts';

const usage = `npm run drift -- TARGET [--base-url U]

  TARGET           the id of a target, e.g. erp
  --base-url U     where it is (default: the target's variable, from the environment or .dev.vars)

  Credentials are read as the relay reads them: from the environment, else from .dev.vars.
  Ends with 0 where every answer is as recorded, 1 where one is not, 2 where it could not be read.
`;

const clock = { now: () => Date.now(), wait: () => Promise.resolve() };

function readArguments(): { target: TargetDefinition; baseUrl: string } {
  const options = { 'base-url': { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const definition = compileIntegrations(integrations);
  if (!definition.ok) return fail(`The integrations do not compile: ${JSON.stringify(definition.error)}`);
  const known = [...definition.value.targets.keys()].join(', ');
  const id = positionals[0] ?? fail(`Name a target: ${known}.\n\n${usage}`);
  const target = definition.value.targets.get(id) ?? fail(`There is no target ${id}, only ${known}.`);
  const baseUrl = values['base-url'] ?? (target.baseUrlVariable === null ? '' : read(target.baseUrlVariable));
  return { target, baseUrl: baseUrl.replace(/\/+$/, '') };
}

function read(name: string): string {
  const value = process.env[name] ?? readDevVars(join(repository, '.dev.vars'))[name] ?? '';
  return value === '' ? fail(`${name} is not known.\n\n${usage}`) : value;
}

function connect(target: TargetDefinition, baseUrl: string, token: string | null): ErpConnection {
  const base = checkBaseUrl(baseUrl, target.network);
  if (!base.ok) return fail(`The base URL of ${target.id}: ${base.error.message}`);
  const { session } = target.adapter;
  const headers = token === null ? {} : session.authorize(token);
  return {
    send: async (request) => {
      const url = joinPath(base.value, request.path, request.query);
      if (!url.ok) return { kind: 'not_sent', reason: 'egress_refused', message: url.error.message };
      const { timeoutMs } = target;
      const placed = token === null ? undefined : session.place?.(request, token).body;
      return (await sendRequest(request, { url: url.value, headers, timeoutMs, clock, placed })).answer;
    },
  };
}

function logIn(target: TargetDefinition, baseUrl: string) {
  const credential = Object.fromEntries(
    Object.entries(target.credentialVariables).map(([part, variable]) => [part, read(variable)]),
  );
  return target.adapter.session.login(connect(target, baseUrl, null), credential, Date.now());
}

function describe({ verdict }: SampleFinding): string {
  if (verdict.kind === 'drifted') {
    return verdict.issues.map((i) => `DRIFTED ${i.path}: expected ${i.expected}, got ${i.actual}`).join('; ');
  }
  if (verdict.kind === 'not_read') return `NOT READ: ${verdict.message}`;
  return verdict.kind === 'as_recorded' ? 'as recorded' : 'no documents: nothing to say';
}

function print(findings: readonly SampleFinding[]): void {
  const rows = [
    ['operation', 'read', 'documents', 'shape'],
    ...findings.map((finding) => [
      finding.operation,
      finding.path,
      String(finding.documentCount),
      describe(finding),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
  }
}

const { target, baseUrl } = readArguments();
const { adapter } = target;
const samples = adapter.samples?.() ?? [];
process.stdout.write(`${target.id}: adapter ${adapter.name} ${adapter.version}\n\n`);
if (samples.length === 0) {
  process.stdout.write('The adapter offers nothing that could be read without writing.\n');
  process.exit(2);
}
const login = await logIn(target, baseUrl);
if (login.kind !== 'logged_in') {
  process.stdout.write(`No session: ${login.message}\n`);
  process.exit(2);
}
const findings = await checkSamples(samples, connect(target, baseUrl, login.token));
print(findings);
const kinds = new Set(findings.map(({ verdict }) => verdict.kind));
process.exitCode = kinds.has('drifted') ? 1 : kinds.has('not_read') ? 2 : 0;
