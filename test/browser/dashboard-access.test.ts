// Credentials, secrets and subscriptions by the dashboard, in a real Chromium against a whole relay: what is made is shown once and
// works, what is rotated keeps the old one for its overlap, what is revoked is good for nothing.

import { createHmac } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/lib/relay-client.ts';
import { signedRequest } from '../../scripts/lib/senders.ts';
import { expectAccessible, launchBrowser, openPage, shoot, signIn } from './support/browser.ts';
import { confirm, visitTitled } from './support/operator.ts';
import { type OperatorRelay, startOperatorRelay } from './support/operator-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

let operator: OperatorRelay;
let browser: Browser;
let page: Page;
/** The second administrator: with the first credential that manages credentials the bootstrap key ends. */
let key = '';

const admin = async (method: string, path: string, body?: unknown): Promise<Json> => {
  const response = await fetch(`${operator.relay.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
};

beforeAll(async () => {
  [operator, browser] = await Promise.all([startOperatorRelay(), launchBrowser()]);
  key = operator.relay.adminKey;
  const made = await admin('POST', '/admin/credentials', { name: 'olga', preset: 'admin', reason: 'a test' });
  key = made.body.key;
  ({ page } = await openPage(browser, 'desk'));
  await signIn(page, operator.relay.url, key);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await operator?.stop();
});

/** As the holder of another key. */
const askAs = async (other: string, path: string): Promise<Json> => {
  const headers = { authorization: `Bearer ${other}` };
  const response = await fetch(`${operator.relay.url}${path}`, { headers });
  return { status: response.status, body: await response.json() };
};

const visit = (hash: string, title: string) => visitTitled(page, `${operator.relay.url}/${hash}`, title);

async function shownOnce(what: string): Promise<string> {
  const notice = page.getByRole('region', { name: what });
  await notice.waitFor();
  const text = (await notice.locator('code').textContent()) ?? '';
  await notice.getByRole('button', { name: 'I have it' }).click();
  await notice.waitFor({ state: 'detached' });
  expect(await page.locator('body').textContent()).not.toContain(text);
  return text;
}

describe('a credential', () => {
  it('is made narrow, with an end, and its key opens what it may see and no more', async () => {
    await visit('#/credentials', 'Credentials');
    await page.getByRole('button', { name: 'Make a credential …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name: who holds it').fill('night shift');
    await dialog.getByLabel('It may').selectOption('operator');
    await dialog.getByLabel('It sees').selectOption('sources');
    await dialog.getByLabel('smoke', { exact: true }).check();
    await dialog.getByRole('button', { name: 'Only some operations' }).click();
    await dialog.getByRole('combobox', { name: 'Operation', exact: true }).selectOption('relay.smoke');
    await dialog.getByLabel('Ends (empty: never)').fill('2099-01-01T00:00');
    await expectAccessible(page);
    await shoot(page, 'make-credential');
    await confirm(page, 'Make a credential', 'the night shift looks after smoke');
    const narrow = await shownOnce('The new key');
    expect((await askAs(narrow, '/admin/me')).body).toMatchObject({
      name: 'night shift',
      sources: expect.arrayContaining(['smoke']),
      grants: [{ operation: 'relay.smoke', target: '*' }],
    });
    await page.getByRole('cell', { name: 'smoke; relay.smoke at *' }).waitFor();
  });

  it('is made of single scopes, shows what it never used, is rotated with an overlap, and revoked', async () => {
    await page.getByRole('button', { name: 'Make a credential …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name: who holds it').fill('till');
    await dialog.getByLabel('It may').selectOption('scopes');
    await dialog.getByLabel('deliveries:read', { exact: true }).check();
    await dialog.getByLabel('operations:run', { exact: true }).check();
    await confirm(page, 'Make a credential', 'the till counts stock');
    const first = await shownOnce('The new key');
    expect((await askAs(first, '/admin/deliveries')).status).toBe(200);
    await page.getByRole('link', { name: 'till' }).click();
    await page.getByRole('heading', { name: 'till', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Rotate the key …' }).click();
    await page.getByRole('dialog').getByLabel('The old one stays good for').selectOption('3600');
    await confirm(page, 'Rotate the key', 'yearly');
    const second = await shownOnce('The new key');
    for (const each of [first, second]) expect((await askAs(each, '/admin/me')).status).toBe(200);
    await until(
      'its use to be known',
      async () => {
        const id = new URL(page.url()).hash.split('/').at(-1);
        const { body } = await admin('GET', `/admin/credentials/${id}/usage`);
        return body.scopes.length > 0 ? true : null;
      },
      30_000,
    );
    await page.getByText('It never used:').waitFor();
    await page.locator('.notice.warn').getByText('operations:run').waitFor();
    await expectAccessible(page);
    await shoot(page, 'credential');
    await page.getByRole('button', { name: 'Revoke …' }).click();
    await confirm(page, 'Revoke', 'the till was sold');
    await page.locator('.lead').getByText('revoked', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Revoke …' }).count()).toBe(0);
    // Its button is gone: who came by keyboard goes on from the page.
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    for (const each of [first, second])
      await until(
        'it is refused',
        async () => ((await askAs(each, '/admin/me')).status === 401 ? true : null),
        10_000,
      );
  });
});

describe("a source's secret", () => {
  const secrets = [
    'whsec_Zmlyc3Qtc2VjcmV0LW9mLXNob3AtMDEyMzQ1Njc4OQ==',
    'whsec_c2Vjb25kLXNlY3JldC1vZi1zaG9wLTAxMjM0NTY3ODk=',
  ] as const;
  const send = async (secret: string, id: string): Promise<number> => {
    const payload = { note: 'hello' };
    const signed = signedRequest('standard-webhooks', {
      ...{ secret, topic: 'smoke.sent', id, payload },
      now: Date.now(),
    });
    return (await operator.client.post('smoke', signed)).status;
  };

  it('is set on the set-up page, and a test event signed with it is taken, with another refused', async () => {
    await visit('#/sources/smoke', 'smoke');
    await page.getByText('Add an endpoint with').waitFor();
    await page.getByRole('button', { name: 'Set source/smoke …' }).click();
    await page.getByRole('dialog').getByLabel('secret', { exact: true }).fill('not base64!');
    await page.getByRole('dialog').getByLabel('Note for the audit').fill('a test');
    await page.getByRole('dialog').getByRole('button', { name: 'Set', exact: true }).click();
    await page.getByRole('alert').getByText('values.secret').waitFor();
    await page.getByRole('dialog').getByLabel('secret', { exact: true }).fill(secrets[0]);
    await shoot(page, 'set-secret');
    await confirm(page, 'Set', 'a test');
    await page.getByText('It is set here: version 1').waitFor();
    await page.getByRole('button', { name: 'Send a test event …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('The secret, as the sender has it').fill(secrets[1]);
    await dialog.getByRole('button', { name: 'Sign and send' }).click();
    await dialog.getByText('it has another secret').waitFor();
    await dialog.getByLabel('The secret, as the sender has it').fill(secrets[0]);
    await dialog.getByRole('button', { name: 'Sign and send' }).click();
    await dialog.getByText('address and secret are right').waitFor();
    await expectAccessible(page);
    await shoot(page, 'test-event');
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.locator('.verdict').textContent()).toContain('Waiting for the first webhook');
    expect(await send(secrets[0], 'smoke-1')).toBe(202);
    await page.getByText('It works').waitFor();
  });

  it('is rotated on the page of all secrets; the old one is good until it is ended, then taken away', async () => {
    await visit('#/secrets', 'Secrets');
    await page.getByRole('button', { name: 'Rotate source/smoke …' }).click();
    await page.getByRole('dialog').getByLabel('secret', { exact: true }).fill(secrets[1]);
    await confirm(page, 'Rotate', 'yearly');
    for (const [index, secret] of secrets.entries()) expect(await send(secret, `smoke-2${index}`)).toBe(202);
    await page.getByRole('button', { name: 'End the old one source/smoke …' }).click();
    await confirm(page, 'End the old one', 'the sender has the new one');
    await until(
      'the old one to be refused',
      async () => ((await send(secrets[0], 'smoke-3')) === 401 ? true : null),
      10_000,
    );
    await expectAccessible(page);
    await shoot(page, 'secrets');
    await page.getByRole('button', { name: 'Take away source/smoke …' }).click();
    await confirm(page, 'Take away', 'back to the Worker secret');
    await page.getByRole('button', { name: 'Set source/smoke …' }).waitFor();
    expect((await admin('GET', '/admin/secrets')).body.secrets).toEqual([]);
  });

  it('of a target may be of the deliveries of one source alone', async () => {
    await page.getByRole('button', { name: 'Set target/erp …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox', { name: 'For', exact: true }).selectOption('smoke');
    await dialog.getByLabel('keyId').fill(operator.relay.secrets.SANDBOX_ERP_KEY_ID ?? '');
    await dialog
      .getByLabel('secret', { exact: true })
      .fill(operator.relay.secrets.SANDBOX_ERP_KEY_SECRET ?? '');
    await confirm(page, 'Set', 'books say who it was');
    await page.getByText('target/erp@smoke').first().waitFor();
    await visit('#/targets/erp', 'erp');
    await page.getByText('Sources with one of their own').waitFor();
    await visit('#/secrets', 'Secrets');
    await page.getByRole('button', { name: 'Change the sealing key …' }).click();
    await confirm(page, 'Change the sealing key', 'a drill');
    await page.getByText('Done: Change the sealing key.').waitFor();
  });
});

describe('what a source may run', () => {
  it('is bounded and unbounded again', async () => {
    await visit('#/sources/smoke', 'smoke');
    await page.getByRole('button', { name: 'Set what it may run …' }).click();
    await page.getByRole('dialog').getByLabel('It may run').selectOption('list');
    await page.getByText('nothing at all').waitFor();
    await confirm(page, 'Set what it may run', 'nothing for now');
    await page.getByText('Refused from now on: smoke.').waitFor();
    const sources = (await admin('GET', '/admin/sources')).body.sources as Json[];
    expect(sources.find(({ id }) => id === 'smoke').grants).toEqual([]);
    await page.getByRole('button', { name: 'Set what it may run …' }).click();
    await page.getByRole('dialog').getByLabel('It may run').selectOption('routes');
    await confirm(page, 'Set what it may run', 'as before');
    await page.getByText('what its routes say').waitFor();
  });
});

describe('a subscription', () => {
  it('is made, tested, rotated, disabled, enabled and removed', async () => {
    const { others } = operator;
    await visit('#/subscriptions', 'Subscriptions');
    await page.getByRole('button', { name: 'Make a subscription …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('http://10.0.0.1/told');
    await dialog.getByLabel('sale.confirmed').check();
    await dialog.getByLabel('Note for the audit').fill('the shop shows it');
    await dialog.getByRole('button', { name: 'Make a subscription', exact: true }).click();
    await dialog.getByRole('alert').getByText('url').first().waitFor();
    await dialog.getByLabel('URL').fill(`${others.url}/told`);
    await expectAccessible(page);
    await shoot(page, 'make-subscription');
    await confirm(page, 'Make a subscription', 'the shop shows it');
    const secret = await shownOnce('The secret that verifies what is sent');
    const act = async (name: string) => {
      await page.getByRole('button', { name: `${name} …`, exact: true }).click();
      await confirm(page, name, 'a test');
    };
    await act('Send a test');
    await page.getByText('The test was taken: status 204.').waitFor();
    const told = others.told.at(-1);
    const at = `${told?.headers['webhook-id']}.${told?.headers['webhook-timestamp']}`;
    const signature = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      .update(`${at}.${told?.body}`)
      .digest('base64');
    expect(told?.headers['webhook-signature']).toBe(`v1,${signature}`);
    await expectAccessible(page);
    await shoot(page, 'subscriptions');
    await act('Rotate the secret');
    expect(await shownOnce('The secret that verifies what is sent')).not.toBe(secret);
    await act('Disable');
    await page.getByText('disabled', { exact: true }).waitFor();
    await act('Enable');
    await page.getByText('active', { exact: true }).waitFor();
    await act('Remove');
    await page.getByText('Nobody is told of anything yet.').waitFor();
    expect((await admin('GET', '/admin/subscriptions')).body.subscriptions).toEqual([]);
  });
});
