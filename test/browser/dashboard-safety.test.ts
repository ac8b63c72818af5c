// What the dashboard may not do: run what a webhook holds, show what a key may not see, or go silent when the relay is away.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { expectAccessible, launchBrowser, openPage, shoot, signIn } from './support/browser.ts';
import { everyPage, visit as visitAddress } from './support/operator.ts';

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'><b id=planted>';
const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-dashboard-'));
const secrets = createSecrets();
let relay: LocalRelay;
let client: RelayClient;
let browser: Browser;

/** Every text of it, and every name of a field that is added, is markup; what makes it an order stays. */
function poison(value: unknown): unknown {
  if (typeof value === 'string') return /^[\d.]+$|^\d{4}-\d\d-\d\dT|^EUR$/.test(value) ? value : markup;
  if (Array.isArray(value)) return value.map(poison);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, poison(each)]));
}

async function sendPoison(): Promise<void> {
  const now = Date.now();
  const order = shopifyOrder({ id: 666, at: now });
  const payload = { ...(poison(order) as object), [markup]: markup };
  await client.send('shopify', { topic: 'orders/create', id: `<b id=planted>${now}`, payload, now });
  await client.send('smoke', {
    topic: markup,
    id: `<i id=planted>${now}`,
    payload: { note: markup, [markup]: markup },
    now,
  });
  await client.send('smoke', { topic: 'smoke.sent', id: 'smoke-1', payload: { note: markup }, now });
  await until(
    'the order to settle',
    async () =>
      (await client.deliveries('orderingKey=order/666&status=succeeded,dead_lettered')).length > 0
        ? true
        : null,
    30_000,
  );
}

beforeAll(async () => {
  [relay, browser] = await Promise.all([
    startLocalRelay({ stateDir, secrets, scheduleEveryMs: 0 }),
    launchBrowser(),
  ]);
  client = createRelayClient(relay);
  await sendPoison();
});

afterAll(async () => {
  await browser?.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const visit = (page: Page, hash: string) => visitAddress(page, `${relay.url}/${hash}`);

describe('markup in a webhook', () => {
  it('is text wherever it is shown, and nothing of it runs', async () => {
    const { page, faults } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    const ids = (await client.deliveries()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    for (const hash of [
      ...everyPage.map(({ hash }) => hash),
      ...ids.map((id) => `#/deliveries/${id}`),
      `#/deliveries?reason=${encodeURIComponent(markup)}`,
    ]) {
      await visit(page, hash);
      expect(await page.locator('#planted').count()).toBe(0);
    }
    const [order] = await client.deliveries('orderingKey=order/666');
    await visit(page, `#/deliveries/${order?.id}`);
    expect(await page.locator('main').textContent()).toContain('<script>alert(2)</script>');
    await shoot(page, 'markup');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('would not run if it came into the page: the policy lets nothing but the own script', async () => {
    const response = await fetch(relay.url, { headers: { accept: 'text/html' } });
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain('unsafe');
    const { page } = await openPage(browser, 'desk');
    await page.goto(relay.url);
    const planted = "document.body.innerHTML = '<img src=x onerror=alert(1)>'";
    await expect(page.evaluate(planted)).rejects.toThrow(/TrustedHTML/);
    await page.context().close();
  });
});

describe('a narrow credential', () => {
  it('is sent nothing outside its view, and asks for nothing that would be refused', async () => {
    const made = await client.admin('POST', '/admin/credentials', {
      name: 'narrow',
      preset: 'viewer',
      sources: ['smoke'],
      reason: 'a test',
    });
    const { key } = made.body as { key: string };
    const { page } = await openPage(browser, 'phone');
    const answers: Promise<{ readonly path: string; readonly status: number; readonly text: string }>[] = [];
    page.on('response', (response) => {
      const path = new URL(response.url()).pathname;
      if (path.startsWith('/admin/'))
        answers.push(
          response.text().then(
            (text) => ({ path, status: response.status(), text }),
            () => ({ path, status: response.status(), text: '' }),
          ),
        );
    });
    await signIn(page, relay.url, key);
    const others = (await client.deliveries('source=shopify')).map(({ id }) => `#/deliveries/${id}`);
    for (const { hash } of everyPage.filter(({ name }) => name !== 'source')) await visit(page, hash);
    await visit(page, '#/sources/smoke');
    await visit(page, others[0] ?? '');
    await page.getByText('There is nothing here').waitFor();
    await expectAccessible(page);
    await shoot(page, 'narrow');
    const told = await Promise.all(answers);
    expect(told.filter(({ status }) => status === 403)).toEqual([]);
    for (const { path, text } of told)
      expect(`${path}: ${text}`).not.toMatch(/shopify|order\/666|example\.com/);
    expect(told.some(({ path, text }) => path === '/admin/deliveries' && text.includes('smoke-1'))).toBe(
      true,
    );
    expect(await page.getByRole('link', { name: 'Credentials' }).count()).toBe(0);
    await page.context().close();
  });
});

describe('a relay that is killed while the dashboard is open', () => {
  it('is said to be away, what was known stays, and all goes on when it is back', async () => {
    const { page } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    await visit(page, '#/deliveries');
    await page.getByRole('link', { name: /order\/666/ }).waitFor();
    process.kill(relay.runtimePid, 'SIGKILL');
    await page.getByText('The relay does not answer. What is shown may be old').waitFor();
    expect(await page.getByRole('link', { name: /order\/666/ }).count()).toBe(1);
    await expectAccessible(page);
    await shoot(page, 'away');
    await relay.stop();
    relay = await startLocalRelay({
      stateDir,
      secrets,
      port: Number(new URL(relay.url).port),
      scheduleEveryMs: 0,
    });
    await page
      .getByText('The relay does not answer. What is shown may be old')
      .waitFor({ state: 'detached' });
    const now = Date.now();
    await createRelayClient(relay).send('shopify', {
      topic: 'orders/create',
      id: 'create-777',
      payload: shopifyOrder({ id: 777, at: now }),
      now,
    });
    await page.getByRole('link', { name: /order\/777/ }).waitFor();
    await page.context().close();
  });
});
