// A sender may render one event anew: other key order, other blanks, counters and headers of the attempt. The event
// stays the same event of the same line, or a retry would be accepted as a second event.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  standardEvent,
  stripePaymentIntent,
  warehouseReceipt,
  wooOrder,
} from '../../../scripts/lib/payloads.ts';
import { type Sender, signedRequest } from '../../../scripts/lib/senders.ts';
import { shopifyOrder } from '../../../scripts/lib/shopify-payloads.ts';
import type { SourcePreset } from '../../../src/core/source.ts';
import { genericHmac } from '../../../src/core/sources/generic-hmac.ts';
import { shopify } from '../../../src/core/sources/shopify.ts';
import { standardWebhooks } from '../../../src/core/sources/standard-webhooks.ts';
import { stripe } from '../../../src/core/sources/stripe.ts';
import { woocommerce } from '../../../src/core/sources/woocommerce.ts';
import { noon, received } from '../../support/requests.ts';

const warehouse = genericHmac({
  signature: { header: 'x-warehouse-signature', prefix: 'sha256=' },
  id: { header: 'x-warehouse-event-id' },
  type: { header: 'x-warehouse-event' },
  entity: { kind: 'receipt', path: 'receipt_id' },
  sequence: { path: 'sequence' },
});

type Case = {
  readonly sender: Sender;
  readonly preset: SourcePreset;
  readonly topic: string;
  readonly payload: unknown;
  /** Body fields that tell about the attempt. */
  readonly volatile: readonly string[];
  /** WooCommerce has no stable id of its own: its made id covers the body, and it never sends a request again. */
  readonly stableId: boolean;
};

const cases: readonly Case[] = [
  {
    sender: 'shopify',
    preset: shopify,
    topic: 'orders/create',
    payload: shopifyOrder({ id: 7, at: noon }),
    volatile: [],
    stableId: true,
  },
  {
    sender: 'stripe',
    preset: stripe,
    topic: 'payment_intent.succeeded',
    payload: stripePaymentIntent({ id: 'pi_1', amount: 100, at: noon }),
    volatile: ['pending_webhooks', 'api_version'],
    stableId: true,
  },
  {
    sender: 'woocommerce',
    preset: woocommerce,
    topic: 'order.created',
    payload: wooOrder({ id: 7, at: noon }),
    volatile: [],
    stableId: false,
  },
  {
    sender: 'standard-webhooks',
    preset: standardWebhooks(),
    topic: 'parcel.sent',
    payload: standardEvent({ orderId: '7' }),
    volatile: ['attempt'],
    stableId: true,
  },
  {
    sender: 'generic-hmac',
    preset: warehouse,
    topic: 'receipt.completed',
    payload: warehouseReceipt({ id: 'R-1', purchaseOrder: 'PO-1', at: noon }),
    volatile: ['retry_count'],
    stableId: true,
  },
];

/** Puts the keys of every object in an order drawn from `seed`. */
function shuffleKeys(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) =>
    [...key].reduce((hash, character) => (hash * 31 + character.charCodeAt(0) * seed) % 9973, 7);
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shuffleKeys(inner, seed)]));
}

const rendering = fc.record({
  seed: fc.integer({ min: 1, max: 9972 }),
  indent: fc.constantFrom(undefined, 1, 4, '\t'),
  attempt: fc.integer({ min: 2, max: 20 }),
  delayMs: fc.integer({ min: 0, max: 3_600_000 }),
});

describe.each(cases)('one event of $sender', ({ sender, preset, topic, payload, volatile, stableId }) => {
  it('keeps its identity in every rendering', async () => {
    const first = signedRequest(sender, {
      secret: 'c2VjcmV0',
      topic,
      payload,
      now: noon,
      occurredAt: noon,
      id: '142',
    });
    const identify = async (headers: Record<string, string>, body: string) => {
      const identity = await preset.identify({ ...received({ headers, body }), verifiedWith: 'current' });
      if (!identity.ok) throw new Error(`${identity.error.field} ${identity.error.rule}`);
      const { eventId, type, entity, sequence } = identity.value;
      return { eventId: stableId ? eventId : null, type, entity, sequence };
    };
    const expected = await identify(first.headers, first.body);
    await fc.assert(
      fc.asyncProperty(rendering, async ({ seed, indent, attempt, delayMs }) => {
        const counters = Object.fromEntries(volatile.map((field) => [field, attempt]));
        const event = { ...(JSON.parse(first.body) as object), ...counters };
        const body = JSON.stringify(shuffleKeys(event, seed), null, indent);
        const again = signedRequest(sender, {
          secret: 'c2VjcmV0',
          topic,
          payload: body,
          now: noon + delayMs,
          occurredAt: noon,
          id: '142',
        });
        const headers = {
          ...again.headers,
          'user-agent': `attempt ${attempt}`,
          'x-retry-count': String(attempt),
        };
        expect(await identify(headers, again.body)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
