// What is done from the pages of issues, lines, sources, targets, subscriptions, credentials, secrets, the audit and bulk jobs, in
// a real Chromium against a whole relay: each act is confirmed in its dialog, and the relay's own word says that it was done.

import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createErpClient } from '../../scripts/lib/relay-client.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { signedArrivals, signedNotice } from '../support/batch-senders.ts';
import { expectAccessible, launchBrowser, openPage, shoot, signIn } from './support/browser.ts';
import { confirm, visitTitled } from './support/operator.ts';
import {
  makeDeadLetters,
  type OperatorRelay,
  placeOrder,
  startOperatorRelay,
  untilCount,
} from './support/operator-relay.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
type Json = any;

let operator: OperatorRelay;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [operator, browser] = await Promise.all([startOperatorRelay(), launchBrowser()]);
  ({ page } = await openPage(browser, 'desk'));
  await signIn(page, operator.relay.url, operator.relay.adminKey);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await operator?.stop();
});

const visit = (hash: string, title: string) => visitTitled(page, `${operator.relay.url}/${hash}`, title);
const admin = async (method: string, path: string, body?: unknown): Promise<Json> =>
  (await operator.client.admin(method, path, body)).body;

/** From its button to the end of its dialog. */
async function act(name: string, note: string, { of }: { readonly of?: string } = {}): Promise<void> {
  const button = of === undefined ? `${name} …` : `${name} ${of} …`;
  await page.getByRole('button', { name: button, exact: true }).click();
  await confirm(page, name, note);
}

async function openIssue(cause: string): Promise<string> {
  await visit('#/issues', 'Issues');
  await page.getByRole('link', { name: cause }).first().click();
  await page.getByRole('heading', { name: `${cause} in` }).waitFor();
  return decodeURIComponent(new URL(page.url()).hash.split('/').at(-1) ?? '');
}

