// `holdfast init` and `holdfast doctor` on projects: what is made runs as it stands, and what is broken in it is found. The packages of
// this repository stand in for what `npm install` would bring: the lock file of a made project is the same.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { reservePort } from '../../scripts/local/ports.ts';
import { type Ended, holdfast } from '../support/run-holdfast.ts';

const repository = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'holdfast-init-'));
const started: ChildProcess[] = [];

/** Longer than a start takes, shorter than a test, ms. */
const patienceMs = 45_000;

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function make(name: string, ...args: string[]): Promise<string> {
  const project = join(directory, name);
  const made = await holdfast(['init', project, '--json', ...args]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  symlinkSync(join(repository, 'node_modules'), join(project, 'node_modules'));
  return project;
}

const inProject = (
  project: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> => holdfast(args, { project, env: { XDG_CONFIG_HOME: join(directory, 'config'), ...env } });

const doctor = async (project: string): Promise<{ code: number | null; failed: string[] }> => {
  const { code, stdout } = await inProject(project, ['doctor', '--no-relay', '--json']);
  const { checks } = JSON.parse(stdout) as { checks: { status: string; name: string; detail: string }[] };
  const failed = checks.filter(({ status }) => status === 'failed');
  return { code, failed: failed.map(({ name, detail }) => `${name}: ${detail}`) };
};

async function startProject(
  project: string,
): Promise<{ port: string; child: ChildProcess; output: () => string }> {
  const port = String(await reservePort(0));
  const options = ['--port', port, '--erp-port', '0', '--quiet'];
  // What its npm start runs; npm itself would stand between this process and the signal that ends it.
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  expect(scripts.start).toBe('node scripts/start.mjs');
  const child = spawn(process.execPath, ['scripts/start.mjs', ...options], { cwd: project, stdio: 'pipe' });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (text += String(part)));
  await vi.waitUntil(() => text.includes('Ctrl-C stops everything') || child.exitCode !== null, {
    timeout: patienceMs,
    interval: 50,
  });
  if (child.exitCode !== null) throw new Error(text);
  return { port, child, output: () => text };
}

describe('a project that holdfast init made', () => {
  it('starts, takes a signed webhook and delivers it', async () => {
    const project = await make('shop', '--source', 'shopify', 'stripe', '--target', 'sandbox');
    const { port, child, output } = await startProject(project);
    expect(output()).not.toContain('npm run demo');
    const env = { PORT: port };
    expect(await inProject(project, ['send', 'shopify', 'orders/create'], env)).toMatchObject({ code: 0 });
    await vi.waitUntil(
      async () => {
        const { stdout } = await inProject(
          project,
          ['deliveries', 'list', '--status', 'succeeded', '--json'],
          env,
        );
        return JSON.parse(stdout).deliveries.length === 1;
      },
      { timeout: patienceMs, interval: 200 },
    );
    const found = await inProject(project, ['doctor', '--json'], env);
    expect(JSON.parse(found.stdout)).toMatchObject({ ok: true });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 120_000);

  it('takes payments of several senders for the orders of a shop, and keeps what it has no mapping for', async () => {
    const sources = ['shopify', 'adyen', 'square', 'paddle', 'github'];
    const project = await make('paid', '--source', ...sources, '--target', 'sandbox');
    const { port, child } = await startProject(project);
    const env = { PORT: port };
    const send = (...args: string[]) => inProject(project, ['send', ...args], env);
    const hookUrl = `http://127.0.0.1:8787/hooks/square`;
    expect(readFileSync(join(project, '.dev.vars'), 'utf8')).toContain(`SQUARE_WEBHOOK_URL=${hookUrl}`);
    // Together less than the order: more than its total is refused.
    const adyen = {
      merchantAccountCode: 'Shop',
      merchantReference: '1001',
      amount: { value: 100, currency: 'EUR' },
    };
    const amount = { amount: 100, currency: 'EUR' };
    const square = { id: 'sq-1', status: 'COMPLETED', amount_money: amount, reference_id: '1001' };
    const times = { created_at: new Date().toISOString(), updated_at: new Date().toISOString() };
    const totals = { grand_total: '200' };
    const paddle = {
      id: 'txn_1',
      currency_code: 'EUR',
      custom_data: { order_id: '1001' },
      details: { totals },
    };
    for (const args of [
      ['adyen', 'AUTHORISATION', '--payload', JSON.stringify(adyen)],
      ['square', 'payment.created', '--payload', JSON.stringify({ ...square, ...times })],
      ['paddle', 'transaction.completed', '--payload', JSON.stringify(paddle)],
      ['github', 'push'],
      ['shopify', 'orders/create', '--about', '1001'],
    ])
      expect(await send(...args)).toMatchObject({ code: 0 });
    const done = async (): Promise<string[]> => {
      const { stdout } = await inProject(project, ['deliveries', 'list', '--json'], env);
      const { deliveries } = JSON.parse(stdout) as {
        deliveries: { status: string; operation: string; event: { source: string } }[];
      };
      return deliveries
        .map(({ status, operation, event }) => `${event.source} ${operation} ${status}`)
        .sort();
    };
    await expect
      .poll(done, { timeout: patienceMs, interval: 200 })
      .toEqual([
        'adyen payment.register succeeded',
        'paddle payment.register succeeded',
        'shopify sale.confirm succeeded',
        'square payment.register succeeded',
      ]);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 120_000);

  it('starts with an ERP that nobody has named an address and a key for yet', async () => {
    const project = await make('books', '--source', 'woocommerce', '--target', 'odoo');
    expect(readFileSync(join(project, '.dev.vars'), 'utf8')).toContain('ODOO_API_KEY=replace-me');
    const { port, child } = await startProject(project);
    const sent = await inProject(project, ['send', 'woocommerce', 'order.created'], { PORT: port });
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/^202 /) });
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }, 120_000);

  it.each([
    ['all', ['shopify', 'woocommerce', 'stripe', 'standard', 'warehouse'], 'tryton'],
    ['pay', ['stripe'], 'erpnext'],
    ['woo', ['woocommerce', 'stripe'], 'sandbox'],
    ['bc', ['bigcommerce', 'mollie-classic', 'paypal', 'sns'], 'business-central'],
    ['suite', ['xero', 'ebay', 'warehouse'], 'netsuite'],
  ])(
    'has a configuration that holds, with the choices of %s',
    async (name, sources, target) => {
      const project = await make(name, '--target', target, '--source', ...sources);
      expect(await doctor(project)).toEqual({ code: 0, failed: [] });
      const integrations = sources.map((source) => (source === 'standard' ? 'standard-events' : source));
      for (const file of integrations) {
        const text = readFileSync(join(project, `src/integrations/${file}.ts`), 'utf8');
        expect(text).not.toMatch(/template:|\.\.\/\.\.\/\.\./);
      }
    },
    60_000,
  );

  it('has a lock file that is that of its package.json', async () => {
    const project = await make('locked', '--yes');
    const made = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
    const { name, version, bin, dependencies, devDependencies } = lock.packages[''];
    expect(made).toMatchObject({ name: 'locked', version, dependencies, devDependencies });
    expect({ name, bin }).toEqual({ name: 'locked', bin: { holdfast: 'cli/holdfast.mjs' } });
    for (const command of Object.values(made.scripts as Record<string, string>)) {
      const file = /^node (\S+)/.exec(command)?.[1];
      if (file !== undefined) expect(existsSync(join(project, file)), command).toBe(true);
    }
    expect(await inProject(project, ['init', join(directory, 'again'), '--yes'])).toMatchObject({ code: 2 });
  }, 60_000);

  it('is not made over something, or without being told what', async () => {
    writeFileSync(join(directory, 'something'), '');
    const cases = [
      [directory, '--yes'],
      [join(directory, 'Not A Name'), '--yes'],
      [join(directory, 'fresh')],
      [join(directory, 'fresh'), '--source', 'shopify'],
      [join(directory, 'fresh'), '--source', 'nobody', '--yes'],
      [join(directory, 'fresh'), '--yes', '--erp-url', 'http://erp.example.com'],
    ];
    for (const args of cases)
      expect(await holdfast(['init', ...args])).toMatchObject({ code: 2, stdout: '' });
    expect(existsSync(join(directory, 'fresh'))).toBe(false);
  });
});

