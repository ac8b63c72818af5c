// The input a delivery was sent with: the newest that is kept whole, and nothing made up where none is.
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/core/delivery.ts';
import { originalInputOf } from '../../src/pipeline/original-input.ts';

const attempt = (startedAt: number, input: string | null): Attempt => ({
  ...{ deliveryId: 'dlv_0_1', number: 1, epoch: 1, mode: 'perform', startedAt, endedAt: startedAt + 1 },
  outcome: { kind: 'retryable', effect: 'none', reason: 'erp_unavailable', message: null },
  ...{ exchanges: [], input },
});

describe('the original input', () => {
  it('is that of the newest attempt that has one, in whatever order they come', () => {
    const attempts = [attempt(3, '{"total":"3"}'), attempt(4, null), attempt(1, '{"total":"1"}')];
    expect(originalInputOf(attempts)).toEqual({ ok: true, value: { total: '3' } });
  });

  it.each([
    ['of no attempt', [], 'none_kept'],
    ['where the mapping failed', [attempt(1, null)], 'none_kept'],
    ['where it was cut', [attempt(1, '{"lines":[{"sku":"mug…')], 'was_cut'],
    // An older whole one is not what was sent last.
    ['where the newest was cut', [attempt(1, '{}'), attempt(2, '{"a":…')], 'was_cut'],
  ] as const)('is missing %s', (_why, attempts, reason) => {
    expect(originalInputOf(attempts)).toMatchObject({ ok: false, error: { reason } });
  });
});
