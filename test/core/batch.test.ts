// A batch split into its records, and a record of it run alone.
import { describe, expect, it } from 'vitest';
import { routeOfDelivery, splitBatch } from '../../src/core/batch.ts';
import { recordKeyOf } from '../../src/core/keys.ts';
import type { Route } from '../../src/core/route.ts';
import { stockSet, stockSetMany, toFieldErrors } from '../../src/operations/index.ts';
import { makeDelivery } from '../support/records.ts';

const split = (records: readonly unknown[]) =>
  splitBatch(
    { form: stockSetMany.batch, operationKey: 'k', input: { batchId: 'b', records } },
    toFieldErrors,
  );

describe('a batch', () => {
  it('gives each record a key of its own, and refuses the bad ones by themselves', () => {
    const { records, refused } = split([
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: -1 },
      { sku: 'A', location: 'X', quantity: 2 },
    ]);
    expect(records.map(({ recordId, key }) => [recordId, key])).toEqual([
      ['A', 'k/A'],
      ['A@X', 'k/A@X'],
    ]);
    expect(refused).toMatchObject([
      { recordId: 'B', code: 'invalid_input', fieldErrors: [{ field: 'quantity' }] },
    ]);
  });

  it('refuses a record that is there twice, and one that does not say which it is', () => {
    const { records, refused } = split([{ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 2 }, 7, {}]);
    expect(records).toHaveLength(1);
    expect(refused.map(({ recordId, code }) => [recordId, code])).toEqual([
      ['A#2', 'duplicate_record'],
      ['record#3', 'invalid_input'],
      ['record#4', 'invalid_input'],
    ]);
  });

  it('keeps the key of a record within the bound of an operation key', () => {
    const long = recordKeyOf(`order/1/${'x'.repeat(500)}`, 'SKU-1');
    expect(long).toHaveLength(512);
    expect(recordKeyOf(`order/1/${'x'.repeat(500)}`, 'SKU-2')).not.toBe(long);
  });
});

describe('a record run alone', () => {
  const route = {
    operation: stockSetMany,
    policy: { batch: 'partial' },
    input: () => ({ batchId: 'b', records: [{ sku: 'A' }, { sku: 'B' }, { sku: 'B' }] }),
  } as unknown as Route;
  const event = {} as Parameters<Route['input']>[0];
  const alone = (recordId: string, input: unknown) =>
    routeOfDelivery(route, makeDelivery({ own: { of: 'dlv_0_1', recordId, input } }));

  it('runs as its own operation with its own input', () => {
    expect(alone('B', { sku: 'B', quantity: 4 }).operation).toBe(stockSet);
    expect(alone('B', { sku: 'B', quantity: 4 }).input(event)).toEqual({ sku: 'B', quantity: 4 });
  });

  it('is given its input by the mapping where it was not kept', () => {
    expect(alone('B#3', null).input(event)).toEqual({ sku: 'B' });
    expect(() => alone('C', null).input(event)).toThrow('no record C any more');
  });
});
