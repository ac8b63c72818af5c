// Adyen: money that was received for an order, registered in the ERP.
//
// The checkout must give the order's id as `merchantReference`. An authorisation counts as received, as it is where Adyen captures by
// itself; where you capture by hand, name CAPTURE in its place.

import { defineIntegration, defineSource, on } from '../../../src/core/define-integration.ts';
import { fromMinorUnits } from '../../../src/core/money.ts';
import { adyen as adyenPreset } from '../../../src/core/sources/adyen.ts';
import { paymentRegister } from '../../../src/operations/index.ts';
import { erp } from '../targets/sandbox.ts';
import { orderIdOf, saleSources, salesBefore } from './sales.ts';

/** POST /hooks/adyen. Everything about one order runs in its line, the shop's own events of it too. */
export const adyen = defineSource({
  id: 'adyen',
  preset: adyenPreset,
  secret: 'ADYEN_HMAC_KEY',
  entity: ({ entity, payload: { merchantReference: reference } }) =>
    reference ? { kind: 'order', id: orderIdOf(reference) } : entity,
});

export const adyenPayments = defineIntegration({
  name: 'adyen',
  sources: [adyen, ...saleSources],
  targets: [erp],
  routes: [
    on(adyen, 'AUTHORISATION').run(paymentRegister, {
      id: 'register-payment',
      target: erp,
      after: salesBefore,
      when: ({ payload: item }) =>
        item.success === 'true' && item.amount.value > 0 && Boolean(item.merchantReference),
      subject: ({ payload: item }) => item.pspReference,
      input: ({ payload: item }) => ({
        paymentId: item.pspReference,
        orderId: orderIdOf(item.merchantReference),
        amount: adyenMoney(item.amount),
        currency: item.amount.currency,
        paidAt: item.eventDate,
        method: item.paymentMethod || undefined,
      }),
    }),
  ],
});

/** Adyen's whole numbers as decimals. It counts in ISO 4217's minor unit but for four currencies: docs.adyen.com, "Currency codes". */
function adyenMoney({ value, currency }: { readonly value: number; readonly currency: string }): string {
  if (currency === 'CLP' || currency === 'ISK') return fromMinorUnits(value / 100, currency);
  return fromMinorUnits(currency === 'CVE' || currency === 'IDR' ? value * 100 : value, currency);
}
