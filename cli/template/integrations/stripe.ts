// Stripe: money that was received for an order, registered in the ERP.
//
// The checkout must put the order's id into the payment's metadata as `order_id`; without one nothing is done.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { stripe as stripePreset } from '../../../src/core/sources/stripe.ts';
import type { StripeMetadata, StripePaymentIntent } from '../../../src/core/sources/stripe-payloads.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
// template:if shopify
import { shopify } from './shopify.ts';
// template:end
// template:if woocommerce
import { woocommerce, wooId } from './woocommerce.ts';
// template:end

/**
 * POST /hooks/stripe. `entity` says which order an event is about: it then runs in the same line as the shop's own events of
 * that order. Metadata of a finished payment no longer changes.
 */
export const stripe = defineSource({
  id: 'stripe',
  preset: stripePreset,
  secret: 'STRIPE_WEBHOOK_SECRET',
  entity: (event) => {
    if (event.type !== 'payment_intent.succeeded') return event.entity;
    const orderId = orderIdOf(event.payload.data.object.metadata);
    return orderId === null ? event.entity : { kind: 'order', id: orderId };
  },
});

function orderIdOf(metadata: StripeMetadata): string | null {
  const { order_id: orderId } = metadata;
  if (orderId === undefined || orderId === '') return null;
  // template:if woocommerce
  // The WooCommerce plugin for Stripe writes its shop's address beside the order id; a checkout of one's own does not.
  if (metadata.site_url !== undefined) return wooId(orderId);
  // template:end
  return orderId;
}

export const stripePayments = defineIntegration({
  name: 'stripe',
  sources: [
    stripe,
    // template:if shopify
    shopify,
    // template:end
    // template:if woocommerce
    woocommerce,
    // template:end
  ],
  targets: [erp],
  routes: [
    // template:if shopify
    on(stripe, 'payment_intent.succeeded').run(paymentRegister, {
      id: 'register-shopify-payment',
      target: erp,
      // The sale comes from the shop, and may come later.
      after: [on(shopify, 'orders/create')],
      when: ({ payload }) => sellerOf(payload.data.object) === 'other',
      subject: ({ payload }) => payload.data.object.id,
      input: ({ payload }) => toPayment(payload.data.object, payload.created),
    }),
    // template:end
    // template:if woocommerce
    on(stripe, 'payment_intent.succeeded').run(paymentRegister, {
      id: 'register-woo-payment',
      target: erp,
      after: [on(woocommerce, 'order.created')],
      when: ({ payload }) => sellerOf(payload.data.object) === 'woocommerce',
      subject: ({ payload }) => payload.data.object.id,
      input: ({ payload }) => toPayment(payload.data.object, payload.created),
    }),
    // template:end
    // template:if alone
    on(stripe, 'payment_intent.succeeded').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      when: ({ payload }) => sellerOf(payload.data.object) !== null,
      subject: ({ payload }) => payload.data.object.id,
      input: ({ payload }) => toPayment(payload.data.object, payload.created),
    }),
    // template:end
  ],
});

/** Who sold it: a payment waits for the sale of its own shop and of no other. Null: it is about no order. */
function sellerOf({ metadata }: { readonly metadata: StripeMetadata }): 'woocommerce' | 'other' | null {
  if (orderIdOf(metadata) === null) return null;
  return metadata.site_url === undefined ? 'other' : 'woocommerce';
}

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

/**
 * Stripe's whole numbers as decimals. It counts in the currency's minor unit but for three currencies whose decimals
 * changed: docs.stripe.com/currencies, "special cases" and "zero-decimal".
 */
function stripeMoney(amount: number, currency: string): string {
  const code = currency.toUpperCase();
  if (code === 'ISK' || code === 'UGX') return fromMinorUnits(amount / 100, code);
  return fromMinorUnits(code === 'MGA' ? amount * 100 : amount, code);
}
