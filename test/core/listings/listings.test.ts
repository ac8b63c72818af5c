// What the three senders' lists become, and what of their webhooks is missing: answers as their documents show them.
import { describe, expect, it } from 'vitest';
import type { SenderApi } from '../../../src/core/enrich.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { shopifyListing } from '../../../src/core/listings/shopify-listing.ts';
import { stripeListing } from '../../../src/core/listings/stripe-listing.ts';
import { basicToken, woocommerceListing } from '../../../src/core/listings/woocommerce-listing.ts';
import { lostSubscriptions, type SourceListing } from '../../../src/core/reconcile.ts';
import { ok } from '../../../src/core/result.ts';
import { createMemoryReconciliation } from '../../support/memory-reconciliation.ts';

function listed(listing: SourceListing, answer: JsonValue) {
  const memory = createMemoryReconciliation(() => ok(answer));
  const api: SenderApi = memory.apis.openListing();
  return {
    asked: memory.asked,
    list: (types: readonly string[], cursor: string | null = null) =>
      listing.list(api, { from: 1_700_000_000_500, to: 1_700_000_100_500, cursor, types }),
    subscriptions: () => listing.subscriptions?.(api, { path: '/hooks/shop' }),
  };
}

const order = {
  id: 450789469,
  updated_at: '2026-11-20T10:00:00+00:00',
  financial_status: 'partially_refunded',
  fulfillment_status: null,
  cancelled_at: null,
  refunds: [
    { id: 7, order_id: 450789469 },
    { id: 8, order_id: 450789469 },
  ],
};

describe('Shopify', () => {
  it('gives each thing that happened to an order, in the order it happens', async () => {
    const { list } = listed(shopifyListing, { orders: [order] });
    const page = await list([
      'orders/cancelled',
      'refunds/create',
      'orders/paid',
      'orders/create',
      'orders/updated',
    ]);
    if (!page.ok) throw new Error(page.error.message);
    expect(
      page.value.webhooks.map(({ headers, isState }) => [headers['x-shopify-webhook-id'], isState]),
    ).toEqual([
      ['reconciled:orders/create:450789469', false],
      ['reconciled:orders/paid:450789469', false],
      ['reconciled:refunds/create:7', false],
      ['reconciled:refunds/create:8', false],
      ['reconciled:orders/updated:450789469:2026-11-20T10:00:00+00:00', true],
    ]);
    expect(page.value.cursor).toBeNull();
  });

  it('goes on from the last id of a full page, so that what changes meanwhile is not skipped', async () => {
    const full = Array.from({ length: 50 }, (_, index) => ({ ...order, id: index + 1 }));
    const { list, asked } = listed(shopifyListing, { orders: full });
    const page = await list(['orders/create'], '17');
    expect(page).toMatchObject({ ok: true, value: { cursor: '50' } });
    expect(asked[0]?.query).toMatchObject({ since_id: '17', updated_at_min: '2023-11-14T22:13:20.500Z' });
  });

  it('tells a list that is none from an empty one', async () => {
    expect((await listed(shopifyListing, { errors: 'Not Found' }).list(['orders/create'])).ok).toBe(false);
    expect(await listed(shopifyListing, { orders: [] }).list(['orders/create'])).toMatchObject({ ok: true });
  });

  it('knows the webhooks to this relay alone, and which of the wanted are gone', async () => {
    const webhooks = [
      { topic: 'orders/create', address: 'https://relay.example.com/hooks/shop' },
      { topic: 'orders/paid', address: 'https://other.example.com/elsewhere' },
      { topic: 'orders/paid', address: 'no address' },
    ];
    const found = await listed(shopifyListing, { webhooks }).subscriptions();
    if (found?.ok !== true) throw new Error('no answer');
    expect(lostSubscriptions(found.value, ['orders/create', 'orders/paid'])).toEqual([
      { type: 'orders/paid', state: 'missing' },
    ]);
  });
});

describe('Stripe', () => {
  const data = [
    { id: 'evt_3', type: 'charge.refunded' },
    { id: 'evt_2', type: 'invoice.paid' },
    { id: 'evt_1', type: 'charge.refunded' },
  ];

  it('gives the events themselves, the oldest first, and only those that are wanted', async () => {
    const { list, asked } = listed(stripeListing, { data, has_more: true });
    const page = await list(['charge.refunded', 'payment_intent.succeeded'], 'evt_9');
    if (!page.ok) throw new Error(page.error.message);
    expect(page.value.webhooks.map(({ payload }) => (payload as { id: string }).id)).toEqual([
      'evt_1',
      'evt_3',
    ]);
    expect(page.value.cursor).toBe('evt_1');
    expect(asked[0]?.query).toEqual({
      limit: '100',
      'created[gte]': '1700000000',
      'created[lte]': '1700000101',
      starting_after: 'evt_9',
    });
  });

  it('asks for a type by name where there is one', async () => {
    const { list, asked } = listed(stripeListing, { data, has_more: false });
    expect(await list(['invoice.paid'])).toMatchObject({ ok: true, value: { cursor: null } });
    expect(asked[0]?.query).toMatchObject({ type: 'invoice.paid' });
  });

  it('says that an endpoint was disabled, and that one for all types is one for each', async () => {
    const url = 'https://relay.example.com/hooks/shop';
    const disabled = { url, status: 'disabled', enabled_events: ['*'] };
    const found = await listed(stripeListing, { data: [disabled] }).subscriptions();
    if (found?.ok !== true) throw new Error('no answer');
    expect(lostSubscriptions(found.value, ['invoice.paid'])).toEqual([
      { type: 'invoice.paid', state: 'disabled' },
    ]);
    expect(lostSubscriptions([{ type: '*', state: 'active' }], ['invoice.paid'])).toEqual([]);
  });
});

describe('WooCommerce', () => {
  it('reads its times as GMT and counts pages', async () => {
    const { list, asked } = listed(woocommerceListing, [{ id: 1 }, { no: 'id' }]);
    const page = await list(['order.created', 'order.updated'], '3');
    if (!page.ok) throw new Error(page.error.message);
    expect(
      page.value.webhooks.map(({ headers, isState }) => [headers['x-wc-webhook-topic'], isState]),
    ).toEqual([
      ['order.created', false],
      ['order.updated', true],
    ]);
    expect(asked[0]?.query).toMatchObject({
      page: '3',
      modified_after: '2023-11-14T22:13:19',
      dates_are_gmt: 'true',
    });
  });

  it('takes a paused webhook for a lost one', async () => {
    const delivery_url = 'https://relay.example.com/hooks/shop';
    const webhooks = [
      { topic: 'order.created', status: 'active', delivery_url },
      { topic: 'order.updated', status: 'paused', delivery_url },
    ];
    const found = await listed(woocommerceListing, webhooks).subscriptions();
    if (found?.ok !== true) throw new Error('no answer');
    expect(lostSubscriptions(found.value, ['order.created', 'order.updated'])).toEqual([
      { type: 'order.updated', state: 'disabled' },
    ]);
  });

  it('sends its key and secret as Basic', () => {
    expect(basicToken('ck_1:cs_2')).toEqual({ authorization: 'Basic Y2tfMTpjc18y' });
  });
});
