// What Stripe's events are read as: id, type, the object's line, seconds as order.
import { describe, expect, it } from 'vitest';
import { stripePaymentIntent } from '../../../scripts/lib/payloads.ts';
import { signedRequest } from '../../../scripts/lib/senders.ts';
import type { VerifiedRequest } from '../../../src/core/source.ts';
import { stripe } from '../../../src/core/sources/stripe.ts';
import { noon, received } from '../../support/requests.ts';

async function identify(payload: unknown) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const request: VerifiedRequest = { ...received({ body }), verifiedWith: 'current' };
  const identity = await stripe.identify(request);
  return identity.ok ? identity.value : identity.error;
}

const event = (object: object, more: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'x.y',
  created: 1_795_521_600,
  data: { object },
  ...more,
});

describe('a Stripe event', () => {
  it('is read with its own id, type and second', async () => {
    const signed = signedRequest('stripe', {
      secret: 'whsec_x',
      topic: 'payment_intent.succeeded',
      payload: stripePaymentIntent({ id: 'pi_1', amount: 4900, at: noon, orderId: '1001' }),
      now: noon + 5000,
      occurredAt: noon + 999,
      id: 'evt_9',
    });
    expect(await identify(signed.body)).toMatchObject({
      eventId: 'evt_9',
      type: 'payment_intent.succeeded',
      entity: { kind: 'payment_intent', id: 'pi_1' },
      sequence: noon,
      occurredAt: noon,
      payload: { data: { object: { metadata: { order_id: '1001' } } } },
    });
  });

  it.each([
    [
      { id: 'ch_1', object: 'charge', payment_intent: 'pi_1' },
      { kind: 'payment_intent', id: 'pi_1' },
    ],
    [
      { id: 'ch_1', object: 'charge', payment_intent: null },
      { kind: 'charge', id: 'ch_1' },
    ],
    [
      { id: 're_1', object: 'refund', payment_intent: 'pi_1' },
      { kind: 'payment_intent', id: 'pi_1' },
    ],
    [
      { id: 'in_1', object: 'invoice', payment_intent: 'pi_1' },
      { kind: 'invoice', id: 'in_1' },
    ],
    [
      { id: 'cus_1', object: 'customer' },
      { kind: 'customer', id: 'cus_1' },
    ],
    [
      { id: 'cs_1', object: 'checkout.session', payment_intent: 'pi_1' },
      { kind: 'checkout.session', id: 'cs_1' },
    ],
    [{ object: 'balance' }, null],
    [{}, null],
  ])(
    'runs in the line of its object, what belongs to a payment in the payment’s: case %#',
    async (object, entity) => {
      expect(await identify(event(object))).toMatchObject({ entity });
    },
  );

  it('of the second version writes its time in ISO 8601', async () => {
    expect(await identify(event({}, { created: '2026-11-24T12:00:00.123456789Z' }))).toMatchObject({
      sequence: noon + 123,
    });
  });

  it.each([
    [{ id: undefined }, 'missing_field', 'body $.id'],
    [{ type: '' }, 'missing_field', 'body $.type'],
    [{ created: undefined }, 'missing_field', 'body $.created'],
    [{ created: '1795521600' }, 'invalid_field', 'body $.created'],
    [{ created: 1.5 }, 'invalid_field', 'body $.created'],
    [{ created: -1 }, 'invalid_field', 'body $.created'],
    [{ created: 1e300 }, 'invalid_field', 'body $.created'],
    [{ id: 'x'.repeat(257) }, 'invalid_field', 'body $.id'],
    [{ id: 'a\nb' }, 'invalid_field', 'body $.id'],
  ])('that says too little is a problem with its place: case %#', async (more, reason, field) => {
    expect(await identify(event({}, more))).toMatchObject({ reason, field });
  });
});
