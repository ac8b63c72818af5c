// What stands on each page where there is nothing, not yet, or no answer: every state is designed, said in words, and without a
// violation at the size of a desk and of a phone.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { arrive, everyPage, visit } from './support/operator.ts';
import { type PlainRelay, startPlainRelay } from './support/plain-relay.ts';

let relay: LocalRelay;
let browser: Browser;
let stop: PlainRelay['stop'];

beforeAll(async () => {
  ({ relay, browser, stop } = await startPlainRelay());
}, 180_000);

afterAll(() => stop?.());

/** Where nothing was ever done or sent, each says so. */
const emptiness: readonly (readonly [string, string])[] = [
  ['#/issues', 'No issue is in this state.'],
  ['#/alerts', 'No alert is open.'],
  ['#/lines', 'Every line moves.'],
  ['#/deliveries', 'No delivery matches.'],
  ['#/replays', 'None was started'],
  ['#/intakes', 'None has work left.'],
  ['#/reconciliation', "No source you see names its sender's list"],
  ['#/sources/shopify', 'Waiting for the first webhook'],
  ['#/targets/erp', 'None: every answer has its shape.'],
  ['#/subscriptions', 'Nobody is told of anything yet.'],
  ['#/credentials', 'There is none but the bootstrap key.'],
  ['#/audit', 'Nobody has done anything yet.'],
  ['#/costs', 'No event was claimed'],
];

describe.each(Object.keys(sizes) as Size[])('at the size of a %s', (size) => {
  it('each page says that there is nothing yet', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    for (const [hash, text] of emptiness) {
      await visit(page, `${relay.url}/${hash}`);
      await page.getByText(text).first().waitFor();
      await expectAccessible(page);
      await expectNoSideways(page);
      await shoot(page, `empty-${hash.slice(2).replaceAll('/', '-')}-${size}`);
    }
    await page.context().close();
  });

  it('each page says that it is loading, and then that it could not be had, and tries again', async () => {
    const { page } = await openPage(browser, size, 'dark');
    await signIn(page, relay.url, relay.adminKey);
    for (const { name, hash } of everyPage) await meetFailure(page, { name, hash, size });
    await page.context().close();
  });
});

type Place = { readonly name: string; readonly hash: string; readonly size: Size };

/** Answers come when they are let through; then they are refusals, then the relay's own. */
async function meetFailure(page: Page, { name, hash, size }: Place): Promise<void> {
  let letThrough = (): void => {};
  const held = new Promise<void>((resolve) => {
    letThrough = resolve;
  });
  const problem = {
    code: 'sequencer_unavailable',
    title: 'A sequencer does not answer',
    detail: 'try later',
  };
  await page.route(/\/(admin|readyz)/, async (route) => {
    if (route.request().url().endsWith('/admin/me')) return route.continue();
    await held;
    return route.fulfill({ status: 503, contentType: 'application/problem+json', json: problem });
  });
  // Another page between, so that this one is asked for anew.
  await arrive(page, `${relay.url}/#/nowhere`);
  await arrive(page, `${relay.url}/${hash}`);
  await page.locator('.loading').first().waitFor();
  await expectAccessible(page);
  if (name === 'issues') await shoot(page, `loading-${size}`);
  letThrough();
  await page.getByRole('alert').getByText('A sequencer does not answer').first().waitFor();
  await expectAccessible(page);
  await expectNoSideways(page);
  await shoot(page, `failed-${name}-${size}`);
  await page.unroute(/\/(admin|readyz)/);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await expect.poll(() => page.getByText('A sequencer does not answer').count(), { timeout: 15_000 }).toBe(0);
}
