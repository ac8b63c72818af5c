// What operators do on the dashboard, in a real Chromium against a whole relay, at the size of a desk and of a phone: find what
// is wrong, look into it, mend it. axe looks at every page; a screenshot of each is kept in dist/screenshots.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayClient, type RelayClient } from '../../scripts/lib/relay-client.ts';
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
import { confirm, everyPage, visitTitled } from './support/operator.ts';
import { makeDeadLetters, placeOrder, untilCount } from './support/operator-relay.ts';
import { type PlainRelay, startPlainRelay } from './support/plain-relay.ts';

let relay: LocalRelay;
let client: RelayClient;
let browser: Browser;
let stop: PlainRelay['stop'];

beforeAll(async () => {
  ({ relay, browser, stop } = await startPlainRelay());
  client = createRelayClient(relay);
  await placeOrder(client, 1001);
  await untilCount(client, 'status=succeeded', 1);
}, 180_000);

afterAll(() => stop?.());

const visit = (page: Page, hash: string, title: string) => visitTitled(page, `${relay.url}/${hash}`, title);

/** In the list, by what it is about. */
async function openDelivery(page: Page, query: string): Promise<string> {
  const [first] = await client.deliveries(query);
  const id = first?.id ?? '';
  await visit(page, `#/deliveries/${id}`, id);
  return id;
}

