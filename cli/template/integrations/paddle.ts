// Paddle Billing: money that was received for an order, registered in the ERP.
//
// The checkout must put the order's id into the transaction's `custom_data` as `order_id`; without one nothing is done.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { paddle as paddlePreset } from '../../../src/core/sources/paddle.ts';
import { withTopics } from '../../../src/core/sources/with-topics.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** The documented fields that are used here; amounts are whole numbers in the currency's smallest unit, as text. */
type PaddleTransaction = {
  readonly id: string;
  readonly currency_code: string;
  readonly custom_data?: { readonly order_id?: string | number } | null;
  readonly details?: { readonly totals?: { readonly grand_total?: string } };
};

type PaddleTopics = {
  readonly 'transaction.completed': { readonly occurred_at: string; readonly data: PaddleTransaction };
};

/** POST /hooks/paddle. A transaction runs in the line of its order, the shop's own events of it too. */
export const paddle = defineSource({
  id: 'paddle',
  preset: withTopics<PaddleTopics>(paddlePreset),
  secret: 'PADDLE_WEBHOOK_SECRET',
  entity: (event) => {
    if (event.type !== 'transaction.completed') return event.entity;
    const reference = referenceOf(event.payload.data);
    return reference === null ? event.entity : { kind: 'order', id: orderIdOf(reference) };
  },
});

export const paddlePayments = defineIntegration({
  name: 'paddle',
  sources: [paddle, ...saleSources],
  targets: [erp],
  routes: [
    on(paddle, 'transaction.completed').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      after: salesBefore,
      when: ({ payload: { data } }) => referenceOf(data) !== null && totalOf(data) > 0,
      subject: ({ payload: { data } }) => data.id,
      input: ({ payload: { data, occurred_at: paidAt } }) => ({
        paymentId: data.id,
        orderId: orderIdOf(referenceOf(data) ?? ''),
        amount: fromMinorUnits(totalOf(data), data.currency_code),
        currency: data.currency_code,
        paidAt,
      }),
    }),
  ],
});

function totalOf({ details }: PaddleTransaction): number {
  return Number(details?.totals?.grand_total ?? 0);
}

function referenceOf({ custom_data: custom }: PaddleTransaction): string | null {
  const reference = custom?.order_id;
  return reference === undefined || reference === '' ? null : String(reference);
}
