// Act 5: what the ERP or a rule refuses for good is kept as a dead letter, with its reason, and holds its order's line. A
// person looks, mends one input by hand, has the product put right in the ERP, and replays the rest by one job.

import type { DeliverySummary } from '../../lib/relay-client.ts';
import type { DemoOrder } from '../demo-order.ts';
import { totalOf } from '../demo-order.ts';
import { type DemoRun, waitUntil } from '../demo-run.ts';
import { anchors, shopifyOrderOf, standardOrderOf } from '../goods.ts';
import { shopifyWebhook, standardOrderWebhook, stripeWebhook } from '../webhooks.ts';

/** Of the ERP's answer, characters: its code and message; the whole of it is kept. */
const maxShownAnswer = 90;

export async function failAndReplay(run: DemoRun): Promise<void> {
  const { ids, record, terminal, step, switches } = run;
  terminal.heading('5  Refused for good: dead letters, repaired and replayed');
  const sku = ids.text('ANKOR-');
  await step(
    { who: 'ERP', what: 'refuses a product', detail: sku },
    () => switches.setFaults({ invalidSkus: [sku] }),
    () => ({ answer: 'set', isGood: true }),
  );
  const mistaken = await sendRefusedBefore(run);
  const refused = await sendRefusedByErp(run, sku);
  record.deadLetters.orders.push(mistaken, ...refused);
  const dead = await showDeadLetters(run, 1 + refused.length);
  await replayEdited(run, dead, mistaken);
  await step(
    { who: 'ERP', what: 'takes the product', detail: sku },
    () => switches.setFaults({}),
    () => ({ answer: 'set', isGood: true }),
  );
  await replayRest(run);
  await run.untilDone('all replays, and what waited behind');
}

/** Its sum is wrong: a rule of the operation refuses it before the ERP is asked. */
async function sendRefusedBefore(run: DemoRun): Promise<DemoOrder> {
  const { ids, startedAt: at } = run;
  const order = run.expect(standardOrderOf(ids, 3, { lines: [anchors(ids, 2)] }));
  await run.post(standardOrderWebhook(order, at, '490.00'), { note: 'its total is wrong' });
  return order;
}

async function sendRefusedByErp(run: DemoRun, sku: string): Promise<DemoOrder[]> {
  const { ids, startedAt: at, post } = run;
  const orders: DemoOrder[] = [];
  for (const place of [10, 11, 12]) {
    const lines = [{ sku, quantity: 1, price: '19.90', title: 'Anchor, folding' }];
    const order = run.expect(shopifyOrderOf(ids, place, { lines, isInvoiced: true, isPaid: true }));
    await post(shopifyWebhook(order, 'create', at));
    await post(shopifyWebhook(order, 'paid', at));
    await post(stripeWebhook(order, at));
    orders.push(order);
  }
  return orders;
}

async function showDeadLetters(run: DemoRun, wanted: number): Promise<readonly DeliverySummary[]> {
  const search = () => run.deliveries('status=dead_lettered');
  const find = async () => {
    await waitUntil(async () => (await search()).length >= wanted, run.erp.patienceMs);
    return search();
  };
  const found = await run.step(
    { who: 'admin', what: 'GET /admin/deliveries', detail: 'status=dead_lettered' },
    find,
    (dead) => ({
      answer: `${dead.length} dead letters`,
      isGood: dead.length === wanted,
    }),
  );
  for (const { id, code, message } of found) run.terminal.note(`${id.padEnd(11)} ${code}: ${message}`);
  await showExchange(run, found);
  const waiting = () => run.deliveries('status=pending');
  await run.step(
    { who: 'relay', what: 'deliveries', detail: 'of the same orders, meanwhile' },
    waiting,
    (behind) => ({
      answer: `${behind.length} wait behind`,
      isGood: behind.length > 0,
    }),
  );
  run.record.deadLetters.kept = found.length;
  return found;
}

type Exchange = {
  readonly request: { readonly method: string; readonly url: string };
  readonly response: { readonly status: number; readonly body: string } | null;
};
type Shown = { readonly attempts: readonly { readonly exchanges: readonly Exchange[] }[] };

/** What was sent and answered, of one that the ERP itself refused: the rest of them look the same. */
async function showExchange(run: DemoRun, dead: readonly DeliverySummary[]): Promise<void> {
  const letter = dead.find(({ code }) => code === run.erp.refusalCode);
  if (letter === undefined) return;
  const { attempts } = (await run.admin('GET', `/admin/deliveries/${letter.id}`)).body as Shown;
  const exchange = attempts.at(-1)?.exchanges.at(-1);
  if (exchange === undefined) return;
  const { request, response } = exchange;
  const sent = `${request.method} ${new URL(request.url).pathname}`;
  const answer = `${response?.status ?? 'nothing'} ${response?.body.slice(0, maxShownAnswer) ?? ''}…`;
  run.terminal.note(`${letter.id.padEnd(11)} sent ${sent}, answered ${answer}`);
}

type DryRun = { readonly would?: string; readonly input?: object };

/** Takes the input the mapping gave, puts the total right, looks at what would be sent, and sends it. */
async function replayEdited(run: DemoRun, dead: readonly DeliverySummary[], order: DemoOrder): Promise<void> {
  const letter = dead.find(({ event }) => event.orderingKey === `order/${order.orderId}`);
  if (letter === undefined) return;
  const path = `/admin/deliveries/${letter.id}`;
  const asMapped = (await run.admin('POST', `${path}/replay?dryRun=true`, {})).body as DryRun;
  const input = { ...asMapped.input, total: totalOf(order) };
  const body = { input, reason: 'the sender confirmed the total' };
  const detail = `total ${totalOf(order)} instead of 490.00`;
  const dryRun = () => run.admin('POST', `${path}/replay?dryRun=true`, body);
  await run.step({ who: 'admin', what: 'POST … replay?dryRun', detail }, dryRun, (answer) => {
    const { would = 'refused' } = answer.body as DryRun;
    return { answer: `would ${would}`, isGood: would === 'perform' };
  });
  const replay = () => run.admin('POST', `${path}/replay`, body);
  const { status } = await run.step({ who: 'admin', what: 'POST … replay', detail }, replay, (answer) => ({
    answer: String(answer.status),
    isGood: answer.status === 202,
  }));
  if (status === 202) run.record.deadLetters.replayedEdited += 1;
}

/** One job for all that this reason stopped since the run began; other dead letters stay as they are. */
async function replayRest(run: DemoRun): Promise<void> {
  const filter = {
    reason: run.erp.refusalCode,
    source: 'shopify',
    receivedFrom: new Date(run.startedAt).toISOString(),
  };
  const wanted = { filter, reason: 'the product was put right', withinMs: run.erp.patienceMs };
  const job = await run.step(
    { who: 'admin', what: 'POST /admin/replays', detail: `reason=${run.erp.refusalCode}` },
    () => run.replayAll(wanted),
    ({ done, refused, status }) => ({
      answer: `${done} replayed`,
      isGood: status === 'succeeded' && refused === 0,
    }),
  );
  run.record.deadLetters.replayedInBulk += job.done;
}
