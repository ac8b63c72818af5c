// Who may do what, on a whole relay: a source beyond its grants, a key that is revoked while another works under load, and the
// commands that change the key and check the audit.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../scripts/lib/relay-client.ts';
import { toolEnvironment } from '../../scripts/local/command.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';

const run = promisify(execFile);
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-access-'));
const reason = 'a test';
let relay: LocalRelay;
let admin: RelayClient;
let adminKey = '';
/** Keys and secrets of this run. */
const given: string[] = [];

const clientOf = (key: string) => createRelayClient({ ...relay, adminKey: key });

async function make(client: RelayClient, body: object): Promise<{ id: string; key: string }> {
  const made = await client.admin('POST', '/admin/credentials', { name: 'a test', reason, ...body });
  expect(made.status).toBe(201);
  const { credential, key } = made.body as { credential: { id: string }; key: string };
  given.push(key);
  return { id: credential.id, key };
}

const command = async (script: string, args: readonly string[]) =>
  (await run(process.execPath, [`scripts/${script}`, ...args], { env: toolEnvironment() })).stdout;

beforeAll(async () => {
  relay = await startLocalRelay({ stateDir, scheduleEveryMs: 0 });
  adminKey = (await make(clientOf(relay.adminKey), { preset: 'admin' })).key;
  admin = clientOf(adminKey);
});

afterAll(async () => {
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

describe('a source beyond its grants', () => {
  it('is refused, in the audit and alerted within a second, and runs by a replay once it is granted', async () => {
    const path = '/admin/sources/smoke/grants';
    const set = await admin.admin('PUT', path, { grants: [], reason });
    expect(set).toMatchObject({ status: 200, body: { grants: [] } });
    const payload = { note: 'refused' };
    const sent = await admin.send('smoke', {
      topic: 'smoke.sent',
      id: 'refused-1',
      payload,
      now: Date.now(),
    });
    expect(sent.status).toBe(202);
    const dead = await until(
      'a dead letter',
      async () => (await admin.deliveries('eventId=refused-1&status=dead_lettered'))[0] ?? null,
      20_000,
    );
    expect(dead).toMatchObject({ code: 'not_granted', attemptCount: 0 });
    const audit = await admin.admin('GET', `/admin/audit?deliveryId=${dead.id}`);
    expect(audit.body).toMatchObject({ acts: [{ actor: 'source/smoke', action: 'refused' }] });
    const { body } = await admin.admin('GET', '/admin/alerts?status=open');
    const { alerts } = body as { alerts: readonly { rule: string; openedAt: string }[] };
    const alert = alerts.find(({ rule }) => rule === 'access_refused');
    const refused = (audit.body as { acts: readonly { at: string }[] }).acts[0];
    expect(Date.parse(alert?.openedAt ?? '') - Date.parse(refused?.at ?? '')).toBeLessThan(1_000);
    await admin.admin('PUT', path, { grants: null, reason });
    expect((await admin.admin('POST', `/admin/deliveries/${dead.id}/replay`, {})).status).toBe(202);
    await until(
      'the replay',
      async () => (await admin.deliveries('eventId=refused-1&status=succeeded'))[0] ?? null,
      20_000,
    );
  });
});

describe('a key that is revoked under load', () => {
  it('stops at once and for good, and no call of the other one fails', async () => {
    const [one, other] = [await make(admin, { preset: 'viewer' }), await make(admin, { preset: 'viewer' })];
    let isOver = false;
    const statuses: number[] = [];
    const load = (async () => {
      while (!isOver) statuses.push((await clientOf(other.key).admin('GET', '/admin/sources')).status);
    })();
    expect((await clientOf(one.key).admin('GET', '/admin/sources')).status).toBe(200);
    await admin.admin('POST', `/admin/credentials/${one.id}/revoke`, { reason });
    const after: number[] = [];
    for (let count = 0; count < 20; count += 1)
      after.push((await clientOf(one.key).admin('GET', '/admin/sources')).status);
    isOver = true;
    await load;
    expect(new Set(after)).toEqual(new Set([401]));
    expect(statuses.length).toBeGreaterThan(5);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('the commands', () => {
  it('change the key that seals secrets, and everything opens as before', async () => {
    const secret = `whsec_${Buffer.from('a-secret-of-thirty-two-bytes-0001').toString('base64')}`;
    given.push(secret);
    await admin.admin('PUT', '/admin/secrets/source/smoke', { values: { secret }, reason });
    const said = await command('secrets-rotate-key.ts', ['--url', relay.url, '--admin-key', adminKey]);
    expect(said).toMatch(/^Key dk_[0-9a-f]{10} seals 1 secrets\./);
    const client = createRelayClient({ ...relay, adminKey, secrets: { SMOKE_WEBHOOK_SECRET: secret } });
    const signing = { topic: 'smoke.sent', id: 'after-1', payload: { note: 'x' }, now: Date.now() };
    expect((await client.send('smoke', signing)).status).toBe(202);
  });

  it('check the audit, and find what was changed in it', async () => {
    const args = ['--url', relay.url, '--admin-key', adminKey];
    const file = join(stateDir, 'audit.jsonl');
    const said = await command('audit-verify.ts', [...args, '--save', file]);
    const head = /^\d+:[0-9a-f]{64}$/m.exec(said)?.[0] ?? '';
    expect(said).toMatch(/^\d+ acts, each as it was chained/);
    expect(await command('audit-verify.ts', ['--file', file, '--head', head])).toContain(head);
    const tampered = join(stateDir, 'tampered.jsonl');
    writeFileSync(tampered, readFileSync(file, 'utf8').replace('credential_revoked', 'credential_rotated'));
    await expect(command('audit-verify.ts', ['--file', tampered])).rejects.toThrow(
      /The audit is not whole: the act at place/,
    );
  });
});

describe('what the relay keeps', () => {
  it('holds no key and no secret that it gave or was given', () => {
    const files = readdirSync(stateDir, { recursive: true, encoding: 'utf8' })
      .map((file) => join(stateDir, file))
      .filter((file) => statSync(file).isFile());
    const kept = files.map((file) => readFileSync(file, 'latin1')).join('');
    expect(files.some((file) => /RegistryObject/.test(file))).toBe(true);
    expect(kept).toContain('crd_');
    expect(given.length).toBeGreaterThan(3);
    for (const secret of [...given, ...given.map((text) => text.slice(6, 40))])
      expect(kept).not.toContain(secret);
  });
});