describe('an issue', () => {
  it('is acknowledged, ignored, reopened and said to be over, and keeps what was said', async () => {
    await makeDeadLetters({ client: operator.client, firstId: 2001, count: 2 });
    const id = await openIssue('not_granted');
    for (const [name, state] of [
      ['Acknowledge', 'acknowledged'],
      ['Ignore', 'ignored'],
      ['Reopen', 'open'],
      ['Say it is over', 'resolved'],
    ] as const) {
      await act(name, `it was ${state}`);
      await page.locator('.lead').getByText(state, { exact: true }).waitFor();
      await page.getByText(`by admin_key: it was ${state}`).waitFor();
      expect(await admin('GET', `/admin/issues/${id}`)).toMatchObject({ state, note: `it was ${state}` });
    }
    await expectAccessible(page);
    await shoot(page, 'issue');
  });

  it('has its dead letters skipped in bulk, then is over by itself', async () => {
    const id = await openIssueOf('resolved');
    await page.getByRole('button', { name: 'Replay all that match …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Act').selectOption('skip');
    await dialog.getByText('shall not be done').waitFor();
    await dialog.getByLabel('Reason, for the audit').fill('test orders');
    await dialog.getByRole('button', { name: 'Skip: 2' }).click();
    await dialog.getByText('2 of 2 skipped').waitFor();
    await dialog.getByText('That was all.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('Nothing any more.').waitFor();
    expect((await admin('GET', `/admin/issues/${id}`)).openCount).toBe(0);
  });
});

async function openIssueOf(state: string): Promise<string> {
  await visit('#/issues', 'Issues');
  await page.getByLabel('Show').selectOption(state);
  await page.getByRole('link', { name: 'not_granted' }).click();
  await page.getByRole('heading', { name: 'not_granted in' }).waitFor();
  return decodeURIComponent(new URL(page.url()).hash.split('/').at(-1) ?? '');
}

describe('acts on many', () => {
  it('are cancelled while they run, and the rest stays as it is', async () => {
    await makeDeadLetters({ client: operator.client, firstId: 2101, count: 20 });
    await visit('#/deliveries?status=dead_lettered&reason=not_granted', 'Deliveries');
    await page.getByRole('button', { name: 'Replay all that match …' }).click();
    const dialog = page.getByRole('dialog', { name: 'All that match' });
    await dialog.getByLabel('Reason, for the audit').fill('slowly');
    await dialog.getByLabel('A second, at most').fill('1');
    await dialog.getByRole('button', { name: 'Replay: 20' }).click();
    await dialog.getByRole('button', { name: 'Cancel the job …' }).click();
    await page
      .getByRole('dialog', { name: 'Cancel the job' })
      .getByLabel('Note for the audit')
      .fill('wrong cause');
    await page.getByRole('button', { name: 'Cancel the job', exact: true }).click();
    await dialog.getByText('Cancelled by admin_key: wrong cause').waitFor();
    await expectAccessible(page);
    await shoot(page, 'bulk-cancelled');
    await dialog.getByRole('link', { name: /^bulk_/ }).click();
    await page.getByRole('heading', { name: 'Replay: all that match' }).waitFor();
    const { replays } = await admin('GET', '/admin/replays');
    expect(replays[0]).toMatchObject({ status: 'cancelled', total: 20, reason: 'slowly' });
    expect(replays[0].done).toBeLessThan(20);
    await shoot(page, 'bulk-job');
  });

  it('are said to have been done by hand', async () => {
    const before = (await operator.client.deliveries('status=dead_lettered')).length;
    expect(before).toBeGreaterThan(0);
    await visit('#/deliveries?status=dead_lettered&reason=not_granted', 'Deliveries');
    await page.getByRole('button', { name: 'Replay all that match …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Act').selectOption('resolve');
    await dialog.getByText('deliveries were done by hand').waitFor();
    await dialog.getByLabel('Reason, for the audit').fill('entered by hand');
    await dialog.getByLabel('A second, at most').fill('50');
    await dialog.getByRole('button', { name: /^Say they were done by hand: / }).click();
    await dialog.getByText('That was all.').waitFor();
    expect((await admin('GET', '/admin/replays')).replays[0]).toMatchObject({ act: 'resolve', as: 'done' });
    await expect
      .poll(() => operator.client.deliveries('status=dead_lettered&reason=not_granted'))
      .toEqual([]);
  });
});

describe('an operation that is held because an answer changed its shape', () => {
  it('is shown with what was found, and goes on when it is released', async () => {
    const erp = createErpClient(operator.relay.erpUrl);
    await erp.setFaults({ renamedField: { orderId: 'order_ref' } });
    await placeOrder(operator.client, 2201);
    await untilCount(operator.client, 'status=held&reason=contract_broken', 1);
    await visit('#/targets/erp', 'erp');
    await page.getByText('$.orderId: expected string').waitFor();
    await expectAccessible(page);
    await shoot(page, 'held-operation');
    await erp.setFaults({});
    await act('Release', 'the supplier has taken it back', { of: 'sale.confirm' });
    await untilCount(operator.client, 'status=succeeded&eventId=create-2201', 1);
    await page.getByText('None: every answer has its shape.').waitFor();
  });

  it('has what is held with it released in bulk', async () => {
    const erp = createErpClient(operator.relay.erpUrl);
    await erp.setFaults({ renamedField: { orderId: 'order_ref' } });
    await placeOrder(operator.client, 2301);
    await untilCount(operator.client, 'status=held&eventId=create-2301', 1);
    await erp.setFaults({});
    await openIssue('contract_broken');
    await page.getByRole('button', { name: 'Release all that match …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason, for the audit').fill('the shape is right again');
    await dialog.getByRole('button', { name: 'Release: 1' }).click();
    await dialog.getByText('That was all.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await untilCount(operator.client, 'status=succeeded&eventId=create-2301', 1);
  });
});

describe('a target', () => {
  it('says what its ERP and its adapter can do, asked again when somebody wants it', async () => {
    await visit('#/targets/erp', 'erp');
    await page.getByText('Sandbox Company').waitFor();
    await page.getByRole('cell', { name: 'stock.set_many' }).waitFor();
    await page.getByText('all or nothing').first().waitFor();
    const [asked] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/capabilities?fresh=true')),
      page.getByRole('button', { name: 'Ask it now' }).click(),
    ]);
    expect(asked.status()).toBe(200);
  });
});

describe('a line', () => {
  it('is unblocked past its dead letter', async () => {
    await makeDeadLetters({ client: operator.client, firstId: 2401, count: 1 });
    await visit('#/lines', 'Blocked lines');
    await page.getByRole('link', { name: 'order/2401' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'lines');
    await act('Unblock', 'the customer knows', { of: 'order/2401 at erp' });
    await page.getByText('Every line moves.').waitFor();
    expect((await admin('GET', '/admin/lines?blocked=true')).lines).toEqual([]);
  });
});

describe('a delivery that waits', () => {
  it('is held, released, and cancelled untried', async () => {
    await admin('POST', '/admin/targets/erp/pause', { note: 'a test' });
    await placeOrder(operator.client, 2501);
    await untilCount(operator.client, 'status=pending&eventId=create-2501', 1);
    const [waiting] = await operator.client.deliveries('eventId=create-2501');
    await visit(`#/deliveries/${waiting?.id}`, waiting?.id ?? '');
    for (const [name, status] of [
      ['Hold', 'held'],
      ['Release', 'pending'],
      ['Cancel it', 'skipped'],
    ] as const) {
      await act(name, `it was ${status}`);
      await page.locator('.lead').getByText(status, { exact: true }).waitFor();
    }
    expect(await admin('GET', `/admin/deliveries/${waiting?.id}`)).toMatchObject({
      status: 'skipped',
      attemptCount: 0,
    });
    await admin('POST', '/admin/targets/erp/resume', { note: 'a test' });
  });
});

describe('an intake', () => {
  it('is shown with the items that wait for their record, and those that are done', async () => {
    operator.others.recordStatus = 503;
    const notice = signedNotice({ notice: 'n-1', order_id: '7001', revision: 1 });
    const { body } = await operator.client.post('thin-shop', notice);
    const { intake } = body as { readonly intake: string };
    await visit('#/intakes', 'Intakes');
    await page.getByRole('link', { name: intake }).click();
    await page.getByText('the API answered 503').waitFor();
    await expectAccessible(page);
    await shoot(page, 'intake');
    operator.others.recordStatus = 200;
    await page.getByText('accepted', { exact: true }).waitFor({ timeout: 30_000 });
    const batch = [
      { event_id: 'arrival-1', receipt: 'R-1', quantity: 1 },
      { receipt: 'R-2', quantity: 1 },
    ];
    const second = (await operator.client.post('dock', signedArrivals(batch))).body as typeof body & Json;
    await visit(`#/intakes/${second.intake}`, second.intake);
    await page.getByText('missing field').waitFor();
  });

  it('has its dead items fetched again or given up', async () => {
    const id = 'int_0_0000000000000000';
    const dead = { id: `${id}.0`, eventId: 'n-9', type: 'order.placed', status: 'dead', failureCount: 16 };
    const asked: Json[] = [];
    await page.route(`**/admin/intakes/${id}**`, async (route) => {
      const request = route.request();
      if (request.method() === 'POST') asked.push([new URL(request.url()).pathname, request.postDataJSON()]);
      const items = { intake: id, items: [dead.id] };
      const intake = {
        ...{ id, source: 'thin-shop', requestId: 'req-1', finishedAt: null },
        receivedAt: new Date().toISOString(),
        events: [{ ...dead, reason: 'not_found', message: 'the API answered 404' }],
      };
      await route.fulfill({ json: request.method() === 'POST' ? items : intake });
    });
    await visit(`#/intakes/${id}`, id);
    await page.getByText('the API answered 404').waitFor();
    await act('Fetch again', 'the record is there now');
    await act('Give up', 'it is a test order');
    expect(asked).toEqual([
      [`/admin/intakes/${id}/retry`, { note: 'the record is there now' }],
      [`/admin/intakes/${id}/drop`, { note: 'it is a test order' }],
    ]);
    await page.unroute(`**/admin/intakes/${id}**`);
  });
});

describe('reconciliation', () => {
  it('looks what a sender listed and never sent, then brings it in', async () => {
    const at = Date.now() - 3_600_000;
    operator.others.orders = [shopifyOrder({ id: 8001, at }) as Json];
    await visit('#/reconciliation', 'Reconciliation');
    await page.getByRole('button', { name: 'Compare a range of shopify …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason, for the audit').fill('the shop was silent');
    await dialog.getByRole('button', { name: 'Look what is missing' }).click();
    await dialog.getByText('1 missing').waitFor();
    await dialog.getByRole('link', { name: 'order/8001' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'reconcile');
    expect(await operator.client.deliveries('orderingKey=order/8001')).toEqual([]);
    await dialog.getByRole('button', { name: 'Bring in what is missing' }).click();
    await dialog.getByText('1 missing: brought in').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await untilCount(operator.client, 'orderingKey=order/8001&status=succeeded', 1);
  });
});

describe('the audit', () => {
  it('is searched by its fields, checked in the browser, and saved', async () => {
    await visit('#/audit', 'Audit');
    await page.getByText('Search', { exact: true }).first().click();
    await page.getByLabel('Did').fill('unblocked');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/action=unblocked/);
    // The address changes before the list does.
    await expect.poll(() => page.getByText('it was ignored').count()).toBe(0);
    await page.getByText('the customer knows').waitFor();
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText(/^Whole: \d+ acts, each as it was chained/).waitFor();
    await expectAccessible(page);
    await shoot(page, 'audit-checked');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save all of it' }).click(),
    ]);
    const saved = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(JSON.parse(saved.at(-1) ?? '')).toMatchObject({ problem: null });
    expect(download.suggestedFilename()).toBe('audit.jsonl');
  });

  it('is said to be broken where an act was changed on the way', async () => {
    await page.route('**/admin/audit/export', async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replace('the customer knows', 'nobody knows');
      await route.fulfill({ response, body: text });
    });
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('is not the one chained').waitFor();
    await page.unroute('**/admin/audit/export');
  });
});

describe('costs', () => {
  it('are told by the million events', async () => {
    await visit('#/costs', 'Costs');
    await page.getByText('for a million events like these').waitFor();
    await page.getByRole('cell', { name: 'D1 rows written' }).waitFor();
  });
});

it('asks the relay for nothing it does not know', async () => {
  const failed: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
  });
  for (const [hash, title] of [
    ['#/issues', 'Issues'],
    ['#/lines', 'Blocked lines'],
    ['#/replays', 'Bulk jobs'],
    ['#/reconciliation', 'Reconciliation'],
    ['#/targets/erp', 'erp'],
    ['#/sources/shopify', 'shopify'],
  ] as const)
    await visit(hash, title);
  expect(failed).toEqual([]);
});
