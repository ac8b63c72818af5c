// Signs requests as the real senders do, with node:crypto alone: for the demo, the send script and the tests.
// It may not import anything that runs in the relay: what it signs proves the relay's own verification.

import { createHash, createHmac } from 'node:crypto';

export type Sender = 'shopify' | 'stripe' | 'woocommerce' | 'standard-webhooks' | 'generic-hmac';

export type Signing = {
  readonly secret: string;
  /** Event type, e.g. `orders/create`. */
  readonly topic: string;
  /**
   * What the event is about. Stripe and Standard Webhooks wrap it in their envelope, the others send it as it is.
   * A string is sent unchanged, as the whole body.
   */
  readonly payload: unknown;
  /** Epoch ms: the time of sending. */
  readonly now: number;
  /** The sender's event id; for WooCommerce the id of the webhook. */
  readonly id: string;
  /** Epoch ms: when it happened; default `now`. */
  readonly occurredAt?: number;
};

export type SignedRequest = { readonly headers: Record<string, string>; readonly body: string };

type Signer = (signing: Signing) => SignedRequest;

const toSeconds = (epochMs: number): number => Math.floor(epochMs / 1000);
const toBody = (payload: unknown): string =>
  typeof payload === 'string' ? payload : JSON.stringify(payload);
const json = { 'content-type': 'application/json' };

function hmac(key: string | Buffer, content: string): Buffer {
  return createHmac('sha256', key).update(content).digest();
}

const signShopify: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = toBody(payload);
  return {
    body,
    headers: {
      ...json,
      'x-shopify-topic': topic,
      'x-shopify-shop-domain': 'holdfast-demo.myshopify.com',
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': id,
      // One cause has one event id, whatever webhooks it gives; a sender of its own for each is the plain case.
      'x-shopify-event-id': createHash('sha256').update(`${topic} ${id}`).digest('hex').slice(0, 32),
      'x-shopify-triggered-at': new Date(occurredAt).toISOString(),
      'x-shopify-hmac-sha256': hmac(secret, body).toString('base64'),
    },
  };
};

const signStripe: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const event = {
    id,
    object: 'event',
    api_version: '2025-09-30.clover',
    created: toSeconds(occurredAt),
    data: { object: payload },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: topic,
  };
  const body = typeof payload === 'string' ? payload : JSON.stringify(event, null, 2);
  const timestamp = toSeconds(now);
  const signature = hmac(secret, `${timestamp}.${body}`).toString('hex');
  return { body, headers: { ...json, 'stripe-signature': `t=${timestamp},v1=${signature}` } };
};

const signWooCommerce: Signer = ({ secret, topic, payload, now, id }) => {
  const body = toBody(payload);
  const [resource = '', event = ''] = topic.split('.');
  return {
    body,
    headers: {
      ...json,
      'x-wc-webhook-source': 'https://shop.example/',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-resource': resource,
      'x-wc-webhook-event': event,
      'x-wc-webhook-id': id,
      // As WooCommerce makes it: of the webhook and the second, so that two orders of one second share it.
      'x-wc-webhook-delivery-id': createHash('md5')
        .update(`${id}${toSeconds(now)}`)
        .digest('hex'),
      'x-wc-webhook-signature': hmac(secret, body).toString('base64'),
    },
  };
};

const signStandardWebhooks: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const event = { type: topic, timestamp: new Date(occurredAt).toISOString(), data: payload };
  const body = typeof payload === 'string' ? payload : JSON.stringify(event);
  const timestamp = toSeconds(now);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = hmac(key, `${id}.${timestamp}.${body}`).toString('base64');
  return {
    body,
    headers: {
      ...json,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
  };
};

/** A sender of one's own: the example warehouse. Header names and signed content as in docs/sources.md. */
const signGenericHmac: Signer = ({ secret, topic, payload, now, id }) => {
  const body = toBody(payload);
  const timestamp = toSeconds(now);
  return {
    body,
    headers: {
      ...json,
      'x-warehouse-event': topic,
      'x-warehouse-event-id': id,
      'x-warehouse-timestamp': String(timestamp),
      'x-warehouse-signature': `sha256=${hmac(secret, `${timestamp}.${body}`).toString('hex')}`,
    },
  };
};

const signers: Readonly<Record<Sender, Signer>> = {
  shopify: signShopify,
  stripe: signStripe,
  woocommerce: signWooCommerce,
  'standard-webhooks': signStandardWebhooks,
  'generic-hmac': signGenericHmac,
};

export const senders = Object.keys(signers) as readonly Sender[];

export function signedRequest(sender: Sender, signing: Signing): SignedRequest {
  return signers[sender](signing);
}