describe('holdfast doctor on a broken project', () => {
  it('names each fault, and what to do about it', async () => {
    const project = await make('broken', '--source', 'shopify', '--target', 'sandbox');
    const edit = (file: string, from: string | RegExp, to: string) => {
      const path = join(project, file);
      const before = readFileSync(path, 'utf8');
      writeFileSync(path, before.replace(from, to));
      expect(readFileSync(path, 'utf8')).not.toBe(before);
    };
    edit('src/integrations/shopify.ts', "name: 'shopify'", "name: 'shop'");
    edit('wrangler.toml', 'binding = "DOORBELLS"', 'binding = "BELLS"');
    writeFileSync(join(project, '.dev.vars'), 'ADMIN_KEY=short\n');
    chmodSync(join(project, '.dev.vars'), 0o644);
    rmSync(join(project, 'migrations/0002_rejected_requests.sql'));
    const { code, failed } = await doctor(project);
    expect(code).toBe(1);
    expect(failed).toEqual([
      'configuration: src/integrations/shop.ts: name must be the name of its file: shop has none',
      expect.stringMatching(/^local secrets: .*read by others/),
      'bindings: wrangler.toml does not declare DOORBELLS',
      expect.stringMatching(/^migrations: number 2 is missing/),
    ]);
  }, 60_000);
});

describe('the completion scripts', () => {
  it.each(['bash', 'zsh', 'fish'])('are such that %s reads them, where it is there', async (shell) => {
    const { code, stdout } = await holdfast(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('holdfast complete --');
    const child = spawn(shell, ['-n'], { stdio: ['pipe', 'ignore', 'pipe'] });
    // A shell that is not there cannot be asked; bash is everywhere these tests run.
    const outcome = once(child, 'close').then(
      ([status]) => status as number | null,
      () => 'absent' as const,
    );
    child.stdin.on('error', () => {});
    child.stdin.end(stdout);
    expect(shell === 'bash' ? [0] : [0, 'absent']).toContain(await outcome);
  });

  it('ask the command what may come next', async () => {
    const next = async (...words: string[]) =>
      (await holdfast(['complete', '--', ...words])).stdout.split('\n').map((line) => line.split('\t')[0]);
    expect(await next('deliveries', 'l')).toContain('list');
    expect(await next('deliveries', 'list', '--ord')).toContain('--ordering-key');
    expect(await next('deliveries', 'resolve', '--as', '')).toEqual(
      expect.arrayContaining(['done', 'dropped']),
    );
  });
});
