// What an operator does on any page of the dashboard, for the browser tests: goes there, waits until it has loaded, confirms an
// act. And the list of all pages, so that none is left out of what holds for every page.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Of every list; pages of single things are added by the tests that have made them. */
export const everyPage = [
  { name: 'overview', hash: '#/', title: 'Overview' },
  { name: 'issues', hash: '#/issues', title: 'Issues' },
  { name: 'alerts', hash: '#/alerts', title: 'Alerts' },
  { name: 'lines', hash: '#/lines', title: 'Blocked lines' },
  { name: 'deliveries', hash: '#/deliveries', title: 'Deliveries' },
  { name: 'replays', hash: '#/replays', title: 'Bulk jobs' },
  { name: 'intakes', hash: '#/intakes', title: 'Intakes' },
  { name: 'reconciliation', hash: '#/reconciliation', title: 'Reconciliation' },
  { name: 'sources', hash: '#/sources', title: 'Sources' },
  { name: 'source', hash: '#/sources/shopify', title: 'shopify' },
  { name: 'targets', hash: '#/targets', title: 'Targets' },
  { name: 'target', hash: '#/targets/erp', title: 'erp' },
  { name: 'subscriptions', hash: '#/subscriptions', title: 'Subscriptions' },
  { name: 'credentials', hash: '#/credentials', title: 'Credentials' },
  { name: 'secrets', hash: '#/secrets', title: 'Secrets' },
  { name: 'audit', hash: '#/audit', title: 'Audit' },
  { name: 'costs', hash: '#/costs', title: 'Costs' },
] as const;

/** As the tab of the browser is called there: by what is shown, or by the page it is in. */
function nameOf(address: string): string {
  const [path = '', id] = (new URL(address).hash.split('?')[0] ?? '').replace(/^#\//, '').split(/\/(.*)/s);
  if (id !== undefined) return decodeURIComponent(id);
  return everyPage.find(({ hash }) => hash === `#/${path}`)?.title ?? 'Nothing here';
}

/** Any page, whatever it has to say: it is there in place of the one before. */
export async function arrive(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await expect.poll(() => page.title()).toBe(`${nameOf(address)} · Holdfast`);
}

/** Any page: it is there, and nothing of it is still asked for. */
export async function visit(page: Page, address: string): Promise<void> {
  await arrive(page, address);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await expect.poll(() => page.locator('.loading').count(), { timeout: 15_000 }).toBe(0);
}

/** One that is known by its heading: the one before may still be there for a moment. */
export async function visitTitled(page: Page, address: string, title: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('heading', { name: title, level: 1, exact: true }).waitFor();
  await expect.poll(() => page.locator('.loading').count(), { timeout: 15_000 }).toBe(0);
}

/** In the dialog that is open: the note, then the act. It closes when the relay has done it. */
export async function confirm(page: Page, name: string, note: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Note for the audit').fill(note);
  await dialog.getByRole('button', { name, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}
