// What must not compile: every line after `@ts-expect-error` is a mistake, and the words beside it stand in the first
// line of the compiler's message. test/core/define-integration-types.test.ts checks the messages.
import { describe, it } from 'vitest';
import { defineSource, defineTarget, on } from '../../src/core/define-integration.ts';
import {
  creditNoteIssue,
  customerUpsert,
  paymentRegister,
  saleConfirm,
  stockSet,
  stockSetMany,
} from '../../src/operations/index.ts';
import { limitedAdapter, lineOf, openSource, shop, target } from './fixtures.ts';

const base = { id: 'r', target };
const good = (order: { id: string; total: string }) => ({
  orderId: order.id,
  customer: { customerId: '1', name: 'Ada' },
  currency: 'EUR',
  lines: [{ lineId: '1', sku: 'a', quantity: 1, unitPrice: order.total }],
  total: order.total,
});

describe('does not compile:', () => {
  it('a topic the source does not have', () => {
    // @ts-expect-error order/paidd
    on(shop, 'order/paidd');
  });

  it('a payload field that does not exist', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error totl
      input: ({ payload }) => ({ ...good(payload), total: payload.totl }),
    });
  });

  it('a payload field of another topic', () => {
    on(shop, 'customer/changed').run(customerUpsert, {
      ...base,
      // @ts-expect-error total
      subject: ({ payload }) => payload.total,
      version: ({ payload }) => payload.changed_at,
      input: ({ payload }) => ({ customerId: payload.id, name: payload.name }),
    });
  });

  it('a required input field, misspelt', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error total
      input: ({ payload }) => {
        const { total, ...rest } = good(payload);
        return { ...rest, totl: total };
      },
    });
  });

  it('an optional input field, misspelt', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        orderId: payload.id,
        customer: { customerId: '1', name: 'Ada' },
        currency: 'EUR',
        lines: payload.lines.map(lineOf),
        total: payload.total,
        // @ts-expect-error shippingTotl
        shippingTotl: '1.00',
      }),
    });
  });

  it('a nested input field, misspelt', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        orderId: payload.id,
        // @ts-expect-error emial
        customer: { customerId: '1', name: 'Ada', emial: 'ada@example.com' },
        currency: 'EUR',
        lines: payload.lines.map(lineOf),
        total: payload.total,
      }),
    });
  });

  it('a field of a line, misspelt', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        ...good(payload),
        // @ts-expect-error totl
        lines: payload.lines.map((line) => ({ ...lineOf(line), totl: '1.00' })),
      }),
    });
  });

  it('a misspelt field in a mapping with a body of its own', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error discount
      input: ({ payload }) => {
        const discount = '1.00';
        return { ...good(payload), discount };
      },
    });
  });

  it('a misspelt field whose value could be anything', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        ...good(payload),
        // @ts-expect-error never
        shippingTotl: JSON.parse('"1.00"'),
      }),
    });
  });

  it('a wrong type', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        orderId: payload.id,
        customer: { customerId: '1', name: 'Ada' },
        currency: 'EUR',
        lines: payload.lines.map(lineOf),
        // @ts-expect-error number
        total: 12.5,
      }),
    });
  });

  it('a wrong type in a line', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      input: ({ payload }) => ({
        ...good(payload),
        // @ts-expect-error quantity
        lines: payload.lines.map((line) => ({ ...lineOf(line), quantity: '1' })),
      }),
    });
  });

  it('no subject where the operation repeats per subject', () => {
    // @ts-expect-error subject
    on(shop, 'order/paid').run(paymentRegister, {
      ...base,
      input: ({ payload }) => ({
        paymentId: payload.id,
        orderId: payload.id,
        amount: payload.total,
        currency: 'EUR',
        paidAt: payload.paid_at,
      }),
    });
  });

  it('a subject that is no text', () => {
    on(shop, 'order/paid').run(creditNoteIssue, {
      ...base,
      // @ts-expect-error number
      subject: () => 1,
      input: ({ payload }) => ({
        refundId: payload.id,
        orderId: payload.id,
        currency: 'EUR',
        amount: payload.total,
      }),
    });
  });

  it('no version where the operation repeats per version', () => {
    // @ts-expect-error version
    on(shop, 'customer/changed').run(customerUpsert, {
      ...base,
      subject: ({ payload }) => payload.id,
      input: ({ payload }) => ({ customerId: payload.id, name: payload.name }),
    });
  });

  it('a subject where the operation never repeats', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error subject: sale.confirm takes none
      subject: ({ payload }) => payload.id,
      input: ({ payload }) => good(payload),
    });
  });

  it('a version where the operation repeats per subject', () => {
    on(shop, 'order/paid').run(creditNoteIssue, {
      ...base,
      subject: ({ payload }) => payload.id,
      // @ts-expect-error version: credit_note.issue takes none
      version: ({ payload }) => payload.paid_at,
      input: ({ payload }) => ({
        refundId: payload.id,
        orderId: payload.id,
        currency: 'EUR',
        amount: payload.total,
      }),
    });
  });

  it('onStale where nothing is replaced', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error onStale: sale.confirm replaces no state
      onStale: 'skip',
      input: ({ payload }) => good(payload),
    });
  });

  it('another word than onStale has', () => {
    on(shop, 'customer/changed').run(customerUpsert, {
      ...base,
      subject: ({ payload }) => payload.id,
      version: ({ payload }) => payload.changed_at,
      // @ts-expect-error never
      onStale: 'never',
      input: ({ payload }) => ({ customerId: payload.id, name: payload.name }),
    });
  });

  it('a prerequisite the source does not send', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error order/creatd
      after: ['order/creatd'],
      input: ({ payload }) => good(payload),
    });
  });

  it('a target by its name instead of itself', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      id: 'r',
      // @ts-expect-error string
      target: 'erp',
      input: ({ payload }) => good(payload),
    });
  });

  it('a target whose adapter does not run the operation', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      id: 'r',
      // @ts-expect-error sale.confirm
      target: defineTarget({
        id: 'pos',
        adapter: limitedAdapter,
        baseUrl: 'POS_URL',
        credential: {},
        timeoutMs: 1_000,
        quietMs: 1_000,
      }),
      input: ({ payload }) => good(payload),
    });
  });

  it('an option that does not exist', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error onDeadLeter
      onDeadLeter: 'continue',
      input: ({ payload }) => good(payload),
    });
  });

  it('a payload field in the entity of a source', () => {
    defineSource({
      id: 'shop',
      preset: openSource,
      secret: 'SHOP_SECRET',
      // @ts-expect-error ordr_id
      entity: (event) => ({ kind: 'order', id: event.payload.ordr_id }),
    });
  });

  it('a mapping that forgets that a field may be missing', () => {
    on(shop, 'order/paid').run(stockSet, {
      ...base,
      subject: ({ payload }) => payload.id,
      version: ({ payload }) => payload.paid_at,
      // @ts-expect-error undefined
      input: ({ payload }) => ({ sku: payload.lines[0]?.sku, quantity: 1 }),
    });
  });

  it('a batch route that does not say what becomes of the good records', () => {
    const route = {
      ...base,
      subject: ({ payload }: { payload: { id: string } }) => payload.id,
      input: ({ payload }: { payload: { id: string } }) => ({
        batchId: payload.id,
        records: [{ sku: 'a', quantity: 1 }],
      }),
    };
    on(shop, 'order/paid').run(stockSetMany, { ...route, batch: 'partial' });
    on(shop, 'order/paid').run(stockSetMany, { ...route, batch: 'all_or_nothing' });
    // @ts-expect-error Property 'batch' is missing
    on(shop, 'order/paid').run(stockSetMany, route);
    // @ts-expect-error Type '"some"' is not assignable
    on(shop, 'order/paid').run(stockSetMany, { ...route, batch: 'some' });
  });

  it('a batch policy where there is one record', () => {
    on(shop, 'order/paid').run(saleConfirm, {
      ...base,
      // @ts-expect-error batch: sale.confirm takes one record
      batch: 'partial',
      input: ({ payload }) => good(payload),
    });
  });
});
