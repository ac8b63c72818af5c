// BigCommerce's records: where each is asked for, what is made of the answer, and what is never asked for.
import { describe, expect, it } from 'vitest';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { bigcommerceRecords } from '../../../src/core/sources/bigcommerce-records.ts';
import { announced, fetchWith, stepOf } from '../../support/scripted-sender-api.ts';

const shop = defineThinSource({
  id: 'bigcommerce',
  secret: 'BIGCOMMERCE_CLIENT_SECRET',
  ...bigcommerceRecords({ baseUrl: 'BIGCOMMERCE_API_URL', token: 'BIGCOMMERCE_API_TOKEN' }),
});

const about = (scope: string, id: unknown, producer: unknown = 'stores/abc123') =>
  announced(scope, { scope, producer, data: { type: scope.split('/')[1], id } } as never);

const order = '/stores/abc123/v2/orders/250';
const lines = `${order}/products?limit=250`;

describe('a BigCommerce record', () => {
  it('is an order with its lines in place of the link to them', async () => {
    const { asked, result } = await fetchWith(shop, about('store/order/created', 250), {
      [order]: { id: 250, status: 'Pending', products: { url: 'https://api.bigcommerce.com/…' } },
      [lines]: [{ id: 1, sku: 'mug', quantity: 2 }],
    });
    expect(asked).toEqual([order, lines]);
    expect(result).toEqual({
      ok: true,
      value: { id: 250, status: 'Pending', products: [{ id: 1, sku: 'mug', quantity: 2 }] },
    });
  });

  it('is a product of the catalogue, out of its envelope', async () => {
    const { result } = await fetchWith(shop, about('store/product/updated', 7), {
      '/stores/abc123/v3/catalog/products/7': { data: { id: 7, sku: 'mug' }, meta: {} },
    });
    expect(result).toEqual({ ok: true, value: { id: 7, sku: 'mug' } });
  });

  it('is a customer out of a list of one, and nothing where the list is empty', async () => {
    const place = '/stores/abc123/v3/customers?id:in=9';
    const event = about('store/customer/updated', 9);
    expect((await fetchWith(shop, event, { [place]: { data: [{ id: 9 }] } })).result.ok).toBe(true);
    expect((await fetchWith(shop, event, { [place]: { data: [] } })).result).toMatchObject({
      error: { reason: 'not_found' },
    });
  });

  it('is never another one than the one that was announced', async () => {
    const { result } = await fetchWith(shop, about('store/customer/updated', 9), {
      '/stores/abc123/v3/customers?id:in=9': { data: [{ id: 10 }] },
    });
    expect(result).toMatchObject({ error: { reason: 'enrich_failed' } });
  });

  it('is no order whose lines may not be all', async () => {
    const page = Array.from({ length: 250 }, (_, id) => ({ id }));
    const script = { [order]: { id: 250 }, [lines]: page };
    const { result } = await fetchWith(shop, about('store/order/updated', 250), script);
    expect(result).toMatchObject({ error: { reason: 'too_large' } });
  });
});

describe('fetching from BigCommerce', () => {
  it.each(['not_found', 'unauthorized', 'rate_limited', 'unavailable'] as const)(
    'hands on %s with what it says about waiting, of the order and of its lines',
    async (reason) => {
      const failure = { reason, message: 'as the API says', retryAfterMs: 5_000 };
      const event = about('store/order/updated', 250);
      expect((await fetchWith(shop, event, { [order]: failure })).result).toEqual({
        ok: false,
        error: failure,
      });
      const script = { [order]: { id: 250 }, [lines]: failure };
      expect((await fetchWith(shop, event, script)).result).toEqual({ ok: false, error: failure });
    },
  );

  it.each([
    '../../v3/hooks',
    '1/../2',
    '1?x=1',
    '1%2f2',
    '',
    '0',
    '-1',
    '1e3',
    1.5,
    null,
    {},
    [1],
    '1'.repeat(20),
  ])('asks nothing for the id %j', async (id) => {
    const { asked, result } = await fetchWith(shop, about('store/order/updated', id));
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
  });

  it.each(['stores/../x', 'stores/a/b', 'https://evil.test', 'stores/', '/stores/abc', undefined, 5])(
    'asks nothing of the store %j',
    async (producer) => {
      const event = about('store/order/updated', 250, producer === undefined ? null : producer);
      const { asked, result } = await fetchWith(shop, event);
      expect(asked).toEqual([]);
      expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
    },
  );

  it('carries the token in a header of its own, and leaves deletions as they were announced', () => {
    const { api, types, record } = stepOf(shop);
    expect(api.authorize('t')).toEqual({ 'x-auth-token': 't' });
    expect(types).not.toContain('store/order/deleted');
    expect(types).not.toContain('store/shipment/created');
    expect(record).toBeUndefined();
  });
});
