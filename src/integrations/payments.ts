// Payments: money Stripe received for an order of a shop, registered in the ERP; money it gave back, credited.
//
//   Stripe says                 the ERP does          why then
//   payment_intent.succeeded    payment.register      after the sale, which comes from the shop and may be later
//   charge.refunded             credit_note.issue     for WooCommerce, which sends no refunds; Shopify reports its own
//
// The checkout must put the shop's order id into the payment's metadata as `order_id`; without one nothing is done.

import { defineIntegration, defineSource, on } from '../core/define-integration.ts';
import { fromMinorUnits } from '../core/money.ts';
import { stripe as stripePreset } from '../core/sources/stripe.ts';
import type { StripeCharge, StripeMetadata, StripePaymentIntent } from '../core/sources/stripe-payloads.ts';
import { creditNoteIssue, paymentRegister } from '../operations/index.ts';
import { erp } from './erp-target.ts';
import { shopify, woocommerce, wooId } from './shop-orders.ts';

/**
 * POST /hooks/stripe. Stripe does not know the shop's orders, so `entity` says which order an event is about: it then
 * runs in the same line as the shop's own events of that order. Metadata of a finished payment no longer changes.
 */
export const stripe = defineSource({
  id: 'stripe',
  preset: stripePreset,
  secret: 'STRIPE_WEBHOOK_SECRET',
  entity: (event) => {
    if (event.type !== 'payment_intent.succeeded' && event.type !== 'charge.refunded') return event.entity;
    const orderId = orderIdOf(event.payload.data.object.metadata);
    return orderId === null ? event.entity : { kind: 'order', id: orderId };
  },
});

/** The WooCommerce plugin for Stripe writes its shop's address beside the order id; a checkout of one's own does not. */
function orderIdOf({ order_id: orderId, site_url: siteUrl }: StripeMetadata): string | null {
  if (orderId === undefined || orderId === '') return null;
  return siteUrl === undefined ? orderId : wooId(orderId);
}

const isWoo = ({ metadata }: { readonly metadata: StripeMetadata }): boolean =>
  orderIdOf(metadata)?.startsWith(wooId('')) ?? false;

const isShopify = ({ metadata }: { readonly metadata: StripeMetadata }): boolean =>
  orderIdOf(metadata) !== null && !isWoo({ metadata });

export const payments = defineIntegration({
  name: 'payments',
  sources: [stripe, shopify, woocommerce],
  targets: [erp],
  routes: [
    // One route for each shop, because each waits for another sale: `after` means all that it names.
    on(stripe, 'payment_intent.succeeded').run(paymentRegister, {
      id: 'register-shopify-payment',
      target: erp,
      after: [on(shopify, 'orders/create')],
      when: ({ payload }) => isShopify(payload.data.object),
      subject: ({ payload }) => payload.data.object.id,
      input: ({ payload }) => toPayment(payload.data.object, payload.created),
    }),

    on(stripe, 'payment_intent.succeeded').run(paymentRegister, {
      id: 'register-woo-payment',
      target: erp,
      after: [on(woocommerce, 'order.created')],
      when: ({ payload }) => isWoo(payload.data.object),
      subject: ({ payload }) => payload.data.object.id,
      input: ({ payload }) => toPayment(payload.data.object, payload.created),
    }),

    on(stripe, 'charge.refunded').run(creditNoteIssue, {
      id: 'credit-woo-refund',
      target: erp,
      // Not the type order.updated: many of those come before the one that posts the invoice.
      after: [{ route: 'shop-orders.woo-post-invoice' }],
      when: ({ payload }) => isWoo(payload.data.object),
      subject: ({ payload }) => refundIdOf(payload.data.object),
      input: ({ payload }) => {
        const { object: charge, previous_attributes: before } = payload.data;
        const refundedBefore = typeof before?.amount_refunded === 'number' ? before.amount_refunded : 0;
        return {
          refundId: refundIdOf(charge),
          orderId: orderIdOf(charge.metadata) ?? '',
          currency: charge.currency.toUpperCase(),
          amount: stripeMoney(charge.amount_refunded - refundedBefore, charge.currency),
        };
      },
    }),
  ],
});

function toPayment(payment: StripePaymentIntent, createdSeconds: number) {
  const [method, ...otherMethods] = payment.payment_method_types;
  return {
    paymentId: payment.id,
    orderId: orderIdOf(payment.metadata) ?? undefined,
    amount: stripeMoney(payment.amount_received, payment.currency),
    currency: payment.currency.toUpperCase(),
    paidAt: new Date(createdSeconds * 1000).toISOString(),
    // The methods that were offered: which one was used is known where there was only one.
    method: otherMethods.length === 0 ? method : undefined,
  };
}

/** The event names the charge, not the refund; what was refunded of it in all tells its refunds apart. */
function refundIdOf({ id, amount_refunded: refunded }: StripeCharge): string {
  return `${id}:${refunded}`;
}

/**
 * Stripe's whole numbers as decimals. It counts in the currency's minor unit but for three currencies whose decimals
 * changed: docs.stripe.com/currencies, "special cases" and "zero-decimal".
 */
function stripeMoney(amount: number, currency: string): string {
  const code = currency.toUpperCase();
  if (code === 'ISK' || code === 'UGX') return fromMinorUnits(amount / 100, code);
  return fromMinorUnits(code === 'MGA' ? amount * 100 : amount, code);
}
