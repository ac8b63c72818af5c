// The types of sources with a ready enrich step: a mapping sees the record of its own event type.
import { describe, expectTypeOf, it } from 'vitest';
import { on } from '../../src/core/define-integration.ts';
import { defineThinSource } from '../../src/core/define-thin-source.ts';
import type { BigCommerceEvent } from '../../src/core/sources/bigcommerce.ts';
import {
  type BigCommerceOrder,
  type BigCommerceProduct,
  bigcommerceRecords,
} from '../../src/core/sources/bigcommerce-records.ts';
import { type GraphMessage, microsoftGraphRecords } from '../../src/core/sources/microsoft-graph-records.ts';
import { type MolliePayment, mollieClassicRecords } from '../../src/core/sources/mollie-classic-records.ts';
import { type QuickBooksInvoice, quickbooksRecords } from '../../src/core/sources/quickbooks-records.ts';
import { type XeroInvoice, xeroRecords } from '../../src/core/sources/xero-records.ts';
import { saleConfirm } from '../../src/operations/index.ts';
import { target } from './fixtures.ts';

const api = { baseUrl: 'API_URL', token: 'API_TOKEN' };

const shop = defineThinSource({
  id: 'shop',
  secret: 'SHOP_SECRET',
  ...bigcommerceRecords(api),
  entity: (event) =>
    event.type === 'store/order/created' ? { kind: 'order', id: `bc-${event.payload.id}` } : event.entity,
});

describe('a source with a ready enrich step', () => {
  it('maps the record of its event type', () => {
    on(shop, 'store/order/created').run(saleConfirm, {
      id: 'confirm',
      target: target as never,
      input: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<BigCommerceOrder>();
        expectTypeOf(payload.products[0]?.sku).toEqualTypeOf<string | undefined>();
        // @ts-expect-error a misspelt field
        payload.curency_code;
        return {} as never;
      },
    });
    on(shop, 'store/product/updated').run(saleConfirm, {
      id: 'product',
      target: target as never,
      input: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<BigCommerceProduct>();
        return {} as never;
      },
    });
  });

  it('leaves what is not fetched as it is announced, and knows no other type', () => {
    on(shop, 'store/shipment/created').run(saleConfirm, {
      id: 'shipment',
      target: target as never,
      input: ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<BigCommerceEvent<'store/shipment/created'>>();
        return {} as never;
      },
    });
    // @ts-expect-error a misspelt type
    on(shop, 'store/order/create');
  });

  it('gives every sender its own records', () => {
    type PayloadOf<Source, Type extends string> = Source extends { readonly payloads?: infer Topics }
      ? NonNullable<Topics>[Type & keyof NonNullable<Topics>]
      : never;
    const mollie = defineThinSource({ id: 'm', secret: 'S', ...mollieClassicRecords(api) });
    const xero = defineThinSource({ id: 'x', secret: 'S', ...xeroRecords({ ...api, tenantId: '' }) });
    const quickbooks = defineThinSource({ id: 'q', secret: 'S', ...quickbooksRecords(api) });
    const graph = defineThinSource({ id: 'g', secret: 'S', ...microsoftGraphRecords(api) });
    expectTypeOf<PayloadOf<typeof mollie, 'payment.changed'>>().toEqualTypeOf<MolliePayment>();
    expectTypeOf<PayloadOf<typeof xero, 'INVOICE.UPDATE'>>().toEqualTypeOf<XeroInvoice>();
    expectTypeOf<PayloadOf<typeof quickbooks, 'Invoice.Void'>>().toEqualTypeOf<QuickBooksInvoice>();
    expectTypeOf<PayloadOf<typeof quickbooks, 'qbo.invoice.updated.v1'>>().toEqualTypeOf<QuickBooksInvoice>();
    expectTypeOf<PayloadOf<typeof graph, 'message.created'>>().toEqualTypeOf<GraphMessage>();
  });
});
