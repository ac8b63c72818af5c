// The live tail on the deliveries page and the chart of the overview, in a real Chromium against a whole relay: changes appear without asking, the reader keeps the
// place, and a relay that is killed is said to be away and followed again when it is back.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, type RelayClient, until } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import {
  expectAccessible,
  expectNoSideways,
  launchBrowser,
  openPage,
  type Size,
  shoot,
  signIn,
  sizes,
} from './support/browser.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-tail-page-'));
const secrets = createSecrets();
let relay: LocalRelay;
let client: RelayClient;
let browser: Browser;
let nextOrder = 100;

async function start(port?: number): Promise<void> {
  relay = await startLocalRelay({
    stateDir,
    secrets,
    scheduleEveryMs: 0,
    ...(port === undefined ? {} : { port }),
  });
  client = createRelayClient(relay);
}

async function placeOrders(count: number): Promise<readonly number[]> {
  const ids = Array.from({ length: count }, () => nextOrder++);
  for (const id of ids) {
    const now = Date.now();
    const payload = shopifyOrder({ id, at: now, email: 'ada@example.com' });
    const sent = await client.send('shopify', { topic: 'orders/create', id: `create-${id}`, payload, now });
    expect(sent.status).toBe(202);
  }
  return ids;
}

beforeAll(async () => {
  [, browser] = await Promise.all([start(), launchBrowser()]);
  await placeOrders(40);
  const done = async () => ((await client.deliveries('status=succeeded')).length >= 40 ? true : null);
  await until('forty orders', done, 60_000);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

const live = 'changes appear as they happen';
const row = (page: Page, id: number) => page.getByRole('link', { name: new RegExp(`order/${id} `) });

async function openDeliveries(size: Size, query = '') {
  const { page, faults } = await openPage(browser, size);
  /** Lists that were asked for. */
  const lists: string[] = [];
  await signIn(page, relay.url, relay.adminKey);
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/admin/deliveries') lists.push(request.url());
  });
  await page.goto(`${relay.url}/#/deliveries${query}`);
  await page.getByText(live).waitFor();
  return { page, faults, lists };
}

describe.each(Object.keys(sizes) as Size[])('the deliveries page at the size of a %s', (size) => {
  it('shows what changes at once, and asks for no list meanwhile', async () => {
    const { page, faults, lists } = await openDeliveries(size);
    await expect.poll(() => page.locator('.loading').count(), { timeout: 10_000 }).toBe(0);
    // The answer to the list that is read when the tail begins.
    await expect.poll(() => page.getByRole('link', { name: /order\// }).count()).toBeGreaterThan(5);
    await page.waitForLoadState('networkidle');
    const before = lists.length;
    const [id = 0] = await placeOrders(1);
    await row(page, id).getByText('succeeded').waitFor();
    expect(lists.length).toBe(before);
    await shoot(page, `tail-${size}`);
    await expectAccessible(page);
    await expectNoSideways(page);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('keeps the place of who reads further down', async () => {
    const { page } = await openDeliveries(size);
    const list = page.getByRole('region', { name: 'Deliveries' });
    await expect.poll(() => page.getByRole('link', { name: /order\// }).count()).toBeGreaterThan(5);
    await list.evaluate('(box) => { box.scrollTop = 700; }');
    const seen = () =>
      list.evaluate(
        `(box) => { const top = box.getBoundingClientRect().top;
          const rows = [...box.querySelectorAll('a')].filter((each) => each.getBoundingClientRect().bottom > top + 5);
          rows.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
          return rows[0].textContent.match(/order\\/\\d+/)[0] + ' ' + Math.round(rows[0].getBoundingClientRect().top - top); }`,
      );
    const total = () => list.evaluate((box) => (box as { scrollHeight: number }).scrollHeight);
    const [place, height] = [await seen(), await total()];
    await placeOrders(3);
    await expect.poll(total, { timeout: 15_000 }).toBeGreaterThan(height);
    expect(await seen()).toBe(place);
    await page.context().close();
  });

  it('is switched off and on, by the address too', async () => {
    const { page } = await openDeliveries(size);
    const button = page.getByRole('checkbox', { name: 'Live' });
    await button.uncheck();
    await page.waitForURL(/live=off/);
    await page.getByText('asked again every 4 s').waitFor();
    await expectAccessible(page);
    await button.check();
    await page.getByText(live).waitFor();
    expect(page.url()).not.toContain('live=off');
    await page.context().close();
  });
});

it('draws the traffic of the overview, has it as a table too, and looks at the time the address names', async () => {
  const { page, faults } = await openPage(browser, 'desk');
  await signIn(page, relay.url, relay.adminKey);
  const traffic = page.getByRole('region', { name: 'Traffic over time' });
  await traffic.locator('canvas').waitFor();
  await traffic.getByText('As a table').click();
  await traffic.getByRole('columnheader', { name: 'Delivered' }).waitFor();
  await page.getByLabel('The last').selectOption({ label: '15 minutes' });
  await page.waitForURL(/window=15/);
  await traffic.getByText('in 15 min').waitFor();
  await expectNoSideways(page);
  await expectAccessible(page);
  await shoot(page, 'traffic');
  expect(faults).toEqual([]);
  await page.context().close();
});

it('takes out of a filtered list what no longer matches', async () => {
  await client.admin('PUT', '/admin/sources/shopify/grants', { grants: [], reason: 'a test' });
  const dead = async () => {
    await placeOrders(1);
    return (await client.deliveries('status=dead_lettered')).length > 0 ? true : null;
  };
  await until('a dead letter', dead, 30_000);
  const { page } = await openDeliveries('desk', '?status=dead_lettered');
  const [letter] = await client.deliveries('status=dead_lettered');
  const link = page.locator(`a[href="#/deliveries/${letter?.id}"]`);
  await link.waitFor();
  await client.admin('POST', `/admin/deliveries/${letter?.id}/skip`, { note: 'a test' });
  await link.waitFor({ state: 'detached' });
  await client.admin('PUT', '/admin/sources/shopify/grants', { grants: null, reason: 'a test' });
  await page.context().close();
});

it('says that a killed relay is away, and follows it again when it is back', async () => {
  const { page } = await openDeliveries('phone');
  const { port } = new URL(relay.url);
  process.kill(relay.runtimePid, 'SIGKILL');
  await page.getByText('The relay does not answer. What is shown may be old').waitFor();
  await page.getByText('not connected').waitFor();
  expect(await page.getByRole('link', { name: /order\// }).count()).toBeGreaterThan(3);
  await shoot(page, 'tail-away');
  await expectAccessible(page);
  await relay.stop();
  await start(Number(port));
  await page.getByText(live).waitFor({ timeout: 40_000 });
  await page.getByText('The relay does not answer').waitFor({ state: 'detached' });
  const [id = 0] = await placeOrders(1);
  await row(page, id).getByText('succeeded').waitFor();
  await page.context().close();
});
