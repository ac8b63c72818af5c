// The types of a source whose record is fetched: mappings see the record, the step sees the announcement.
import { describe, expectTypeOf, it } from 'vitest';
import { on } from '../../src/core/define-integration.ts';
import { defineThinSource } from '../../src/core/define-thin-source.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import { saleConfirm } from '../../src/operations/index.ts';
import { target } from './fixtures.ts';

type Full = { readonly id: string; readonly total: string };
declare const preset: SourcePreset<{
  readonly 'order/placed': { readonly order_id: string };
  readonly 'app/removed': { readonly shop: string };
}>;

const shop = defineThinSource({
  id: 'shop',
  preset,
  secret: 'SHOP_SECRET',
  enrich: {
    api: { baseUrl: 'SHOP_API_URL', token: null },
    types: ['order/placed'],
    enrich: (event, api) => {
      expectTypeOf(event.payload).toEqualTypeOf<{ readonly order_id: string }>();
      return api.get<Full>(`/orders/${event.payload.order_id}`);
    },
  },
  entity: (event) => (event.type === 'order/placed' ? { kind: 'order', id: event.payload.id } : null),
});

describe('a route of an enriched type', () => {
  it('maps the fetched record', () => {
    on(shop, 'order/placed').run(saleConfirm, {
      id: 'confirm',
      target: target as never,
      input: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<Full>();
        // @ts-expect-error the announcement is not what a mapping sees
        payload.order_id;
        return {} as never;
      },
    });
  });

  it('leaves other types as their sender sends them', () => {
    on(shop, 'app/removed').run(saleConfirm, {
      id: 'removed',
      target: target as never,
      input: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<{ readonly shop: string }>();
        return {} as never;
      },
    });
  });
});