describe.each(Object.keys(sizes) as Size[])('at the size of a %s', (size) => {
  /** Each size has orders of its own. */
  const first = size === 'desk' ? 2000 : 6000;

  beforeAll(() => makeDeadLetters({ client, firstId: first + 1, count: 3 }), 60_000);

  it('refuses a wrong key, and opens with a good one that ends with the tab', async () => {
    const { page, faults } = await openPage(browser, size);
    await page.goto(relay.url);
    await page.getByLabel('Admin key or credential').fill('hf_wrong');
    await page.getByRole('button', { name: 'Open the dashboard' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('does not take this key');
    await expectAccessible(page);
    await shoot(page, `key-${size}`);
    await signIn(page, relay.url, relay.adminKey);
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('hf_');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin key or credential').waitFor();
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain('hf_');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('shows every page without a violation, in %s', async (scheme) => {
    const { page, faults } = await openPage(browser, size, scheme);
    await signIn(page, relay.url, relay.adminKey);
    for (const { name, hash, title } of everyPage) {
      await visit(page, hash, title);
      await shoot(page, `${name}-${size}-${scheme}`);
      await expectAccessible(page);
      await expectNoSideways(page);
    }
    await openDelivery(page, 'status=succeeded&source=shopify');
    await shoot(page, `story-${size}-${scheme}`);
    await expectAccessible(page);
    await expectNoSideways(page);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('leads from the overview to the story of a dead letter, and searches', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    await page.getByRole('link', { name: 'not_granted' }).first().click();
    await page.waitForURL(/reason=not_granted/);
    await page
      .getByRole('link', { name: /order\// })
      .first()
      .click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await page.goto(`${relay.url}/#/deliveries?orderingKey=order/1001`);
    await page
      .getByRole('link', { name: /order\/1001/ })
      .first()
      .waitFor();
    expect(await page.getByLabel('Ordering key').inputValue()).toBe('order/1001');
    await page.context().close();
  });

  it('replays one, which then succeeds', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    const id = await openDelivery(page, `status=dead_lettered&eventId=create-${first + 1}`);
    await page.getByRole('button', { name: 'Replay …', exact: true }).click();
    await shoot(page, `replay-${size}`);
    await expectAccessible(page);
    await confirm(page, 'Replay', 'granted again');
    await page.getByText(`admin_key: granted again`).waitFor();
    await page.locator('.lead').getByText('succeeded').waitFor();
    expect((await client.admin('GET', `/admin/deliveries/${id}`)).body).toMatchObject({ status: 'resolved' });
    await page.context().close();
  });

  it('checks an edited input against the schema, and sends only what is good', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    await openDelivery(page, `status=dead_lettered&eventId=create-${first + 2}`);
    await page.getByRole('button', { name: 'Edit and replay …' }).click();
    const dialog = page.getByRole('dialog');
    const input = dialog.getByLabel('Input', { exact: true });
    await dialog.getByText('It would').waitFor();
    const good = await input.inputValue();
    await input.fill(good.replace(/"quantity": \d+/, '"quantity": 0'));
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('button', { name: 'Replay with this input' }).isDisabled()).toBe(true);
    await shoot(page, `edit-${size}`);
    await expectAccessible(page);
    await input.fill(good.replace('Ada Tide', 'Ada Lovelace'));
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByText('Checked: it can be sent.').waitFor();
    await dialog.getByText('would be the first to change the ERP; it was not sent').waitFor();
    await expectAccessible(page);
    await shoot(page, `dry-run-${size}`);
    await dialog.getByLabel('Reason, for the audit').fill('the name was wrong');
    await dialog.getByRole('button', { name: 'Replay with this input' }).click();
    await page.locator('.lead').getByText('succeeded').waitFor();
    await page.context().close();
  });

  it('skips a dead letter with a note that the audit shows', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    await openDelivery(page, `status=dead_lettered&eventId=create-${first + 3}`);
    await page.getByRole('button', { name: 'Skip …' }).click();
    await confirm(page, 'Skip', `a test order on a ${size}`);
    await page.locator('.lead').getByText('resolved').waitFor();
    await visit(page, '#/audit', 'Audit');
    await page.getByText(`a test order on a ${size}`).waitFor();
    await page.context().close();
  });

  it('pauses and resumes a target, and opens and closes its circuit', async () => {
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    await visit(page, '#/targets', 'Targets');
    const acts = page.getByRole('group', { name: 'Acts on erp' });
    for (const [name, then] of [
      ['Pause', 'Resume'],
      ['Resume', 'Pause'],
      ['Open the circuit', 'Close the circuit'],
      ['Close the circuit', 'Open the circuit'],
    ] as const) {
      await acts.getByRole('button', { name: `${name} …` }).click();
      await confirm(page, name, 'month-end close');
      await acts.getByRole('button', { name: `${then} …` }).waitFor();
    }
    await page.context().close();
  });

  it('clears forty dead letters of one cause by mouse, well within two minutes', async () => {
    await makeDeadLetters({ client, firstId: first + 101, count: 40 });
    const { page } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    const startedAt = Date.now();
    await page.getByRole('link', { name: 'not_granted' }).first().click();
    await page.getByRole('button', { name: 'Replay all that match …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason, for the audit').fill('granted again');
    await shoot(page, `bulk-plan-${size}`);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: /^Replay: \d+$/ }).click();
    await dialog.getByRole('progressbar').waitFor();
    await shoot(page, `bulk-runs-${size}`);
    await dialog.getByText('They run now').waitFor({ timeout: 60_000 });
    await shoot(page, `bulk-done-${size}`);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('No delivery matches').waitFor({ timeout: 60_000 });
    expect(Date.now() - startedAt).toBeLessThan(120_000);
    await page.context().close();
  }, 180_000);
});

describe('what is done once', () => {
  it('acknowledges an alert with a note', async () => {
    const { page } = await openPage(browser, 'desk');
    await makeDeadLetters({ client, firstId: 9001, count: 1 });
    await signIn(page, relay.url, relay.adminKey);
    await visit(page, '#/alerts', 'Alerts');
    const card = page.getByRole('listitem').filter({ hasText: 'Deliveries are dead letters' }).first();
    await card.getByRole('button', { name: 'Acknowledge …' }).click();
    await confirm(page, 'Acknowledge', 'the supplier knows');
    await page.getByText('looks after it: the supplier knows').waitFor();
    await page.context().close();
  });

  it('waits for the first webhook of a source, turns green with it, and shows what was refused', async () => {
    const { page } = await openPage(browser, 'phone');
    await signIn(page, relay.url, relay.adminKey);
    await visit(page, '#/sources/smoke', 'smoke');
    await page.locator('.copy').getByText(`${relay.url}/hooks/smoke`).waitFor();
    await page.getByText('Waiting for the first webhook').waitFor();
    const signing = { topic: 'smoke.sent', id: 'smoke-1', payload: { note: 'hello' }, now: Date.now() };
    const signed = client.sign('smoke', signing);
    expect((await client.post('smoke', { ...signed, body: `${signed.body} ` })).status).toBe(401);
    await page.getByRole('heading', { name: 'Requests that were refused' }).waitFor();
    await client.send('smoke', signing);
    await page.getByText('It works').waitFor();
    await expectAccessible(page);
    await shoot(page, 'set-up');
    await page.context().close();
  });
});
