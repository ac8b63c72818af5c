// The warehouse's inventory: one batch, once an inventory, with what the operation demands of its records.
import { describe, expect, it } from 'vitest';
import type { MappedEvent } from '../../src/core/event.ts';
import { warehouseStock } from '../../src/integrations/warehouse.ts';
import { stockSetMany } from '../../src/operations/index.ts';

const route = warehouseStock.routes.find(({ id }) => id === 'set-stock-of-inventory');

const event = {
  payload: {
    inventory_id: 'I-7',
    warehouse: 'MAIN',
    sequence: 4,
    counted_at: '2026-03-01T09:00:00Z',
    lines: [{ sku: 'A', on_hand: 3 }],
  },
} as unknown as MappedEvent;

describe('an inventory of the warehouse', () => {
  it('sets the stock of its lines in one batch, the good ones also where others are bad', () => {
    expect(route).toMatchObject({ batch: 'partial', onDeadLetter: 'continue' });
    expect(route?.subject?.(event)).toBe('I-7');
    const input = route?.input(event);
    expect(stockSetMany.input.parse(input)).toEqual({
      batchId: 'I-7',
      records: [{ sku: 'A', location: 'MAIN', quantity: 3, asOf: '2026-03-01T09:00:00Z' }],
    });
  });
});
