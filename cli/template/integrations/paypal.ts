// PayPal: money that was captured for an order, registered in the ERP.
//
// The checkout must give the order's id as `custom_id`, or as `invoice_id`; without one nothing is done.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { paypal as paypalPreset } from '../../../src/core/sources/paypal.ts';
import type { PayPalCapture } from '../../../src/core/sources/paypal-payloads.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** POST /hooks/paypal. A capture runs in the line of its order, the shop's own events of it too. */
export const paypal = defineSource({
  id: 'paypal',
  preset: paypalPreset,
  secret: 'PAYPAL_WEBHOOK_ID',
  entity: (event) => {
    if (event.type !== 'PAYMENT.CAPTURE.COMPLETED') return event.entity;
    const reference = referenceOf(event.payload.resource);
    return reference === null ? event.entity : { kind: 'order', id: orderIdOf(reference) };
  },
});

export const paypalPayments = defineIntegration({
  name: 'paypal',
  sources: [paypal, ...saleSources],
  targets: [erp],
  routes: [
    on(paypal, 'PAYMENT.CAPTURE.COMPLETED').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      after: salesBefore,
      when: ({ payload }) => referenceOf(payload.resource) !== null,
      subject: ({ payload }) => payload.resource.id,
      input: ({ payload: { resource: capture } }) => ({
        paymentId: capture.id,
        orderId: orderIdOf(referenceOf(capture) ?? ''),
        amount: capture.amount.value,
        currency: capture.amount.currency_code,
        paidAt: capture.create_time,
        method: 'paypal',
      }),
    }),
  ],
});

function referenceOf({ custom_id: custom, invoice_id: invoice }: PayPalCapture): string | null {
  return custom || invoice || null;
}
