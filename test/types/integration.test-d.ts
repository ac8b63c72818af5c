// What must compile: one integration with every option, as a user writes it.
import { describe, expectTypeOf, it } from 'vitest';
import {
  defineIntegration,
  defineSource,
  on,
  type RouteDefinition,
  type Source,
} from '../../src/core/define-integration.ts';
import type { InputOf } from '../../src/core/operation.ts';
import type { SourcePreset } from '../../src/core/source.ts';
import {
  creditNoteIssue,
  customerUpsert,
  paymentRegister,
  saleConfirm,
  stockSet,
} from '../../src/operations/index.ts';
import { lineOf, openSource, type ShopOrder, shop, stockTarget, target } from './fixtures.ts';

declare const openTopics: SourcePreset<{
  readonly [type: string]: { readonly sku: string; readonly at: string };
}>;

describe('compiles:', () => {
  it('an integration with every option', () => {
    const routes = [
      on(shop, 'order/created').run(saleConfirm, {
        id: 'confirm-sale',
        target,
        when: ({ payload }) => payload.lines.length > 0,
        after: [],
        waitMs: 60_000,
        onDeadLetter: 'continue',
        retry: { attempts: 3 },
        timeoutMs: 2_000,
        input: ({ payload, occurredAt }) => ({
          orderId: payload.id,
          customer: { customerId: '1', name: 'Ada', email: payload.note ?? undefined },
          currency: 'EUR',
          lines: payload.lines.map(lineOf),
          total: payload.total,
          orderedAt: occurredAt === null ? undefined : new Date(occurredAt).toISOString(),
        }),
      }),
      on(shop, 'order/paid').run(paymentRegister, {
        id: 'register-payment',
        target,
        after: [
          'order/created',
          on(shop, 'order/created'),
          { source: shop, type: 'x', target },
          { route: 'other.route' },
        ],
        subject: ({ payload }) => payload.id,
        input: ({ payload }) => {
          const method = payload.note === null ? undefined : 'card';
          return {
            paymentId: payload.id,
            orderId: payload.id,
            amount: payload.total,
            currency: 'EUR',
            paidAt: payload.paid_at,
            method,
          };
        },
      }),
      on(shop, 'customer/changed').run(customerUpsert, {
        id: 'upsert-customer',
        target,
        subject: ({ payload }) => payload.id,
        version: ({ payload }) => payload.changed_at,
        onStale: 'run',
        input: ({ payload }) => ({
          customerId: payload.id,
          name: payload.name,
          email: payload.email ?? undefined,
        }),
      }),
    ];
    expectTypeOf(routes).toEqualTypeOf<RouteDefinition[]>();
    defineIntegration({ name: 'shop', sources: [shop], targets: [target], routes });
  });

  it('a mapping that is a function of its own', () => {
    const toCredit = (order: ShopOrder): InputOf<typeof creditNoteIssue> => ({
      refundId: order.id,
      orderId: order.id,
      currency: 'EUR',
      amount: order.total,
    });
    on(shop, 'order/paid').run(creditNoteIssue, {
      id: 'credit',
      target,
      subject: ({ payload }) => payload.id,
      input: ({ payload }) => toCredit(payload),
    });
  });

  it('a target that runs only what is asked of it', () => {
    on(shop, 'order/paid').run(stockSet, {
      id: 'set',
      target: stockTarget,
      subject: ({ payload }) => payload.id,
      version: ({ payload }) => payload.paid_at,
      input: () => ({ sku: 'a', quantity: 1, location: undefined }),
    });
  });

  it('a source whose list of types is open, and an entity read by type', () => {
    const open = defineSource({
      id: 'open',
      preset: openTopics,
      secret: 'OPEN_SECRET',
      entity: (event) => ({ kind: 'product', id: event.payload.sku }),
    });
    on(open, 'anything').run(stockSet, {
      id: 'set',
      target,
      subject: ({ payload }) => payload.sku,
      version: ({ payload }) => payload.at,
      input: ({ payload }) => ({ sku: payload.sku, quantity: 1 }),
    });
    const narrowed = defineSource({
      id: 'narrowed',
      preset: openSource,
      secret: 'SHOP_SECRET',
      entity: (event) =>
        event.type === 'customer/changed'
          ? { kind: 'customer', id: event.payload.changed_at }
          : { kind: 'order', id: event.payload.total },
    });
    expectTypeOf(narrowed).toExtend<Source<object>>();
  });
});
