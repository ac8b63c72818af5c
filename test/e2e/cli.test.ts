// The command `holdfast` against a whole relay: the real binary, the real API. What it answers, what it refuses, what it does, and what it
// ends with.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RelayClient } from '../../scripts/lib/relay-client.ts';
import type { LocalRelay } from '../../scripts/local-relay.ts';
import { type Ended, holdfast } from '../support/run-holdfast.ts';
import { type OperatedRelay, operateRelay, why } from './support/operated-relay.ts';

let operated: OperatedRelay;
let relay: LocalRelay;
let client: RelayClient;

const env = () => operated.env;
const run = (...args: string[]): Promise<Ended> => operated.run(...args);
const json = (...args: string[]) => operated.json(...args);

beforeAll(async () => {
  operated = await operateRelay();
  ({ relay, client } = operated);
  await operated.placeOrder(1001, 'clear \u001b[2J me \u009b31m');
  await operated.untilCount('status=succeeded', 1);
}, 90_000);

afterAll(() => operated?.end());

describe('what is asked', () => {
  it('is answered in the shape of the API, or as a table', async () => {
    const page = await json('deliveries', 'list', '--status', 'succeeded');
    expect(page).toEqual((await client.admin('GET', '/admin/deliveries?status=succeeded')).body);
    const { stdout } = await run('deliveries', 'list');
    expect(stdout).toMatch(/^ID +STATUS +CAUSE +ABOUT/);
    expect(stdout).toContain('order/1001');
  });

  it('shows a webhook as text, whatever it holds', async () => {
    const [{ id }] = (await json('deliveries', 'list')).deliveries;
    const shown = await run('deliveries', 'show', id);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.stdout).toContain('clear ');
    const raw = await run('deliveries', 'show', id, '--json');
    for (const text of [shown.stdout, raw.stdout]) expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it.each([
    [['overview'], 'Sources'],
    [['lines'], 'None.'],
    [['sources', 'list'], '/hooks/shopify'],
    [['sources', 'show', 'shopify'], 'SHOPIFY_WEBHOOK_SECRET'],
    [['sources', 'rejected'], 'None.'],
    [['intakes', 'list'], 'None.'],
    [['targets', 'list'], 'sandbox'],
    [['targets', 'show', 'erp'], 'sale.confirm'],
    [['targets', 'capabilities', 'erp'], 'SUPPORTED'],
    [['issues', 'list'], 'None.'],
    [['alerts', 'list'], ''],
    [['credentials', 'list'], 'None.'],
    [['secrets', 'list'], 'None.'],
    [['subscriptions', 'list'], 'None.'],
    [['audit', 'list'], 'None.'],
    [['costs'], '$ A MILLION EVENTS'],
  ])('answers holdfast %j', async (args, text) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toBe('');
    expect(stdout).toContain(text);
    expect(code).toBe(0);
  });
});

describe('the exit code', () => {
  it('is 2 for what cannot be asked, and says what there is', async () => {
    expect(await run('deliveries', 'lst')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Did you mean list/),
    });
    expect(await run('deliveries', 'list', '--statsu', 'held')).toMatchObject({ code: 2 });
    expect(await run('deliveries')).toMatchObject({ code: 2 });
    expect(await run('--help')).toMatchObject({ code: 0 });
  });

  it('is 3 where nobody answers', async () => {
    const ended = await holdfast(['overview'], { env: { ...env(), HOLDFAST_URL: 'http://127.0.0.1:1' } });
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('does not answer');
  });

  it('is 4 for a key that is not good, and nothing says the key', async () => {
    const ended = await holdfast(['overview'], { env: { ...env(), HOLDFAST_KEY: 'hf_wrong' } });
    expect(ended).toMatchObject({ code: 4 });
    expect(ended.stderr).toContain('401 unauthorized');
    expect(ended.stderr).not.toContain('hf_wrong');
  });

  it('is 5 for what is not there', async () => {
    expect(await run('deliveries', 'show', 'dlv_0_zzz')).toMatchObject({ code: 5 });
    expect(await run('targets', 'show', 'nobody')).toMatchObject({ code: 5 });
  });

  it('is 6 for what its state does not allow', async () => {
    const { credential } = await json('credentials', 'create', 'gone', '--preset', 'viewer', ...why);
    await json('credentials', 'revoke', credential.id, ...why);
    const ended = await run('credentials', 'rotate', credential.id, ...why);
    expect(ended).toMatchObject({ code: 6, stderr: expect.stringContaining('409 credential_not_active') });
  });

  it('is 7 for a value the relay refuses, naming the field and the rule', async () => {
    const ended = await run('deliveries', 'list', '--status', 'lost');
    expect(ended).toMatchObject({ code: 7 });
    expect(ended.stderr).toMatch(/400 invalid_parameter[\s\S]*status.*must be one of/);
    const problem = JSON.parse((await run('deliveries', 'list', '--status', 'lost', '--json')).stderr);
    expect(problem).toMatchObject({ code: 'invalid_parameter', status: 400, errors: [{}] });
  });
});

