// Stage 2: from received bytes to a verified event with its identity, or to the precise reason why there is none.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripePaymentIntent, wooOrder } from '../../scripts/lib/payloads.ts';
import { signedRequest } from '../../scripts/lib/senders.ts';
import { shopifyOrder } from '../../scripts/lib/shopify-payloads.ts';
import { isJsonObject } from '../../src/core/json.ts';
import { createKeyCache } from '../../src/core/signature/key-cache.ts';
import type { IdentifiedEvent, ReceivedRequest, SourceRuntime } from '../../src/core/source.ts';
import { genericHmac } from '../../src/core/sources/generic-hmac.ts';
import { readPath } from '../../src/core/sources/read-field.ts';
import { shopify } from '../../src/core/sources/shopify.ts';
import { standardWebhooks } from '../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../src/core/sources/stripe.ts';
import { woocommerce } from '../../src/core/sources/woocommerce.ts';
import { verify } from '../../src/pipeline/verify.ts';
import { noon, received, receivedFrom, runtime } from '../support/requests.ts';

const keys = createKeyCache();
const secret = 'shpss_abc';

const shopifyRequest = (payload: unknown = shopifyOrder({ id: 7, at: noon }), key = secret) =>
  receivedFrom(
    signedRequest('shopify', { secret: key, topic: 'orders/create', payload, now: noon, id: 'wh_1' }),
  );

const stripeRequest = (orderId?: string) =>
  receivedFrom(
    signedRequest('stripe', {
      secret,
      topic: 'payment_intent.succeeded',
      payload: stripePaymentIntent({
        id: 'pi_1',
        amount: 1,
        at: noon,
        ...(orderId === undefined ? {} : { orderId }),
      }),
      now: noon,
      id: 'evt_1',
    }),
  );

async function outcomeOf(request: ReceivedRequest, source: SourceRuntime) {
  const result = await verify(request, source, { keys });
  return result.ok ? result.value : result.error;
}

describe('verification', () => {
  it('gives the request, which secret it was signed with, and the identity of the event', async () => {
    expect(await outcomeOf(shopifyRequest(), runtime(shopify, secret))).toMatchObject({
      kind: 'event',
      request: { requestId: 'req_1', verifiedWith: 'current' },
      identity: { eventId: 'wh_1', type: 'orders/create', entity: { kind: 'order', id: '7' } },
    });
    expect(await outcomeOf(shopifyRequest(), runtime(shopify, 'new', { previous: secret }))).toMatchObject({
      kind: 'event',
      request: { verifiedWith: 'previous' },
    });
  });

  it('says precisely why a request is not verified', async () => {
    expect(await outcomeOf(shopifyRequest(), runtime(shopify, 'other'))).toEqual({
      kind: 'unverified',
      reason: 'mismatch',
      header: 'x-shopify-hmac-sha256',
    });
    expect(await outcomeOf(shopifyRequest(), runtime(shopify, ''))).toMatchObject({
      reason: 'secret_unusable',
    });
  });

  it('reads nothing of a body that nobody vouches for', async () => {
    const forged = received({ headers: { 'x-shopify-hmac-sha256': 'AAAA' }, body: 'not JSON' });
    expect(await outcomeOf(forged, runtime(shopify, secret))).toMatchObject({ kind: 'unverified' });
  });

  it('keeps a verified request that is no event, with its problem', async () => {
    expect(await outcomeOf(shopifyRequest('not JSON'), runtime(shopify, secret))).toMatchObject({
      kind: 'unparsable',
      request: { verifiedWith: 'current' },
      problem: { reason: 'not_json', field: 'body $' },
    });
  });

  it('measures the tolerance at the time of arrival', async () => {
    const late = { ...stripeRequest(), receivedAt: noon + 301_000 };
    expect(await outcomeOf(late, runtime(stripe, secret))).toMatchObject({ reason: 'timestamp_too_old' });
  });
});

describe('a handshake', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it('of WooCommerce is answered 200 before any signature', async () => {
    const ping = received({ headers: form, body: 'webhook_id=142' });
    expect(await outcomeOf(ping, runtime(woocommerce, secret))).toEqual({
      kind: 'handshake',
      answer: { name: 'woocommerce_ping', status: 200, contentType: 'text/plain; charset=utf-8', body: 'ok' },
    });
    expect(await outcomeOf(ping, runtime(shopify, secret))).toMatchObject({ kind: 'unverified' });
  });

  it('is the only thing a GET can be', async () => {
    const get = { ...shopifyRequest(), method: 'GET' as const };
    expect(await outcomeOf(get, runtime(shopify, secret))).toEqual({ kind: 'no_handshake' });
  });
});

