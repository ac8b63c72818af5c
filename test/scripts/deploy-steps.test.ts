// The order of a deploy and what it refuses before anything is changed, against a Wrangler that only takes notes.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Deploy, deploySteps, type Wrangler } from '../../scripts/local/deploy-steps.ts';

const committed = readFileSync(resolve(import.meta.dirname, '../../wrangler.toml'), 'utf8');
const ready = committed
  .replace('https://erp.example.com', 'https://erp.acme.test')
  .replace(/^# database_id.*$/m, 'database_id = "0e3a1c5e-0000-4000-8000-000000000000"');

type Answers = Record<string, { code?: number; output?: string }>;

const good: Answers = {
  'secret list': { output: '[{"name":"ADMIN_KEY","type":"secret_text"}]' },
  'queues info': { output: 'Queue Name: holdfast-doorbells\nNumber of Consumers: 1\n' },
};

async function run(answers: Answers, changes: Partial<Deploy> = {}) {
  const calls: string[] = [];
  const wrangler: Wrangler = async (args) => {
    calls.push(args.join(' '));
    const { code = 0, output = '' } = answers[args.slice(0, 2).join(' ')] ?? {};
    return { code, output };
  };
  const deploy = { wrangler, configuration: ready, requiredSecrets: ['ADMIN_KEY'], args: [], ...changes };
  return { result: await deploySteps(deploy), calls };
}

describe('a deploy', () => {
  it('migrates, deploys, and looks whether the queue is consumed', async () => {
    const { result, calls } = await run(good);
    expect(result).toEqual({ ok: true });
    expect(calls).toEqual([
      'secret list --format json',
      'd1 migrations apply DB --remote',
      'deploy',
      'queues info holdfast-doorbells',
    ]);
  });

  it('changes nothing while the configuration is the example', async () => {
    const { result, calls } = await run(good, { configuration: committed });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('ERP_BASE_URL') });
    expect(calls).toEqual([]);
  });

  it('changes nothing while the database has no id', async () => {
    const configuration = ready.replace(/^database_id.*$/m, '');
    const { result, calls } = await run(good, { configuration });
    expect(result).toMatchObject({
      ok: false,
      message: expect.stringContaining('wrangler d1 create holdfast'),
    });
    expect(calls).toEqual([]);
  });

  it('names the secrets that are not set, before it changes anything', async () => {
    const requiredSecrets = ['ADMIN_KEY', 'STRIPE_WEBHOOK_SECRET'];
    const { result, calls } = await run(good, { requiredSecrets });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('STRIPE_WEBHOOK_SECRET') });
    expect(calls).toEqual(['secret list --format json']);
  });

  it('takes the secrets of a first deploy from a file', async () => {
    const args = ['--secrets-file', '.secrets.production'];
    const { result, calls } = await run(good, { args });
    expect(result).toEqual({ ok: true });
    expect(calls).toContain('deploy --secrets-file .secrets.production');
    expect(calls).not.toContain('secret list --format json');
  });

  it('asks for that file where the Worker does not exist yet', async () => {
    const { result } = await run({ ...good, 'secret list': { code: 1, output: 'not found' } });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('--secrets-file') });
  });

  it('does not deploy over a migration that failed', async () => {
    const { result, calls } = await run({ ...good, 'd1 migrations': { code: 1 } });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('nothing was deployed') });
    expect(calls).not.toContain('deploy');
  });

  it('says so when nothing consumes the queue', async () => {
    const { result } = await run({ ...good, 'queues info': { output: 'Number of Consumers: 0' } });
    expect(result).toMatchObject({ ok: false, message: expect.stringContaining('triggers deploy') });
  });

  it('migrates the environment it deploys', async () => {
    const { calls } = await run(good, { args: ['--env', 'staging'] });
    expect(calls).toContain('d1 migrations apply DB --remote --env staging');
  });
});