describe('an act', () => {
  it('is not done where nobody confirms it, or says why', async () => {
    expect(await run('targets', 'pause', 'erp', '--reason', 'x')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--yes/),
    });
    expect(await run('targets', 'pause', 'erp', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--reason/),
    });
    expect((await json('targets', 'show', 'erp')).pause).toBeNull();
  });

  it('pauses and resumes a target, and opens and closes its circuit', async () => {
    expect(await json('targets', 'pause', 'erp', ...why)).toMatchObject({ pause: { note: 'a test' } });
    expect(await json('targets', 'resume', 'erp', ...why)).toMatchObject({ pause: null });
    expect(await json('targets', 'circuit', 'erp', 'open', ...why)).toMatchObject({
      circuit: { state: 'open' },
    });
    expect(await json('targets', 'circuit', 'erp', 'closed', ...why)).toMatchObject({
      circuit: { state: 'closed' },
    });
    expect(await run('targets', 'circuit', 'erp', 'ajar', ...why)).toMatchObject({ code: 2 });
    const { acts } = await json('audit', 'list', '--target', 'erp');
    expect(acts.map(({ action }: { action: string }) => action)).toEqual(
      expect.arrayContaining(['paused', 'resumed', 'circuit_opened', 'circuit_closed']),
    );
  });

  it('holds what waits, lets it go on, and cancels it untried', async () => {
    await json('targets', 'pause', 'erp', ...why);
    await operated.placeOrder(1002);
    await operated.untilCount('status=pending&eventId=create-1002', 1);
    const [{ id }] = (await json('deliveries', 'list', '--event-id', 'create-1002')).deliveries;
    expect(await json('deliveries', 'hold', id, ...why)).toEqual({ deliveryId: id, status: 'held' });
    expect(await json('deliveries', 'release', id, ...why)).toMatchObject({ status: 'pending' });
    expect(await json('deliveries', 'cancel', id, ...why)).toMatchObject({ status: 'skipped' });
    expect(await json('targets', 'resume', 'erp', ...why)).toMatchObject({ pause: null });
    expect(await json('deliveries', 'show', id)).toMatchObject({ status: 'skipped', attemptCount: 0 });
  });

  it('makes a credential whose key is printed once, sees what it may, rotates and revokes it', async () => {
    const made = await json('credentials', 'create', 'olga', '--preset', 'viewer', ...why);
    const { credential, key } = made;
    const asOlga = (...args: string[]) => holdfast(args, { env: { ...env(), HOLDFAST_KEY: key } });
    expect(await asOlga('deliveries', 'list')).toMatchObject({ code: 0 });
    const refused = await asOlga('targets', 'pause', 'erp', ...why);
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.stderr).toContain('missing scope: targets:manage');
    expect((await json('credentials', 'usage', credential.id)).unusedScopes).toContain('sources:read');
    const rotated = await json('credentials', 'rotate', credential.id, '--overlap', '0s', ...why);
    expect(rotated.key).not.toBe(key);
    expect(await json('credentials', 'revoke', credential.id, ...why)).toMatchObject({ state: 'revoked' });
    expect((await run('credentials', 'list')).stdout).not.toContain(rotated.key);
  });

  it('sets a secret from standard input, makes one, and prints only what it made', async () => {
    const value = 'whsec_c2VjcmV0LXdpdGgtMzItYnl0ZXMtMDEyMzQ1Njc4OWE=';
    const args = ['secrets', 'set', 'source/smoke', '--value-stdin', ...why];
    const set = await holdfast(args, { env: env(), input: value });
    expect(set).toMatchObject({ code: 0 });
    expect(set.stdout).not.toContain('c2VjcmV0');
    const made = await json('secrets', 'rotate', 'source/smoke', '--overlap', '1h', ...why);
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const sent = await holdfast(
      ['send', 'smoke', 'smoke.sent', '--secret-stdin', '--payload', smokePayload],
      {
        env: env(),
        input: made.secret,
      },
    );
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/^202 /) });
    expect(await json('secrets', 'list')).toMatchObject({ secrets: [{ name: 'source/smoke' }] });
    expect(await json('secrets', 'end-previous', 'source/smoke', ...why)).toMatchObject({
      name: 'source/smoke',
    });
    expect(await json('secrets', 'remove', 'source/smoke', ...why)).toMatchObject({ removed: true });
    expect(await run('secrets', 'set', 'smoke', '--value-stdin', ...why)).toMatchObject({ code: 2 });
  });

  it('makes a subscription and ends it', async () => {
    const receiver = 'https://hooks.example.com/holdfast';
    const made = await json('subscriptions', 'create', receiver, '--type', 'sale.confirmed', ...why);
    expect(made.secret).toMatch(/^whsec_/);
    const { id } = made.subscription;
    const narrowed = await json('subscriptions', 'change', id, '--target', 'erp', ...why);
    expect(narrowed).toMatchObject({ targets: ['erp'] });
    expect(await json('subscriptions', 'change', id, '--target', 'all', ...why)).toMatchObject({
      targets: null,
    });
    expect(await json('subscriptions', 'disable', id, ...why)).toMatchObject({ state: 'disabled' });
    expect(await json('subscriptions', 'enable', id, ...why)).toMatchObject({ state: 'active' });
    expect(await json('subscriptions', 'rotate', id, ...why)).not.toMatchObject({ secret: made.secret });
    expect(await json('subscriptions', 'remove', id, ...why)).toMatchObject({ removed: true });
    expect(await run('subscriptions', 'show', id)).toMatchObject({ code: 5 });
  });
});

