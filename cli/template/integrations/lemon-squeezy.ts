// Lemon Squeezy: money that was received for an order, registered in the ERP.
//
// The checkout must carry the ERP's order id as custom data, `order_id`; without one nothing is done.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { lemonSqueezy as lemonSqueezyPreset } from '../../../src/core/sources/lemon-squeezy.ts';
import { withTopics } from '../../../src/core/sources/with-topics.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** The documented fields that are used here; `total` is a whole number in the currency's smallest unit. */
type LemonOrder = {
  readonly meta: { readonly custom_data?: { readonly order_id?: string | number } | null };
  readonly data: {
    readonly id: string;
    readonly attributes: {
      readonly status?: string;
      readonly total: number;
      readonly currency: string;
      readonly created_at?: string;
      readonly updated_at: string;
    };
  };
};

/** POST /hooks/lemon-squeezy. An order runs in the line of the ERP's order. */
export const lemonSqueezy = defineSource({
  id: 'lemon-squeezy',
  preset: withTopics<{ readonly order_created: LemonOrder }>(lemonSqueezyPreset),
  secret: 'LEMON_SQUEEZY_SECRET',
  entity: (event) => {
    if (event.type !== 'order_created') return event.entity;
    const reference = referenceOf(event.payload);
    return reference === null ? event.entity : { kind: 'order', id: orderIdOf(reference) };
  },
});

export const lemonSqueezyPayments = defineIntegration({
  name: 'lemon-squeezy',
  sources: [lemonSqueezy, ...saleSources],
  targets: [erp],
  routes: [
    on(lemonSqueezy, 'order_created').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      after: salesBefore,
      when: ({ payload }) =>
        referenceOf(payload) !== null &&
        payload.data.attributes.status === 'paid' &&
        payload.data.attributes.total > 0,
      subject: ({ payload }) => payload.data.id,
      input: ({ payload }) => toPayment(payload),
    }),
  ],
});

function referenceOf({ meta }: LemonOrder): string | null {
  const reference = meta.custom_data?.order_id;
  return reference === undefined || reference === '' ? null : String(reference);
}

function toPayment(payload: LemonOrder) {
  const { id, attributes } = payload.data;
  return {
    paymentId: id,
    orderId: orderIdOf(referenceOf(payload) ?? ''),
    amount: fromMinorUnits(attributes.total, attributes.currency),
    currency: attributes.currency,
    paidAt: attributes.created_at ?? attributes.updated_at,
  };
}
