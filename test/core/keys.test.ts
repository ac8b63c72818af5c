// Keys may not meet: what is another order, target, operation, subject or version has another key, whatever the text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  maxOperationKeyLength,
  maxOrderingKeyLength,
  operationKeyOf,
  orderingKeyOf,
} from '../../src/core/keys.ts';

/** Texts that look like parts of keys, mixed with any others. */
const piece = fc.oneof(
  fc.constantFrom(
    '1',
    '1001',
    'erp',
    'stock.set',
    'a/b',
    'a%2Fb',
    '/',
    '%',
    '%2F',
    '..',
    ' ',
    'é',
    '日本',
    '~',
    'event',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed()),
  fc.integer({ min: 150, max: 700 }).map((length) => 'x'.repeat(length)),
);
const kind = fc.constantFrom('order', 'product', 'customer', 'receipt');
const entity = fc.option(fc.record({ kind, id: piece }), { nil: null });
const event = fc.record({ source: fc.constantFrom('shopify', 'stripe'), eventId: piece, entity });
const operation = fc.record({
  target: fc.constantFrom('erp', 'crm'),
  operation: fc.constantFrom('stock.set', 'payment.register'),
  subject: fc.option(piece, { nil: undefined }),
});
const version = fc.option(piece, { nil: undefined });

describe('an ordering key', () => {
  it('is the entity, or the event where there is none', () => {
    const event = { source: 'shopify', eventId: 'evt 1/2' };
    expect(orderingKeyOf({ ...event, entity: { kind: 'order', id: '1001' } })).toBe('order/1001');
    expect(orderingKeyOf({ ...event, entity: { kind: 'product', id: 'A/B 10%' } })).toBe(
      'product/A%2FB%2010%25',
    );
    expect(orderingKeyOf({ ...event, entity: null })).toBe('event/shopify/evt%201%2F2');
  });

  it('differs where the entity differs, and is bounded printable ASCII', () => {
    fc.assert(
      fc.property(event, event, (one, other) => {
        const identity = (of: typeof one) => JSON.stringify(of.entity ?? [of.source, of.eventId]);
        const [a, b] = [orderingKeyOf(one), orderingKeyOf(other)];
        expect(a === b).toBe(identity(one) === identity(other));
        expect(a).toMatch(/^[\x21-\x7e]+$/);
        expect(a.length).toBeLessThanOrEqual(maxOrderingKeyLength);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an operation key', () => {
  it('is the ordering key, the target, the operation, its subject and its version', () => {
    const key = { orderingKey: 'product/A%2FB', target: 'erp', operation: 'stock.set' };
    expect(operationKeyOf(key)).toBe('product/A%2FB/erp/stock.set');
    expect(operationKeyOf({ ...key, subject: 'A/B' })).toBe('product/A%2FB/erp/stock.set/A%2FB');
    expect(operationKeyOf({ ...key, subject: 'A/B', version: '2' })).toBe(
      'product/A%2FB/erp/stock.set/A%2FB/2',
    );
  });

  it('differs where any part differs', () => {
    const full = fc.record({ event, operation, version });
    const parts = (of: {
      event: { source: string; eventId: string; entity: unknown };
      operation: { subject?: string | undefined };
      version: string | undefined;
    }) =>
      JSON.stringify([
        of.event.entity ?? [of.event.source, of.event.eventId],
        of.operation,
        of.operation.subject === undefined ? null : of.version,
      ]);
    fc.assert(
      fc.property(full, full, (one, other) => {
        const keyOf = (of: typeof one) => {
          const orderingKey = orderingKeyOf(of.event);
          return operationKeyOf({
            orderingKey,
            ...of.operation,
            version: of.operation.subject === undefined ? undefined : of.version,
          });
        };
        expect(keyOf(one) === keyOf(other)).toBe(parts(one) === parts(other));
      }),
      { numRuns: 5_000 },
    );
  });

  it('differs although its long parts differ only beyond the bound', () => {
    const key = { orderingKey: 'order/1', target: 'erp', operation: 'payment.register' };
    const long = 'x'.repeat(2_000);
    const [a, b] = [
      operationKeyOf({ ...key, subject: `${long}a` }),
      operationKeyOf({ ...key, subject: `${long}b` }),
    ];
    expect(a).not.toBe(b);
    expect([a.length, b.length]).toEqual([maxOperationKeyLength, maxOperationKeyLength]);
  });

  it('cannot be had by a subject written like a shortened key', () => {
    const key = { orderingKey: 'order/1', target: 'erp', operation: 'payment.register' };
    const shortened = operationKeyOf({ ...key, subject: 'x'.repeat(2_000) });
    const forged = shortened.slice('order/1/erp/payment.register/'.length);
    expect(operationKeyOf({ ...key, subject: forged })).not.toBe(shortened);
  });

  it('is bounded, printable, and always begins with the whole ordering key', () => {
    fc.assert(
      fc.property(event, operation, version, (of, run, at) => {
        const orderingKey = orderingKeyOf(of);
        const key = operationKeyOf({ orderingKey, ...run, version: at });
        expect(key.startsWith(`${orderingKey}/`)).toBe(true);
        expect(key).toMatch(/^[\x21-\x7e]+$/);
        expect(key.length).toBeLessThanOrEqual(maxOperationKeyLength);
      }),
    );
  });
});
