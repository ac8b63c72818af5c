// Act 2: requests that nobody may get in with, and one that must get in: signed with the secret before the current one.

import { type SignedRequest, signedRequest } from '../../lib/senders.ts';
import type { DemoOrder } from '../demo-order.ts';
import type { DemoRun } from '../demo-run.ts';
import { anchors, shopifyOrderOf } from '../goods.ts';
import { signingOf } from '../post-webhook.ts';
import { shopifyWebhook, stripeWebhook, type Webhook } from '../webhooks.ts';

/** Twice what a Stripe signature may be old, ms. */
const staleMs = 600_000;

export async function sendForgeries(run: DemoRun): Promise<void> {
  run.terminal.heading('2  Forged requests');
  const { ids, startedAt: at } = run;
  const now = Date.now();
  // Nothing may ever be known of it: it is no expected order.
  const order = shopifyOrderOf(ids, 29, { lines: [anchors(ids, 100)], isPaid: true });
  const created = shopifyWebhook(order, 'create', at);
  const signed = sign(run, created, { sender: 'shopify', secret: 'SHOPIFY_WEBHOOK_SECRET', now });
  const { headers, body } = signed;
  await run.postForged({
    webhook: created,
    signed: changeOneByte(signed),
    note: 'one byte changed on the way',
  });
  const unsigned = { headers: without(headers, 'x-shopify-hmac-sha256'), body };
  await run.postForged({ webhook: created, signed: unsigned, note: 'without a signature' });
  const payment = stripeWebhook(order, at);
  const stale = sign(run, payment, { sender: 'stripe', secret: 'STRIPE_WEBHOOK_SECRET', now: now - staleMs });
  await run.postForged({ webhook: payment, signed: stale, note: 'a signature of ten minutes ago' });
  await sendWithPreviousSecret(run);
}

type Signer = { readonly sender: 'shopify' | 'stripe'; readonly secret: string; readonly now: number };

function sign(run: DemoRun, webhook: Webhook, { sender, secret, now }: Signer): SignedRequest {
  return signedRequest(sender, { ...signingOf(webhook), secret: run.relay.secrets[secret] ?? '', now });
}

/** A digit of an amount becomes another one: the forgery somebody would gain by. */
function changeOneByte({ headers, body }: SignedRequest): SignedRequest {
  return { headers, body: body.replace('"quantity":100', '"quantity":900') };
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
}

/** A relay under rotation takes both secrets; one without a previous secret has nothing to show. */
async function sendWithPreviousSecret(run: DemoRun): Promise<void> {
  const { ids, startedAt: at } = run;
  const name = 'SHOPIFY_WEBHOOK_SECRET_PREVIOUS';
  if ((run.relay.secrets[name] ?? '') === '') return;
  const order: DemoOrder = shopifyOrderOf(ids, 4, { lines: [anchors(ids, 1)] });
  const created = shopifyWebhook(run.expect(order), 'create', at);
  const signed = sign(run, created, { sender: 'shopify', secret: name, now: Date.now() });
  await run.post(created, { note: 'signed with the previous secret', signed });
  await run.untilDone('the last one');
}
