// Act 1: what senders do on a normal day. Webhooks come twice, and what rests on an order comes before it.

import type { DemoRun } from '../demo-run.ts';
import { anchors, refundId, ropes, shopifyOrderOf, standardOrderOf, wooOrderOf } from '../goods.ts';
import {
  receiptWebhook,
  shopifyCustomerWebhook,
  shopifyRefundWebhook,
  shopifyWebhook,
  standardOrderWebhook,
  stockLevelWebhook,
  stripeWebhook,
  wooWebhook,
} from '../webhooks.ts';

const hourMs = 3_600_000;

export async function sendDoublesAndDisorder(run: DemoRun): Promise<void> {
  run.terminal.heading('1  Orders, payments and stock: twice and out of order');
  await sendPaidBeforePlaced(run);
  await sendRefundBeforePlaced(run);
  await sendCancelledBeforePlaced(run);
  await sendTwoOrdersOfOneSecond(run);
  await sendOrderOfOwnSystem(run);
  await sendStock(run);
  await run.untilDone('all of the above');
}

async function sendPaidBeforePlaced(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  const order = shopifyOrderOf(ids, 1, { lines: [anchors(ids, 2)], isInvoiced: true, isPaid: true });
  run.expect(order);
  const payment = stripeWebhook(order, at);
  const paid = shopifyWebhook(order, 'paid', at);
  const created = shopifyWebhook(order, 'create', at);
  await post(payment, { note: 'before its order' });
  await post(paid, { note: 'before its order' });
  await post(created);
  await post(created);
  await post(paid);
  await post(payment);
  const newest = 'Lovelace';
  await post(shopifyCustomerWebhook(order, newest, at), { note: 'the newer' });
  await post(shopifyCustomerWebhook(order, 'Tyde', at - 60_000), { note: 'the older, late' });
  const customerId = String(order.customer.wireId);
  run.record.customers.push({ customerId, newest: `${order.customer.firstName} ${newest}`, changes: 2 });
}

async function sendRefundBeforePlaced(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  const lines = [anchors(ids, 2), ropes(ids, 3)];
  const refund = { id: refundId(ids), lines: [anchors(ids, 1)] };
  const order = shopifyOrderOf(ids, 2, { lines, refund, isInvoiced: true, isPaid: true });
  run.expect(order);
  const refunded = shopifyRefundWebhook(order, at);
  const paidAt = at - hourMs;
  await post(stripeWebhook(order, paidAt), { note: 'before its order' });
  await post(refunded, { note: 'before its order' });
  await post(shopifyWebhook(order, 'paid', paidAt), { note: 'before its order' });
  await post(shopifyWebhook(order, 'create', paidAt));
  await post(refunded);
}

async function sendCancelledBeforePlaced(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  const order = shopifyOrderOf(ids, 3, { lines: [ropes(ids, 1)], isCancelled: true });
  run.expect(order);
  const cancelled = shopifyWebhook(order, 'cancelled', at);
  await post(cancelled, { note: 'before its order' });
  await post(shopifyWebhook(order, 'create', at));
  await post(cancelled);
}

/** WooCommerce gives both webhooks one delivery id: it is a hash of the webhook and the second. */
async function sendTwoOrdersOfOneSecond(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  const first = wooOrderOf(ids, 1, { lines: [anchors(ids, 1)], isInvoiced: true, isPaid: true });
  const second = wooOrderOf(ids, 2, { lines: [ropes(ids, 5)], isInvoiced: true });
  run.record.sameSecond.push(run.expect(first), run.expect(second));
  const firstCreated = wooWebhook(first, 'created', at);
  const now = Date.now();
  await post(wooWebhook(first, 'updated', at), { note: 'before its order', now });
  await post(firstCreated, { now });
  await post(wooWebhook(second, 'created', at), { note: 'same second', now });
  await post(firstCreated, { now });
  await post(wooWebhook(second, 'updated', at), { note: 'same second', now });
  await post(stripeWebhook(first, at));
}

async function sendOrderOfOwnSystem(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  const placed = standardOrderWebhook(run.expect(standardOrderOf(ids, 1, { lines: [ropes(ids, 2)] })), at);
  await post(placed);
  await post(placed);
}

async function sendStock(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post, record } = run;
  const sku = ids.text('LAMP-');
  const newest = stockLevelWebhook(sku, 42, at);
  await post(newest, { note: 'the newest' });
  await post(stockLevelWebhook(sku, 7, at - 120_000), { note: 'the oldest, late' });
  await post(stockLevelWebhook(sku, 40, at - 60_000), { note: 'older, late' });
  await post(newest);
  record.levels.push({ sku, newest: 42, reports: 3 });
  const receipt = { receiptId: ids.text('RCV-', '-1'), sku: ids.text('CHAIN-'), quantity: 25 };
  record.receipts.push(receipt);
  const received = receiptWebhook(receipt, at);
  await post(received);
  await post(received);
}
