// The pages at /docs in a real Chromium: their policy refuses nothing they need, axe finds nothing, a phone does not scroll sideways. And the
// picture of the dashboard that README.md shows: dist/screenshots/readme.png, copied to docs/images/dashboard.png when it is to change.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postAll, shopEvents } from '../../scripts/lib/order-run.ts';
import { createErpClient, createRelayClient, until, untilQuiet } from '../../scripts/lib/relay-client.ts';
import type { LocalRelay } from '../../scripts/local-relay.ts';
import {
  expectAccessible,
  expectNoSideways,
  openPage,
  type Size,
  shoot,
  signIn,
  sizes,
} from './support/browser.ts';
import { type PlainRelay, startPlainRelay } from './support/plain-relay.ts';

const repository = resolve(import.meta.dirname, '../..');
let relay: LocalRelay;
let browser: Browser;
let stop: PlainRelay['stop'];

beforeAll(async () => {
  ({ relay, browser, stop } = await startPlainRelay());
}, 180_000);

afterAll(() => stop?.());

const pages = [
  '/docs',
  '/docs/concepts',
  '/docs/quick-start',
  '/docs/guides/replaying',
  '/docs/reference/variables',
];

describe.each(Object.keys(sizes) as Size[])('on a %s', (size) => {
  it.each(pages)('%s is read without a fault', async (path) => {
    const { page, faults } = await openPage(browser, size, size === 'phone' ? 'dark' : 'light');
    await page.goto(`${relay.url}${path}`);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
    await expectAccessible(page);
    await expectNoSideways(page);
    await shoot(page, `docs-${path.split('/').at(-1)}-${size}`);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

it('the index leads to a page, and that page to the next', async () => {
  const { page } = await openPage(browser, 'desk');
  await page.goto(`${relay.url}/docs`);
  await page.getByRole('main').getByRole('link', { name: 'Quick start' }).click();
  await page.getByRole('main').getByRole('link', { name: 'concepts', exact: true }).click();
  await page.waitForURL('**/docs/concepts');
  const picture = page.getByRole('main').getByRole('img');
  const width = () =>
    picture.evaluate((image) => (image as unknown as { readonly naturalWidth: number }).naturalWidth);
  await expect.poll(width).toBeGreaterThan(100);
  await page.context().close();
});

describe('the picture in README.md', () => {
  it('is of a relay that has something to tell', async () => {
    const client = createRelayClient(relay);
    await createErpClient(relay.erpUrl).setFaults({ errorRate: 0.15, seed: 4 });
    const events = shopEvents({ orders: 24, now: Date.now() });
    await postAll(client, events, { concurrency: 4 });
    for (const id of ['r-1', 'r-2', 'r-3']) {
      const payload = { receipt_id: id, purchase_order: null, warehouse: 'MAIN', sequence: 1, lines: [] };
      await client.send('warehouse', { topic: 'receipt.completed', id, payload, now: Date.now() });
    }
    await untilQuiet(client, 60_000);
    await until(
      'a dead letter',
      async () => ((await client.deliveries('status=dead_lettered')).length === 3 ? true : null),
      20_000,
    );
    const { page, faults } = await openPage(browser, 'desk');
    await signIn(page, relay.url, relay.adminKey);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByText('Loading').first().waitFor({ state: 'detached' });
    await shoot(page, 'readme');
    expect(faults).toEqual([]);
    await page.context().close();
  }, 150_000);

  it('is small enough to be loaded with the page', () => {
    const bytes = readFileSync(join(repository, 'docs/images/dashboard.png'));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThan(200 * 1024);
  });
});
