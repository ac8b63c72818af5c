// Ids carry their partition, read back as they were written, and nothing else is taken for one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstNumber, formatId, generationOf, parseId } from '../../src/core/ids.ts';

describe('ids', () => {
  it('read back as they were written', () => {
    const kind = fc.constantFrom('evt' as const, 'dlv' as const);
    const partition = fc.nat({ max: 99_999 });
    fc.assert(
      fc.property(kind, partition, fc.integer({ min: 1, max: 36 ** 10 - 1 }), (...parts) => {
        const [asKind, asPartition, number] = parts;
        const parsed = parseId(asKind, formatId(asKind, asPartition, number));
        expect(parsed).toEqual({ ok: true, value: { kind: asKind, partition: asPartition, number } });
      }),
    );
  });

  it('of another kind are refused', () => {
    expect(parseId('dlv', 'evt_3_1f').ok).toBe(false);
    expect(parseId('evt', 'evt_3_1f').ok).toBe(true);
  });

  it('say which generation made them', () => {
    const madeBy = (generation: number, offset: number) => {
      const parsed = parseId('evt', formatId('evt', 0, firstNumber(generation) + offset));
      return parsed.ok ? generationOf(parsed.value) : null;
    };
    expect([madeBy(1, 0), madeBy(1, 999_999_999), madeBy(2, 0), madeBy(7, 5)]).toEqual([1, 1, 2, 7]);
  });

  it.each([
    '',
    'evt',
    'evt_3',
    'evt_3_',
    'evt_3_0',
    'evt__1',
    'evt_3_1F',
    'evt_3_1f ',
    ' evt_3_1f',
    'evt_-1_1',
    'evt_3_1f\n',
    'evt_3_zzzzzzzzzzz',
    'evt_123456_1',
  ])('are not %j', (text) => {
    expect(parseId('evt', text)).toEqual({ ok: false, error: 'malformed_id' });
  });
});
