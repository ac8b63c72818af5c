// The heap is a sorted list with entries that move: checked against one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReadyHeap } from '../../../src/core/sequencer/ready-heap.ts';

const name = fc.constantFrom(...'abcdefgh');
const operation = fc.oneof(
  fc.record({ do: fc.constant('put' as const), name, rank: fc.integer({ min: 0, max: 9 }) }),
  fc.record({ do: fc.constant('remove' as const), name }),
  fc.record({ do: fc.constant('take' as const) }),
);

describe('the ready heap', () => {
  it('always gives the lowest rank, whatever was put, moved and removed', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
        const heap = createReadyHeap();
        const list = new Map<string, number>();
        for (const next of operations) {
          if (next.do === 'put') {
            heap.put(next.name, next.rank);
            list.set(next.name, next.rank);
          } else if (next.do === 'remove') {
            heap.remove(next.name);
            list.delete(next.name);
          } else {
            const taken = heap.take();
            const lowest = list.size === 0 ? null : Math.min(...list.values());
            expect(taken?.rank ?? null).toBe(lowest);
            if (taken !== null) {
              expect(list.get(taken.entry)).toBe(taken.rank);
              list.delete(taken.entry);
            }
          }
          expect(heap.size()).toBe(list.size);
          expect(heap.peek()?.rank ?? null).toBe(list.size === 0 ? null : Math.min(...list.values()));
        }
      }),
      { numRuns: 300 },
    );
  });
});
