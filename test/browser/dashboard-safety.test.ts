// What the dashboard may not do: run what a webhook holds, show what a key may not see, or go silent when the relay is away.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { allScopes, wholeRelayScopes } from '../../src/core/identity/scopes.ts';
import { signedArrivals, signedNotice } from '../support/batch-senders.ts';
import { expectAccessible, launchBrowser, openPage, shoot, signIn } from './support/browser.ts';
import { arrive, everyPage, visit as visitAddress } from './support/operator.ts';
import { makeDeadLetters, type OperatorRelay, startOperatorRelay } from './support/operator-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'><b id=planted>';
let operator: OperatorRelay;
let browser: Browser;
/** Pages of single things that hold markup. */
const things: string[] = [];

/** Every text of it, and every name of a field that is added, is markup; what makes it an order stays. */
function poison(value: unknown): unknown {
  if (typeof value === 'string') return /^[\d.]+$|^\d{4}-\d\d-\d\dT|^EUR$/.test(value) ? value : markup;
  if (Array.isArray(value)) return value.map(poison);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each)]));
}

const poisonedOrder = (id: number) => ({
  ...(poison(shopifyOrder({ id, at: Date.now() })) as object),
  [markup]: markup,
});

/** By every way in which something of others gets here. */
async function sendPoison(): Promise<void> {
  const { client, others } = operator;
  const now = Date.now();
  const order = poisonedOrder(666);
  await client.send('shopify', { topic: 'orders/create', id: `<b id=planted>${now}`, payload: order, now });
  const payload = { note: markup, [markup]: markup };
  await client.send('smoke', { topic: markup, id: `<i id=planted>${now}`, payload, now });
  await client.send('smoke', { topic: 'smoke.sent', id: 'smoke-1', payload: { note: markup }, now });
  const forged = client.sign('smoke', { topic: 'smoke.sent', id: markup, payload, now });
  await client.post('smoke', { headers: forged.headers, body: `${forged.body} ` });
  await until(
    'the order to settle',
    async () =>
      (await client.deliveries('orderingKey=order/666&status=succeeded,dead_lettered')).length > 0
        ? true
        : null,
    30_000,
  );
  const items = [
    { event_id: `${markup}1`, receipt: markup, quantity: 1 },
    { [markup]: markup, quantity: markup },
  ];
  const batch = (await client.post('dock', signedArrivals(items))).body as Json;
  others.recordStatus = 503;
  const notice = { notice: `${markup}2`, order_id: markup, revision: 1 };
  const thin = (await client.post('thin-shop', signedNotice(notice))).body as Json;
  things.push(`#/intakes/${batch.intake}`, `#/intakes/${thin.intake}`);
  others.orders = [{ ...poisonedOrder(667), id: 667, updated_at: new Date(now - 600_000).toISOString() }];
  const range = { from: new Date(now - 3_600_000).toISOString(), reason: markup };
  expect((await client.admin('POST', '/admin/sources/shopify/reconcile', range)).status).toBe(200);
}

/** And by what operators write themselves. */
async function writePoison(): Promise<void> {
  const { client, others } = operator;
  const reason = markup;
  await makeDeadLetters({ client, firstId: 7001, count: 2 });
  const asked = { url: `${others.url}/told`, types: ['sale.confirmed'], description: markup, reason };
  await client.admin('POST', '/admin/subscriptions', asked);
  const made = await client.admin('POST', '/admin/credentials', { name: markup, preset: 'viewer', reason });
  const { issues } = (await client.admin('GET', '/admin/issues')).body as Json;
  for (const { id } of issues) {
    await client.admin('POST', `/admin/issues/${id}/acknowledge`, { note: markup });
    things.push(`#/issues/${id}`);
  }
  await client.admin('POST', '/admin/targets/erp/pause', { note: markup });
  const job = await client.admin('POST', '/admin/replays', { filter: { eventId: 'create-7001' }, reason });
  things.push(`#/credentials/${(made.body as Json).credential.id}`, `#/replays/${(job.body as Json).id}`);
}

beforeAll(async () => {
  [operator, browser] = await Promise.all([startOperatorRelay(), launchBrowser()]);
  await sendPoison();
  await writePoison();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await operator?.stop();
});

const visit = (page: Page, hash: string) => visitAddress(page, `${operator.relay.url}/${hash}`);

