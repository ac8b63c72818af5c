// Act 4: the ERP commits, and its answer is cut off on the way. Whoever repeats the call does it twice; the relay looks.

import type { DemoOrder } from '../demo-order.ts';
import { type DemoRun, waitUntil } from '../demo-run.ts';
import { effectsOf } from '../erp-state.ts';
import { anchors, shopifyOrderOf } from '../goods.ts';
import { shopifyWebhook } from '../webhooks.ts';

/** Every order is committed and its answer cut; and the ERP ignores idempotency keys, so nothing else saves the caller. */
const cutAnswers = {
  lostAnswerRate: 1,
  lostAnswerMode: 'cut',
  idempotency: false,
  only: ['POST /api/orders'],
} as const;

export async function sendIntoLostAnswers(run: DemoRun): Promise<void> {
  const { ids, startedAt: at, post, record, step, switches, terminal } = run;
  terminal.heading('4  The ERP commits, and the answer is lost');
  await step(
    { who: 'ERP', what: 'cuts its answers', detail: 'to new orders; ignores idempotency keys' },
    () => switches.setFaults(cutAnswers),
    () => ({ answer: 'set', isGood: true }),
  );
  const orders = [7, 8, 9].map((place) =>
    run.expect(shopifyOrderOf(ids, place, { lines: [anchors(ids, 1)], isInvoiced: true })),
  );
  for (const order of orders) {
    await post(shopifyWebhook(order, 'create', at));
    await post(shopifyWebhook(order, 'paid', at));
  }
  await waitForCommits(run, orders);
  record.answersLost.push(...orders);
  await step(
    { who: 'ERP', what: 'answers again' },
    () => switches.setFaults({}),
    () => ({ answer: 'set', isGood: true }),
  );
  await run.untilDone('what was in doubt');
}

async function waitForCommits(run: DemoRun, orders: readonly DemoOrder[]): Promise<void> {
  const areCommitted = async () => {
    const state = await run.erpState();
    return orders.every(
      ({ orderId: reference }) => effectsOf(state, { operation: 'sale.confirm', reference }).length > 0,
    );
  };
  const detail = `${orders.length} orders, no answer`;
  await run.step(
    { who: 'ERP', what: 'commits', detail },
    () => waitUntil(areCommitted, run.erp.patienceMs),
    (done) => ({
      answer: done ? 'committed' : 'not committed',
      isGood: done,
    }),
  );
}
