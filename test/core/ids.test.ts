// Ids carry their partition, read back as they were written, and nothing else is taken for one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatId, parseId } from '../../src/core/ids.ts';

describe('ids', () => {
  it('read back as they were written', () => {
    const kind = fc.constantFrom('evt' as const, 'dlv' as const);
    const partition = fc.nat({ max: 99_999 });
    fc.assert(
      fc.property(kind, partition, fc.integer({ min: 1, max: 36 ** 10 - 1 }), (...parts) => {
        const [asKind, asPartition, number] = parts;
        const parsed = parseId(asKind, formatId(asKind, asPartition, number), 100_000);
        expect(parsed).toEqual({ ok: true, value: { kind: asKind, partition: asPartition, number } });
      }),
    );
  });

  it('of another kind or of a partition beyond are refused', () => {
    expect(parseId('dlv', 'evt_3_1f', 64).ok).toBe(false);
    expect(parseId('evt', 'evt_64_1f', 64).ok).toBe(false);
    expect(parseId('evt', 'evt_63_1f', 64).ok).toBe(true);
  });

  it.each([
    '',
    'evt',
    'evt_3',
    'evt_3_',
    'evt__1',
    'evt_3_1F',
    'evt_3_1f ',
    ' evt_3_1f',
    'evt_-1_1',
    'evt_3_1f\n',
    'evt_3_zzzzzzzzzzz',
    'evt_123456_1',
  ])('are not %j', (text) => {
    expect(parseId('evt', text, 1_000_000)).toEqual({ ok: false, error: 'malformed_id' });
  });
});