describe('markup in a webhook, and in what operators write', () => {
  it('is text wherever it is shown, and nothing of it runs', async () => {
    const { client, relay } = operator;
    const { page, faults } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    const ids = (await client.deliveries()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(3);
    const shownOn: string[] = [];
    for (const hash of [
      ...everyPage.map((each) => each.hash),
      ...things,
      ...ids.map((id) => `#/deliveries/${id}`),
      `#/deliveries?reason=${encodeURIComponent(markup)}`,
      `#/audit?actor=${encodeURIComponent(markup)}`,
      `#/sources/${encodeURIComponent(markup)}`,
    ]) {
      await visit(page, hash);
      expect(await page.locator('#planted').count(), hash).toBe(0);
      const text = (await page.locator('main').textContent()) ?? '';
      if (text.includes('<script>alert(2)</script>')) shownOn.push(hash);
    }
    await shoot(page, 'markup');
    // A page that shows none of it proves nothing; these do.
    expect(shownOn).toEqual(
      expect.arrayContaining([
        '#/audit',
        '#/credentials',
        '#/subscriptions',
        '#/targets',
        '#/replays',
        ...things,
      ]),
    );
    expect(shownOn.filter((hash) => hash.startsWith('#/deliveries/')).length).toBeGreaterThan(2);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('is text in the dialogs of acts', async () => {
    const { client, relay } = operator;
    const { page, faults } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    const [order] = await client.deliveries('orderingKey=order/666');
    await visit(page, `#/deliveries/${order?.id}`);
    await page.getByRole('button', { name: 'Edit and replay …' }).click();
    const input = page.getByRole('dialog').getByLabel('Input', { exact: true });
    await expect.poll(() => input.inputValue()).toContain('<script>');
    expect(await page.locator('#planted').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('would not run if it came into the page: the policy lets nothing but the own script', async () => {
    const response = await fetch(operator.relay.url, { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    const { page } = await openPage(browser, 'desk');
    await page.goto(operator.relay.url);
    const planted = "document.body.innerHTML = '<img src=x onerror=alert(1)>'";
    await expect(page.evaluate(planted)).rejects.toThrow(/TrustedHTML/);
    await page.context().close();
  });
});

type Told = { readonly path: string; readonly status: number; readonly text: string };

/** All that the relay answers to a page, as it comes. */
function listen(page: Page): Promise<Told>[] {
  const answers: Promise<Told>[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    const status = response.status();
    if (path.startsWith('/admin/'))
      answers.push(
        response.text().then(
          (text) => ({ path, status, text }),
          () => ({ path, status, text: '' }),
        ),
      );
  });
  return answers;
}

const narrowScopes = allScopes.filter((scope) => !wholeRelayScopes.includes(scope));

describe.each([
  ['that may only look', { preset: 'viewer' }],
  ['with every scope that can be narrowed', { scopes: narrowScopes }],
] as const)('a narrow credential %s', (_, may) => {
  it('is sent nothing outside its view on any page, and asks for nothing that would be refused', async () => {
    const { client, relay } = operator;
    const asked = { name: 'narrow', ...may, sources: ['smoke'], reason: 'a test' };
    const made = (await client.admin('POST', '/admin/credentials', asked)).body as Json;
    const others = (await client.deliveries('source=shopify')).map(({ id }) => `#/deliveries/${id}`);
    const { page, faults } = await openPage(browser, 'phone');
    const answers = listen(page);
    await signIn(page, relay.url, made.key);
    for (const { hash } of everyPage.filter(({ name }) => name !== 'source')) {
      await visit(page, hash);
      await expectAccessible(page);
    }
    await visit(page, '#/sources/smoke');
    for (const outside of [...things, ...others.slice(0, 3)]) await visitOutside(page, outside);
    await shoot(page, 'narrow');
    const told = await Promise.all(answers);
    expect(told.filter(({ status }) => status === 403)).toEqual([]);
    for (const { path, text } of told)
      expect(`${path}: ${text}`).not.toMatch(/shopify|woocommerce|dock|thin-shop|order\/|example\.com/);
    expect(told.some(({ path, text }) => path === '/admin/deliveries' && text.includes('smoke-1'))).toBe(
      true,
    );
    for (const name of ['Credentials', 'Audit', 'Alerts', 'Costs'])
      expect(await page.getByRole('link', { name, includeHidden: true }).count(), name).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

/** There is no such thing for it, or no such page. */
async function visitOutside(page: Page, hash: string): Promise<void> {
  await arrive(page, `${operator.relay.url}/${hash}`);
  await page
    .getByText(/There is nothing here|Your key may not see this/)
    .first()
    .waitFor();
}

describe('a relay that is killed while the dashboard is open', () => {
  it('is said to be away, what was known stays, and all goes on when it is back', async () => {
    const { relay } = operator;
    const { page } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    await visit(page, '#/deliveries');
    await page.getByRole('link', { name: /order\/666/ }).waitFor();
    process.kill(relay.runtimePid, 'SIGKILL');
    await page.getByText('The relay does not answer. What is shown may be old').waitFor();
    expect(await page.getByRole('link', { name: /order\/666/ }).count()).toBe(1);
    await expectAccessible(page);
    await shoot(page, 'away');
    await operator.restart();
    await page
      .getByText('The relay does not answer. What is shown may be old')
      .waitFor({ state: 'detached' });
    const now = Date.now();
    await createRelayClient(operator.relay).send('shopify', {
      topic: 'orders/create',
      id: 'create-777',
      payload: shopifyOrder({ id: 777, at: now }),
      now,
    });
    await page.getByRole('link', { name: /order\/777/ }).waitFor();
    await page.context().close();
  });
});