describe('two WooCommerce orders of one second', () => {
  it('are two events, although their delivery id is one', async () => {
    const [first, second] = [1, 2].map((id) =>
      receivedFrom(
        signedRequest('woocommerce', {
          secret,
          topic: 'order.created',
          payload: wooOrder({ id, at: noon }),
          now: noon,
          id: '142',
        }),
      ),
    );
    expect(first?.headers['x-wc-webhook-delivery-id']).toBe(second?.headers['x-wc-webhook-delivery-id']);
    const ids = await Promise.all(
      [first, second, first].map(async (request) => {
        const outcome = await outcomeOf(request ?? received(), runtime(woocommerce, secret));
        return outcome.kind === 'event' ? outcome.identity.eventId : outcome.kind;
      }),
    );
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toBe(ids[2]);
  });
});

describe('the source’s own entity', () => {
  const orderOf = (event: IdentifiedEvent) => {
    const metadata = readPath(event.payload, ['data', 'object', 'metadata']);
    const id = isJsonObject(metadata) ? metadata.order_id : undefined;
    return typeof id === 'string' ? { kind: 'order', id } : event.entity;
  };
  const identityOf = async (request: ReceivedRequest, entity: SourceRuntime['entity']) => {
    const outcome = await outcomeOf(request, runtime(stripe, secret, { entity }));
    return outcome.kind === 'event' ? outcome.identity.entity : outcome;
  };

  it('takes the place of the preset’s, which it may fall back on', async () => {
    expect(await identityOf(stripeRequest('1001'), orderOf)).toEqual({ kind: 'order', id: '1001' });
    expect(await identityOf(stripeRequest(), orderOf)).toEqual({ kind: 'payment_intent', id: 'pi_1' });
    expect(await identityOf(stripeRequest('1001'), () => null)).toBeNull();
  });

  it('that throws or gives no entity is a problem of that event', async () => {
    const throwing = () => {
      throw new Error('no metadata');
    };
    expect(await identityOf(stripeRequest(), throwing)).toMatchObject({
      kind: 'unparsable',
      problem: { reason: 'entity_failed', field: 'entity', rule: 'no metadata' },
    });
    expect(await identityOf(stripeRequest(), () => undefined as never)).toMatchObject({
      problem: { reason: 'entity_failed' },
    });
    expect(await identityOf(stripeRequest(), () => ({ kind: 'order', id: '' }))).toMatchObject({
      problem: { reason: 'missing_field', field: 'entity id' },
    });
    expect(await identityOf(stripeRequest(), () => ({ kind: 'order', id: 'x'.repeat(300) }))).toMatchObject({
      problem: { reason: 'invalid_field' },
    });
  });
});

describe('whatever arrives', () => {
  const presets = [
    shopify,
    stripe,
    woocommerce,
    standardWebhooks(),
    genericHmac({
      signature: { header: 'x-signature' },
      id: { path: 'id' },
      type: { header: 'x-type' },
      entity: { kind: 'order', path: 'order.id', optional: true },
      sequence: { path: 'sequence' },
    }),
  ];
  const headerNames = [
    'x-shopify-hmac-sha256',
    'x-shopify-topic',
    'x-shopify-webhook-id',
    'shopify-action',
    'shopify-resource-id',
    'x-shopify-triggered-at',
    'stripe-signature',
    'x-wc-webhook-signature',
    'x-wc-webhook-topic',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'svix-signature',
    'x-signature',
    'x-type',
    'content-type',
    '__proto__',
  ];
  const headers = fc.dictionary(
    fc.constantFrom(...headerNames),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );

  it('verification answers with a value', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...presets),
        headers,
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((json) => new TextEncoder().encode(json)),
        ),
        fc.constantFrom('POST', 'GET'),
        async (...[preset, fields, body, method]) => {
          const request = received({ headers: fields, body: new Uint8Array(body), method });
          expect((await outcomeOf(request, runtime(preset, secret))).kind).not.toBe('event');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('identification answers with a value, also for what a real secret signed', async () => {
    const json = fc.oneof(
      fc.jsonValue(),
      fc.record({ id: fc.jsonValue(), type: fc.jsonValue(), created: fc.jsonValue(), data: fc.jsonValue() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...presets), headers, json, async (preset, fields, payload) => {
        const request = received({ headers: fields, body: JSON.stringify(payload) });
        const identity = await preset.identify({ ...request, verifiedWith: 'current' });
        if (identity.ok) expect(identity.value.eventId.length).toBeGreaterThan(0);
        else expect(identity.error.rule).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
