// The dashboard without a mouse: every page is walked with Tab, and every act on it is opened with Enter and left with Escape. What
// has the focus is always seen, a dialog keeps it, and it goes back to where it came from.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, signIn } from './support/browser.ts';
import { everyPage, visit } from './support/operator.ts';
import {
  makeDeadLetters,
  type OperatorRelay,
  placeOrder,
  startOperatorRelay,
  untilCount,
} from './support/operator-relay.ts';

let operator: OperatorRelay;
let browser: Browser;
let page: Page;
/** Of single things, that are made first. */
const things: string[] = [];

beforeAll(async () => {
  [operator, browser] = await Promise.all([startOperatorRelay(), launchBrowser()]);
  const { client, others, relay } = operator;
  await placeOrder(client, 1001);
  await untilCount(client, 'status=succeeded&eventId=create-1001', 1);
  await makeDeadLetters({ client, firstId: 2001, count: 1 });
  const reason = 'a test';
  const subscription = { url: `${others.url}/told`, types: ['sale.confirmed'], reason };
  await client.admin('POST', '/admin/subscriptions', subscription);
  const made = await client.admin('POST', '/admin/credentials', { name: 'till', preset: 'viewer', reason });
  const { issues } = (await client.admin('GET', '/admin/issues')).body as { issues: { id: string }[] };
  const { credential } = made.body as { credential: { id: string } };
  const [dead] = await client.deliveries('status=dead_lettered');
  things.push(`#/issues/${issues[0]?.id}`, `#/credentials/${credential.id}`, `#/deliveries/${dead?.id}`);
  ({ page } = await openPage(browser, 'desk'));
  await signIn(page, relay.url, relay.adminKey);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await operator?.stop();
});

type Focused = { readonly name: string; readonly isSeen: boolean; readonly isIn: boolean };

// These run in the page, so they are text: the tests' own types know no DOM.

/** What has the focus, whether its outline is drawn, and whether it is on the screen. */
const focusedScript = `(() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const text = element.getAttribute('aria-label') ?? element.textContent.slice(0, 40);
  return {
    name: element.tagName + ' ' + text,
    isSeen: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
    isIn: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
  };
})()`;

/** All that a mouse could use, as far as it is shown. */
const usableScript = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0).length`;

/** To the first of all, with no mark on any. */
const startScript = `(() => {
  for (const each of document.querySelectorAll('[data-walked]')) delete each.dataset.walked;
  document.querySelector('.skip').focus();
  document.activeElement.dataset.walked = '';
})()`;

/** Marks what has the focus; false: it came there before, or nothing has it. */
const markScript = `(() => {
  const element = document.activeElement;
  if (element === document.body || element.dataset.walked !== undefined) return false;
  element.dataset.walked = '';
  return true;
})()`;

const focused = (): Promise<Focused> => page.evaluate(focusedScript);

type Walk = { readonly count: number; readonly unseen: readonly string[] };

async function tabThrough(): Promise<Walk> {
  const unseen: string[] = [];
  await page.evaluate(startScript);
  for (let count = 1; count < 400; count += 1) {
    await page.keyboard.press('Tab');
    if (!(await page.evaluate(markScript))) return { count, unseen };
    const at = await focused();
    if (!at.isSeen || !at.isIn) unseen.push(at.name);
  }
  return { count: 400, unseen };
}

const walked = () => [...everyPage.map(({ hash }) => hash as string), ...things];

describe('by keyboard alone', () => {
  it('every link, field and button of every page is reached with Tab, and seen when it is', async () => {
    for (const hash of walked()) {
      await visit(page, `${operator.relay.url}/${hash}`);
      // What changes by itself would be a new element; nothing does while nothing happens.
      const { count, unseen } = await tabThrough();
      expect(unseen, hash).toEqual([]);
      expect(count, hash).toBeGreaterThanOrEqual(await page.evaluate(usableScript));
    }
  });

  it('every act opens with Enter, keeps the focus, closes with Escape, and gives the focus back', async () => {
    const opened: string[] = [];
    for (const hash of walked()) {
      await visit(page, `${operator.relay.url}/${hash}`);
      const acts = page.locator('main button', { hasText: /…$/ });
      for (let index = 0; index < (await acts.count()); index += 1) {
        const act = acts.nth(index);
        const name = `${hash} ${await act.textContent()}`;
        await act.focus();
        const before = (await focused()).name;
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog');
        await dialog.waitFor();
        // What it has to ask for first is there: an act, and the way out.
        await expect.poll(() => dialog.getByRole('button').count()).toBeGreaterThanOrEqual(2);
        const isInside = () =>
          page.evaluate<boolean>("document.querySelector('dialog').contains(document.activeElement)");
        for (let step = 0; step < 3; step += 1) {
          expect(await isInside(), name).toBe(true);
          expect((await focused()).isSeen, name).toBe(true);
          await page.keyboard.press('Tab');
        }
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        expect((await focused()).name, name).toBe(before);
        opened.push(name);
      }
    }
    expect(opened.length).toBeGreaterThan(25);
  });

  it('an act is done from its button to its end, and where its button is gone the focus is on the page', async () => {
    await visit(page, `${operator.relay.url}/#/targets/erp`);
    await page.getByRole('button', { name: 'Pause …' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('month-end close');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Resume …' }).waitFor();
    await page.getByText('Done: Pause.').waitFor();
    expect((await focused()).name).toBe('BUTTON Resume …');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('done');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pause …' }).waitFor();
  });

  it('the focus is given back at once, however late the next frame is', async () => {
    const { page: slow } = await openPage(browser, 'desk');
    await signIn(slow, operator.relay.url, operator.relay.adminKey);
    await visit(slow, `${operator.relay.url}/#/targets/erp`);
    // From here on no frame and no timer comes: what is put off does not happen.
    await slow.clock.install();
    await slow.clock.pauseAt(Date.now() + 60_000);
    const name = () => slow.evaluate<string>('document.activeElement.textContent');
    for (const act of ['Release what is held …', 'Pause …']) {
      await slow.getByRole('button', { name: act }).focus();
      await slow.keyboard.press('Enter');
      await slow.getByRole('dialog').waitFor();
      await slow.keyboard.press('Escape');
      await slow.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await name()).toBe(act);
    }
    await slow.getByRole('button', { name: 'Pause …' }).click();
    await slow.getByRole('button', { name: 'Leave it' }).click();
    await slow.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await name()).toBe('Pause …');
    await slow.context().close();
  });

  it('the menu of a phone opens and shuts, and leads to a page', async () => {
    const { page: phone } = await openPage(browser, 'phone');
    await signIn(phone, operator.relay.url, operator.relay.adminKey);
    expect(await phone.getByRole('link', { name: 'Secrets' }).isVisible()).toBe(false);
    await phone.getByRole('button', { name: 'Menu' }).focus();
    await phone.keyboard.press('Enter');
    await phone.getByRole('link', { name: 'Secrets' }).focus();
    await phone.keyboard.press('Enter');
    await phone.getByRole('heading', { name: 'Secrets', level: 1 }).waitFor();
    expect(await phone.getByRole('link', { name: 'Secrets' }).isVisible()).toBe(false);
    await phone.context().close();
  });
});
