// Act 3: the ERP goes down. Senders do not notice: each webhook is answered 202 and waits; when the ERP is up again, all
// that waited is done.

import type { Effect } from '../demo-order.ts';
import { type DemoRun, waitUntil } from '../demo-run.ts';
import { type ErpState, effectsOf } from '../erp-state.ts';
import { anchors, ropes, shopifyOrderOf, standardOrderOf, wooOrderOf } from '../goods.ts';
import type { PostRecord } from '../run-record.ts';
import {
  receiptWebhook,
  shopifyWebhook,
  standardOrderWebhook,
  stripeWebhook,
  wooWebhook,
} from '../webhooks.ts';

/** How long the ERP stays down once it has refused a call, ms: long enough for second attempts to fail too. */
const downMs = 1_500;

/** Longest wait for the relay's first call to the ERP that is down, ms. A relay that holds back makes none. */
const firstRefusalMs = 4_000;

export async function sendDuringOutage(run: DemoRun): Promise<void> {
  const { record, terminal, step, switches } = run;
  terminal.heading('3  The ERP is down, and webhooks keep coming');
  const before = await run.refusedCalls();
  await step(
    { who: 'ERP', what: 'goes down', detail: 'every call is 503' },
    () => switches.setFaults({ down: true }),
    good('down'),
  );
  const place = record.posts.length;
  await sendWebhooks(run);
  const posts = record.posts.slice(place);
  record.outage.posts.push(...posts);
  await waitUntil(async () => (await run.refusedCalls()) > before, firstRefusalMs);
  await new Promise((resolve) => setTimeout(resolve, downMs));
  await lookMeanwhile(run, posts, before);
  await step({ who: 'ERP', what: 'comes up again' }, () => switches.setFaults({}), good('up'));
  await run.untilDone('what waited for the ERP');
}

const good = (answer: string) => () => ({ answer, isGood: true });

async function sendWebhooks(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post } = run;
  for (const place of [5, 6]) {
    const order = run.expect(
      shopifyOrderOf(ids, place, { lines: [anchors(ids, place)], isInvoiced: true, isPaid: true }),
    );
    await post(shopifyWebhook(order, 'paid', at), { note: 'before its order' });
    await post(shopifyWebhook(order, 'create', at));
    await post(stripeWebhook(order, at));
  }
  const wooOrder = run.expect(wooOrderOf(ids, 3, { lines: [ropes(ids, 1)], isInvoiced: true }));
  await post(wooWebhook(wooOrder, 'created', at));
  await post(wooWebhook(wooOrder, 'updated', at));
  await post(standardOrderWebhook(run.expect(standardOrderOf(ids, 2, { lines: [anchors(ids, 3)] })), at));
  const receipt = { receiptId: ids.text('RCV-', '-2'), sku: ids.text('CABLE-'), quantity: 12 };
  run.record.receipts.push(receipt);
  const received = receiptWebhook(receipt, at);
  await post(received);
  await post(received);
}

/** While it is still down: nothing is lost, and nothing can have been done. */
async function lookMeanwhile(run: DemoRun, posts: readonly PostRecord[], before: number): Promise<void> {
  const refused = (await run.refusedCalls()) - before;
  const detail = `meanwhile; the ERP refused ${refused} calls`;
  const look = async () => {
    const state = await run.erpState();
    const waiting = await run.deliveries('status=pending,scheduled,leased');
    return { done: countDone(state, posts), waiting: waiting.length };
  };
  const { done } = await run.step({ who: 'relay', what: 'deliveries', detail }, look, (seen) => ({
    answer: `${seen.waiting} wait, ${seen.done} done`,
    isGood: seen.done === 0,
  }));
  run.record.outage.doneMeanwhile = done;
}

function countDone(state: ErpState, posts: readonly PostRecord[]): number {
  const effects = posts.flatMap(({ webhook }): Effect[] => (webhook.effect === null ? [] : [webhook.effect]));
  return effects.filter((effect) => effectsOf(state, effect).length > 0).length;
}
