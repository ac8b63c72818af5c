// Planning: which deliveries an event gets, under which keys, and what becomes of a route whose own functions fail.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderingKeyOf } from '../../src/core/keys.ts';
import type { AnyOperation } from '../../src/core/operation.ts';
import { type PlannableEvent, planDeliveries } from '../../src/core/plan-deliveries.ts';
import { defaultOnStale, type Route, routeDefaults } from '../../src/core/route.ts';
import { paymentRegister, saleConfirm, stockSet } from '../../src/operations/index.ts';

function route(operation: AnyOperation, parts: Partial<Route> = {}): Route {
  const policy = { ...routeDefaults, after: [], onStale: defaultOnStale(operation) };
  return {
    id: `shop.${operation.name}`,
    source: 'shop',
    type: 'order/paid',
    operation,
    target: 'erp',
    policy,
    timeoutMs: null,
    input: () => null,
    ...parts,
  };
}

function event(payload: PlannableEvent['payload'] = null, entityId = '1001'): PlannableEvent {
  const entity = { kind: 'order', id: entityId };
  return {
    id: 'evt-1',
    source: 'shop',
    type: 'order/paid',
    entity,
    orderingKey: orderingKeyOf({ source: 'shop', eventId: 'evt-1', entity }),
    sequence: null,
    occurredAt: null,
    receivedAt: 1,
    headers: {},
    payload,
  };
}

describe('planning', () => {
  it('gives each route that takes the event a delivery, in declared order', () => {
    const planned = planDeliveries(event(), [
      route(saleConfirm, { when: ({ entity }) => entity?.id === '1001' }),
      route(saleConfirm, { id: 'shop.never', when: () => false }),
      route(paymentRegister, { subject: () => 'pi_1', target: 'crm' }),
    ]);
    expect(planned.map(({ routeId }) => routeId)).toEqual(['shop.sale.confirm', 'shop.payment.register']);
    expect(planned[0]).toEqual({
      routeId: 'shop.sale.confirm',
      target: 'erp',
      operation: 'sale.confirm',
      operationKey: 'order/1001/erp/sale.confirm',
      staleKey: null,
      policy: route(saleConfirm).policy,
      problem: null,
    });
    expect(planned[1]?.operationKey).toBe('order/1001/crm/payment.register/pi_1');
  });

  it('keeps the version out of the key by which a newer input makes an older one pointless', () => {
    const set = route(stockSet, { subject: () => 'SKU/1', version: () => '2026-03-01T09:00:00Z' });
    const [planned] = planDeliveries(event(), [set]);
    expect(planned?.operationKey).toBe('order/1001/erp/stock.set/SKU%2F1/2026-03-01T09:00:00Z');
    expect(planned?.staleKey).toBe('order/1001/erp/stock.set/SKU%2F1');
    const [run] = planDeliveries(event(), [{ ...set, policy: { ...set.policy, onStale: 'run' } }]);
    expect(run?.staleKey).toBeNull();
  });

  it('turns whatever a route does wrong into the problem of its delivery', () => {
    const fail = (): never => {
      throw new Error('no such field');
    };
    const wrong: readonly [Partial<Route>, string][] = [
      [{ when: fail }, 'no such field'],
      [{ when: (async () => true) as never }, 'when must give true or false, not object'],
      [{ subject: fail }, 'no such field'],
      [{ subject: (() => 7) as never }, 'subject must give text, not number'],
      [{ subject: () => '' }, 'subject must not give an empty text'],
      [{ subject: () => String(undefined) }, 'subject gives "undefined": the field it reads is missing'],
      [{ subject: () => '\ud800' }, 'subject must give well-formed Unicode'],
      [{ version: (() => null) as never }, 'version must give text, not null'],
      [{ subject: (() => undefined) as never }, 'subject must give text, not undefined'],
    ];
    for (const [parts, message] of wrong) {
      const good = route(saleConfirm);
      const [planned, next] = planDeliveries(event(), [
        route(stockSet, { subject: () => 'a', version: () => '1', ...parts }),
        good,
      ]);
      expect(planned).toMatchObject({
        operationKey: null,
        staleKey: null,
        problem: { code: 'mapping_failed', message: `route shop.stock.set: ${message}` },
      });
      expect(next?.problem).toBeNull();
    }
  });

  it('gives two deliveries one key only where order, target, operation, subject and version are the same', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'a/b', 'b', '1', '%2F'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    );
    const one = fc.record({
      order: part,
      target: fc.constantFrom('erp', 'crm'),
      operation: fc.constantFrom(saleConfirm, paymentRegister, stockSet),
      subject: part,
      version: part,
    });
    const keyOf = ({
      order,
      target,
      operation,
      subject,
      version,
    }: typeof one extends fc.Arbitrary<infer T> ? T : never) => {
      const [planned] = planDeliveries(event(null, order), [
        route(operation, { target, subject: () => subject, version: () => version }),
      ]);
      return planned?.operationKey;
    };
    const identity = ({ order, target, operation, subject, version }: Parameters<typeof keyOf>[0]) => {
      const { name, repeats } = operation;
      const subjects = repeats === 'never' ? [] : repeats === 'per_subject' ? [subject] : [subject, version];
      return JSON.stringify([order, target, name, ...subjects]);
    };
    fc.assert(
      fc.property(one, one, (a, b) => {
        expect(keyOf(a) === keyOf(b)).toBe(identity(a) === identity(b));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is the same each time for the same event', () => {
    const routes = [route(paymentRegister, { subject: ({ payload }) => JSON.stringify(payload) })];
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const of = event(payload as PlannableEvent['payload']);
        expect(planDeliveries(of, routes)).toEqual(planDeliveries(structuredClone(of), routes));
      }),
    );
  });
});
