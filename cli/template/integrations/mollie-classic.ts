// Mollie, classic webhooks: money that was received for an order, registered in the ERP. The webhook only says which payment changed;
// the payment is fetched.
//
// The checkout must put the order's id into the payment's metadata as `order_id`; without one nothing is done.

import { defineIntegration, on } from '../../../src/core/define-integration.ts';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import { isJsonObject, type JsonValue } from '../../../src/core/json.ts';
import { mollieClassicRecords } from '../../../src/core/sources/mollie-classic-records.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** POST /hooks/mollie-classic?token=… */
export const mollie = defineThinSource({
  id: 'mollie-classic',
  secret: 'MOLLIE_URL_TOKEN',
  ...mollieClassicRecords({ baseUrl: 'MOLLIE_API_URL', token: 'MOLLIE_API_KEY' }),
  entity: (event) => {
    const reference = referenceOf(event.payload.metadata);
    return reference === null ? event.entity : { kind: 'order', id: orderIdOf(reference) };
  },
});

export const molliePayments = defineIntegration({
  name: 'mollie-classic',
  sources: [mollie, ...saleSources],
  targets: [erp],
  routes: [
    on(mollie, 'payment.changed').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      after: salesBefore,
      when: ({ payload: payment }) => payment.status === 'paid' && referenceOf(payment.metadata) !== null,
      subject: ({ payload: payment }) => payment.id,
      input: ({ payload: payment }) => ({
        paymentId: payment.id,
        orderId: orderIdOf(referenceOf(payment.metadata) ?? ''),
        amount: payment.amount.value,
        currency: payment.amount.currency,
        paidAt: payment.paidAt ?? payment.createdAt,
        method: payment.method ?? undefined,
      }),
    }),
  ],
});

function referenceOf(metadata: JsonValue): string | null {
  const reference = isJsonObject(metadata) ? metadata.order_id : undefined;
  if (typeof reference === 'number') return String(reference);
  return typeof reference === 'string' && reference !== '' ? reference : null;
}