const smokePayload = '{"type":"smoke.sent","timestamp":"2026-01-01T00:00:00Z","data":{"note":"cli"}}';

describe('holdfast send', () => {
  const secrets = () => ({ ...env(), SHOPIFY_WEBHOOK_SECRET: relay.secrets.SHOPIFY_WEBHOOK_SECRET ?? '' });
  const send = (...args: string[]) => holdfast(['send', ...args], { env: secrets() });

  it('signs as the sender does, twice, and sees the second recognised', async () => {
    const sent = await send('shopify', 'orders/create', '--twice', '--json');
    expect(sent).toMatchObject({ code: 0 });
    const { answers } = JSON.parse(sent.stdout);
    expect(answers.map(({ body }: { body: string }) => JSON.parse(body).events[0].status)).toEqual([
      'accepted',
      'duplicate',
    ]);
  });

  it('shows that a changed one is refused, and lists what it can send', async () => {
    expect(await send('shopify', 'orders/create', '--tamper')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^401 /),
    });
    expect(await send('shopify', 'nothing/such')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/orders\/create/),
    });
    expect(await send('nobody', 'x')).toMatchObject({ code: 2 });
    expect((await send('shopify')).stdout).toContain('orders/paid');
    expect((await send()).stdout).toContain('Senders: shopify');
  });
});
