// The deliveries' page over a journal of thousands: the reader scrolls, older pages come by themselves, only rows in sight are in the page,
// and what was read is every delivery once, in the relay's order.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillJournal } from '../../bench/lists/fill-journal.ts';
import { createSecrets } from '../../scripts/local/dev-vars.ts';
import { type LocalRelay, startLocalRelay } from '../../scripts/local-relay.ts';
import { launchBrowser, openPage, type Size, shoot, signIn } from './support/browser.ts';

const partitions = 8;
const deliveries = 3_000;
/** More would be in the page only if the list drew what is out of sight. */
const maxDrawnRows = 60;

const stateDir = mkdtempSync(join(tmpdir(), 'holdfast-long-list-'));
const secrets = createSecrets();
const start = () =>
  startLocalRelay({ stateDir, secrets, scheduleEveryMs: 0, variables: { PARTITIONS: String(partitions) } });

let relay: LocalRelay;
let browser: Browser;

beforeAll(async () => {
  // The first start makes the database.
  await (await start()).stop();
  await fillJournal(stateDir, { deliveries, partitions, now: Date.now(), spanMs: 4 * 3_600_000 });
  [relay, browser] = await Promise.all([start(), launchBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await relay?.stop();
  rmSync(stateDir, { recursive: true, force: true });
});

/** Every id in the order of the API's own pages, as large as they may be. */
async function allIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const response = await fetch(`${relay.url}/admin/deliveries?limit=200${cursor}`, {
      headers: { authorization: `Bearer ${relay.adminKey}` },
    });
    expect(response.status).toBe(200);
    const page = (await response.json()) as { deliveries: { id: string }[]; nextCursor: string | null };
    ids.push(...page.deliveries.map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

type Drawn = { readonly place: number; readonly id: string };

/** The rows in the page, by their places from 1. */
async function drawnRows(page: Page): Promise<readonly Drawn[]> {
  return (await page.evaluate(`[...document.querySelectorAll('.list li')].map((row) => ({
    place: Number(row.getAttribute('aria-posinset')),
    id: row.querySelector('a').getAttribute('href').split('/').at(-1),
  }))`)) as readonly Drawn[];
}

/** By less than what is drawn, so that no row is passed that was not. */
async function scrollOn(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const box = document.querySelector('.list');
    box.scrollTop += box.clientHeight * 1.6;
  })()`);
}

/** The box shows rows from its upper to its lower edge. */
async function isDrawn(page: Page): Promise<boolean> {
  return (await page.evaluate(`(() => {
    const box = document.querySelector('.list').getBoundingClientRect();
    const rows = [...document.querySelectorAll('.list li')].map((row) => row.getBoundingClientRect());
    const covers = (y) => rows.some(({ top, bottom }) => top <= y && y <= bottom);
    return covers(box.top + 2) && covers(box.bottom - 2);
  })()`)) as boolean;
}

describe.each<Size>(['desk', 'phone'])('thousands of deliveries at the size of a %s', (size) => {
  it('are scrolled through to the last, each once, in the order of the relay', async () => {
    const { page, faults } = await openPage(browser, size);
    await signIn(page, relay.url, relay.adminKey);
    await page.goto(`${relay.url}/#/deliveries`);
    await page.locator('.list li').first().waitFor();
    const wanted = await allIds();
    expect(wanted).toHaveLength(deliveries);
    const seen = new Map<number, string>();
    const look = async (): Promise<void> => {
      const rows = await drawnRows(page);
      expect(rows.length).toBeLessThan(maxDrawnRows);
      for (const { place, id } of rows) seen.set(place, id);
    };
    await look();
    while (seen.size < wanted.length) {
      const before = seen.size;
      const step = async (): Promise<number> => {
        await scrollOn(page);
        await expect.poll(() => isDrawn(page)).toBe(true);
        await look();
        return seen.size;
      };
      await expect.poll(step).toBeGreaterThan(before);
    }
    expect([...seen].sort(([a], [b]) => a - b).map(([, id]) => id)).toEqual(wanted);
    await shoot(page, `long-list-${size}`);
    expect(faults).toEqual([]);
    await page.context().close();
  }, 240_000);
});
