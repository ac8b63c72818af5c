// Mollie's records: where each is asked for, which event it is by its state, and what is never asked for.
import { describe, expect, it } from 'vitest';
import { defineThinSource } from '../../../src/core/define-thin-source.ts';
import type { JsonValue } from '../../../src/core/json.ts';
import { mollieClassicRecords } from '../../../src/core/sources/mollie-classic-records.ts';
import { announced, fetchWith, stepOf } from '../../support/scripted-sender-api.ts';

const payments = defineThinSource({
  id: 'mollie-classic',
  secret: 'MOLLIE_URL_TOKEN',
  ...mollieClassicRecords({ baseUrl: 'MOLLIE_API_URL', token: 'MOLLIE_API_KEY' }),
});
const payment = announced('payment.changed', { id: 'tr_7UhSN1zuXS' });
const eventIdOf = (record: JsonValue) => stepOf(payments).identify?.(payment, record).eventId;

describe('a record of Mollie', () => {
  it.each([
    ['payment.changed', 'tr_7UhSN1zuXS', '/payments/tr_7UhSN1zuXS'],
    ['order.changed', 'ord_1.kEn1PlbGa', '/orders/ord_1.kEn1PlbGa'],
  ])('of %s is asked for where it is', async (type, id, path) => {
    const record = { id, status: 'paid' };
    const { asked, result } = await fetchWith(payments, announced(type, { id }), { [path]: record });
    expect(asked).toEqual([path]);
    expect(result).toEqual({ ok: true, value: record });
  });

  it('is one event a state: announced again it is the same one', () => {
    const paid = { id: 'tr_1', status: 'paid', amountRefunded: { value: '0.00' } };
    expect(eventIdOf(paid)).toBe(eventIdOf({ ...paid, description: 'other' }));
    expect(eventIdOf(paid)).not.toBe(eventIdOf({ ...paid, status: 'open' }));
    expect(eventIdOf(paid)).not.toBe(eventIdOf({ ...paid, amountRefunded: { value: '5.00' } }));
    expect(eventIdOf(paid)).not.toBe(eventIdOf({ ...paid, amountChargedBack: { value: '5.00' } }));
  });

  it('is another event when more of an order was shipped', () => {
    const order = (quantityShipped: number) => ({
      id: 'ord_1',
      status: 'shipping',
      amountRefunded: null,
      lines: [
        { quantity: 3, quantityShipped, quantityRefunded: 0, quantityCanceled: 0 },
        { quantity: 1, quantityShipped: 0, quantityRefunded: 0, quantityCanceled: 0 },
      ],
    });
    expect(eventIdOf(order(1))).toBe('ord_1:shipping:0:0:0:1:0:0');
    expect(eventIdOf(order(2))).toBe('ord_1:shipping:0:0:0:2:0:0');
  });
});

describe('fetching from Mollie', () => {
  it.each(['not_found', 'unauthorized', 'rate_limited', 'unavailable'] as const)(
    'hands on %s',
    async (reason) => {
      const failure = { reason, message: 'as the API says', retryAfterMs: 5_000 };
      const { result } = await fetchWith(payments, payment, { '/payments/tr_7UhSN1zuXS': failure });
      expect(result).toEqual({ ok: false, error: failure });
    },
  );

  it.each([
    ['payment.changed', 'tr_../../methods'],
    ['payment.changed', 'tr_..'],
    ['payment.changed', 'tr_1?embed=refunds'],
    ['payment.changed', 'tr_1%2f2'],
    ['payment.changed', 'tr_'],
    ['payment.changed', `tr_${'1'.repeat(65)}`],
    ['payment.changed', 'ord_1'],
    ['payment.changed', ['tr_1']],
    ['payment.changed', 1],
    ['order.changed', 'tr_1'],
    ['subscription.changed', 'sub_1'],
  ])('asks nothing for %s of %j', async (type, id) => {
    const { asked, result } = await fetchWith(payments, announced(type, { id }));
    expect(asked).toEqual([]);
    expect(result).toMatchObject({ error: { reason: 'not_enrichable' } });
  });

  it('takes no answer about another payment', async () => {
    const { result } = await fetchWith(payments, payment, { '/payments/tr_7UhSN1zuXS': { id: 'tr_other' } });
    expect(result).toMatchObject({ error: { reason: 'enrich_failed' } });
  });
});
