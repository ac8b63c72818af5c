// Square: money that was received for an order, registered in the ERP.
//
// The order's id is the payment's `reference_id`, which the till or the checkout sets, else Square's own `order_id`.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { square as squarePreset } from '../../../src/core/sources/square.ts';
import type { SquarePayment } from '../../../src/core/sources/square-payloads.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** POST /hooks/square: to the characters as SQUARE_WEBHOOK_URL says, for they are signed. */
export const square = defineSource({
  id: 'square',
  preset: squarePreset,
  secret: 'SQUARE_SIGNATURE_KEY',
  url: 'SQUARE_WEBHOOK_URL',
  entity: (event) => {
    if (event.type !== 'payment.created' && event.type !== 'payment.updated') return event.entity;
    const reference = referenceOf(event.payload.data.object.payment);
    return reference === null ? event.entity : { kind: 'order', id: orderIdOf(reference) };
  },
});

export const squarePayments = defineIntegration({
  name: 'square',
  sources: [square, ...saleSources],
  targets: [erp],
  // A card is paid when its payment is made, other ways later. It is registered once, whichever says so first.
  routes: [
    registerPayment('payment.created', 'register-payment'),
    registerPayment('payment.updated', 'register-later-payment'),
  ],
});

function registerPayment(type: 'payment.created' | 'payment.updated', id: string) {
  return on(square, type).run(paymentRegister, {
    id,
    target: erp,
    after: salesBefore,
    when: ({ payload: { data } }) =>
      data.object.payment.status === 'COMPLETED' && referenceOf(data.object.payment) !== null,
    subject: ({ payload: { data } }) => data.object.payment.id,
    input: ({ payload: { data } }) => toPayment(data.object.payment),
  });
}

function referenceOf({ reference_id: reference, order_id: order }: SquarePayment): string | null {
  return reference || order || null;
}

function toPayment(payment: SquarePayment) {
  // A tip is not the order's.
  const { amount, currency } = payment.amount_money;
  return {
    paymentId: payment.id,
    orderId: orderIdOf(referenceOf(payment) ?? ''),
    amount: fromMinorUnits(amount, currency),
    currency,
    // Not `updated_at`, which a later change of the payment moves.
    paidAt: payment.created_at,
    method: payment.source_type?.toLowerCase(),
  };
}
