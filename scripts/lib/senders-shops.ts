// Signers of shops, of Stripe and of senders of one's own, as those senders sign. See signing.ts for the rules.

import { createHash } from 'node:crypto';
import { hmac, json, type Signer, sha256, toBody, toIso, toSeconds, wrap } from './signing.ts';

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
      'x-shopify-event-id': sha256(`${topic} ${id}`).slice(0, 32),
      'x-shopify-triggered-at': toIso(occurredAt),
      'x-shopify-hmac-sha256': hmac(secret, body).toString('base64'),
    },
  };
};

/** Stripe, Shippo and Paddle: a list of time and signature over both. */
export function timedList(
  header: string,
  options: { separator: string; keys: [string, string]; join: string },
) {
  return (secret: string, body: string, now: number): Record<string, string> => {
    const timestamp = toSeconds(now);
    const signature = hmac(secret, `${timestamp}${options.join}${body}`).toString('hex');
    const [time, value] = options.keys;
    return { ...json, [header]: `${time}=${timestamp}${options.separator}${value}=${signature}` };
  };
}

const stripeHeaders = timedList('stripe-signature', { separator: ',', keys: ['t', 'v1'], join: '.' });

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
  return { body, headers: stripeHeaders(secret, body, now) };
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

/** The three headers of Standard Webhooks, with the key its sender makes of the secret. */
export function standardHeaders(
  key: string | Buffer,
  { id, now, body }: { id: string; now: number; body: string },
): Record<string, string> {
  const timestamp = toSeconds(now);
  return {
    ...json,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${hmac(key, `${id}.${timestamp}.${body}`).toString('base64')}`,
  };
}

export const standardKey = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

const signStandardWebhooks: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({ type: topic, timestamp: toIso(occurredAt), data: payload }));
  return { body, headers: standardHeaders(standardKey(secret), { id, now, body }) };
};

const signBigCommerce: Signer = ({ secret, topic, payload, now, id, occurredAt = now }) => {
  const body = wrap(payload, () => ({
    scope: topic,
    store_id: '1001197568',
    producer: 'stores/abcde',
    hash: sha256(`${topic}${id}`).slice(0, 40),
    created_at: toSeconds(occurredAt),
    data: payload,
  }));
  return { body, headers: standardHeaders(secret, { id, now, body }) };
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

export const shopSigners = {
  shopify: signShopify,
  stripe: signStripe,
  woocommerce: signWooCommerce,
  'standard-webhooks': signStandardWebhooks,
  'generic-hmac': signGenericHmac,
  bigcommerce: signBigCommerce,
} as const satisfies Record<string, Signer>;
