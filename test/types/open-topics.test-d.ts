// Presets that spell out no payloads can be routed by any type, and told more with withTopics.
import { describe, expectTypeOf, it } from 'vitest';
import { defineSource, on } from '../../src/core/define-integration.ts';
import type { JsonValue } from '../../src/core/json.ts';
import { github } from '../../src/core/sources/github.ts';
import { shopify } from '../../src/core/sources/shopify.ts';
import type { ShopifyTopics } from '../../src/core/sources/shopify-payloads.ts';
import { withTopics } from '../../src/core/sources/with-topics.ts';

type Mine = { readonly push: { readonly ref: string } };

describe('a source of a preset with open topics', () => {
  it('takes any type, with JSON as its payload', () => {
    const source = defineSource({
      id: 'code',
      preset: github,
      secret: 'CODE_SECRET',
      entity: (event) => {
        expectTypeOf(event.payload.ref).toEqualTypeOf<JsonValue | undefined>();
        return event.entity;
      },
    });
    on(source, 'issues.opened');
  });

  it('takes the types it was told, and no others', () => {
    const source = defineSource({
      id: 'code',
      preset: withTopics<Mine>(github),
      secret: 'CODE_SECRET',
      entity: (event) => {
        expectTypeOf(event.payload.ref).toEqualTypeOf<string>();
        return event.entity;
      },
    });
    on(source, 'push');
    // @ts-expect-error: no such type was told
    on(source, 'issues.opened');
  });

  it('keeps what a preset knows by itself', () => {
    const preset = withTopics<Mine, ShopifyTopics>(shopify);
    const source = defineSource({ id: 'shop', preset, secret: 'SHOP_SECRET' });
    on(source, 'push');
    on(source, 'orders/create');
  });
});
