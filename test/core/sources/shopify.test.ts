// What Shopify's webhooks are read as: id, type, entity, order, for both header families.
import { describe, expect, it } from 'vitest';
import { shopifyInventoryLevel, shopifyOrder, shopifyRefund } from '../../../scripts/lib/shopify-payloads.ts';
import type { VerifiedRequest } from '../../../src/core/source.ts';
import { shopify } from '../../../src/core/sources/shopify.ts';
import { noon, received } from '../../support/requests.ts';

const webhook = {
  'x-shopify-topic': 'orders/create',
  'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
  'x-shopify-event-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
  'x-shopify-triggered-at': '2026-11-24T12:00:00.250123456Z',
};

async function identify(headers: Record<string, string>, payload: unknown) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const request: VerifiedRequest = { ...received({ headers, body }), verifiedWith: 'current' };
  const identity = await shopify.identify(request);
  return identity.ok ? identity.value : identity.error;
}

describe('a Shopify webhook', () => {
  it('is an event of its order', async () => {
    expect(await identify(webhook, shopifyOrder({ id: 5_223_452_934_372, at: noon }))).toMatchObject({
      eventId: 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
      type: 'orders/create',
      entity: { kind: 'order', id: '5223452934372' },
      sequence: noon + 250,
      occurredAt: noon + 250,
      payload: { order_number: 1001 },
    });
  });

  it.each([
    ['orders/cancelled', { id: 7 }, 'order'],
    ['refunds/create', { id: 9, order_id: 7 }, 'order'],
    ['fulfillments/update', { id: 9, order_id: 7 }, 'order'],
    ['order_transactions/create', { id: 9, order_id: 7 }, 'order'],
    ['orders/edited', { order_edit: { id: 1, order_id: 7 } }, 'order'],
    ['draft_orders/create', { id: 7 }, 'draft_order'],
    ['products/update', { id: 7 }, 'product'],
    ['customers/update', { id: 7 }, 'customer'],
    ['customers/redact', { shop_id: 1, customer: { id: 7 } }, 'customer'],
    ['inventory_levels/update', { inventory_item_id: 7, location_id: 1 }, 'stock'],
    ['inventory_items/update', { id: 7 }, 'stock'],
  ])('%s runs in the line of what it is about', async (topic, body, kind) => {
    const identity = await identify({ ...webhook, 'x-shopify-topic': topic }, body);
    expect(identity).toMatchObject({ type: topic, entity: { kind, id: '7' } });
  });

  it('of a topic without an entity has none', async () => {
    expect(await identify({ ...webhook, 'x-shopify-topic': 'app/uninstalled' }, { id: 7 })).toMatchObject({
      entity: null,
      sequence: Date.parse('2026-11-24T12:00:00.250Z'),
    });
  });

  it('keeps every digit of an id beyond 2^53', async () => {
    const text = JSON.stringify(shopifyOrder({ id: '820982911946154508', at: noon })).replace(
      '"id":"820982911946154508"',
      '"id":820982911946154508',
    );
    expect(await identify(webhook, text)).toMatchObject({
      entity: { kind: 'order', id: '820982911946154508' },
      payload: { id: '820982911946154508' },
    });
    const next = text.replace('"id":820982911946154508', '"id":820982911946154509');
    expect(await identify(webhook, next)).toMatchObject({ entity: { id: '820982911946154509' } });
  });

  it('is another event for each topic of one cause, and the same on a retry', async () => {
    const order = shopifyOrder({ id: 7, at: noon });
    const paid = { ...webhook, 'x-shopify-topic': 'orders/paid', 'x-shopify-webhook-id': 'c1' };
    const ids = await Promise.all([
      identify(webhook, order),
      identify(paid, order),
      identify(webhook, order),
    ]);
    const [first, second, third] = ids.map((identity) => ('eventId' in identity ? identity.eventId : null));
    expect(first).not.toBe(second);
    expect(first).toBe(third);
  });

  it('without a webhook id is told apart by cause, topic and entity', async () => {
    const { 'x-shopify-webhook-id': _dropped, ...rest } = webhook;
    const level = { ...rest, 'x-shopify-topic': 'inventory_levels/update' };
    const ids = await Promise.all([
      identify(rest, { id: 7 }),
      identify({ ...rest, 'x-shopify-topic': 'orders/paid' }, { id: 7 }),
      identify(level, shopifyInventoryLevel({ itemId: 1, available: 3, at: noon })),
      identify(level, shopifyInventoryLevel({ itemId: 2, available: 3, at: noon })),
    ]);
    expect(new Set(ids.map((identity) => ('eventId' in identity ? identity.eventId : null))).size).toBe(4);
  });

  it('orders by the signed time of change, within a second by the trigger', async () => {
    const sequenceOf = async (updatedAt: string, triggeredAt: string) => {
      const identity = await identify(
        { ...webhook, 'x-shopify-triggered-at': triggeredAt },
        { id: 7, updated_at: updatedAt },
      );
      return 'sequence' in identity ? (identity.sequence ?? 0) : -1;
    };
    const early = await sequenceOf('2026-11-24T12:00:00+00:00', '2026-11-24T12:00:00.100Z');
    const later = await sequenceOf('2026-11-24T12:00:00+00:00', '2026-11-24T12:00:00.200Z');
    const late = await sequenceOf('2026-11-24T12:00:00+00:00', '2026-11-24T12:00:09Z');
    const next = await sequenceOf('2026-11-24T13:00:01+01:00', '2026-11-24T12:00:01Z');
    expect([early, later, late, next]).toEqual([...[early, later, late, next]].sort((a, b) => a - b));
    expect(new Set([early, later, late, next]).size).toBe(4);
    const refund = await identify(
      { ...webhook, 'x-shopify-topic': 'refunds/create' },
      shopifyRefund({ id: 1, orderId: 7, at: noon }),
    );
    expect(refund).toMatchObject({ sequence: noon + 250 });
  });

  it('of the newer family is read from its own headers, and meets the older one in the entity', async () => {
    const newer = {
      'shopify-topic': 'Product',
      'shopify-action': 'update',
      'shopify-webhook-id': 'w2',
      'shopify-event-id': 'e2',
      'shopify-resource-id': 'gid://shopify/Product/123',
      'shopify-hmac-sha256': 'x',
    };
    expect(await identify(newer, { anything: true })).toMatchObject({
      eventId: 'w2',
      type: 'Product/update',
      entity: { kind: 'product', id: '123' },
    });
    expect(await identify({ ...webhook, ...newer }, { id: 5 })).toMatchObject({
      eventId: 'w2',
      type: 'Product/update',
    });
    const draft = { ...newer, 'shopify-resource-id': 'gid://shopify/DraftOrder/5?x=1' };
    expect(await identify(draft, {})).toMatchObject({ entity: { kind: 'draft_order', id: '5' } });
  });

  it.each([
    [{}, '{}', { reason: 'missing_field', field: 'header x-shopify-topic' }],
    [webhook, '{}', { reason: 'missing_field', field: 'body $.id' }],
    [webhook, '{"id":{}}', { reason: 'invalid_field', field: 'body $.id' }],
    [webhook, '{"id":1.5}', { reason: 'invalid_field', field: 'body $.id' }],
    [webhook, '[1]', { reason: 'invalid_field', field: 'body $' }],
    [webhook, 'null', { reason: 'invalid_field', field: 'body $' }],
    [webhook, '{', { reason: 'not_json', field: 'body $' }],
    [
      { 'x-shopify-topic': 'orders/create' },
      '{"id":1}',
      { reason: 'missing_field', field: 'header x-shopify-webhook-id' },
    ],
  ])('that says too little is a problem with its place: case %#', async (headers, body, problem) => {
    expect(await identify(headers as Record<string, string>, body)).toMatchObject(problem);
  });
});
