// The Retry-After header: seconds, dates, and everything else.
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/core/parse-retry-after.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('Retry-After', () => {
  it('is seconds or a date, and never more than an hour', () => {
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 11:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('999999', now)).toBe(3_600_000);
  });

  it('is none where it is absent or cannot be read', () => {
    for (const value of [undefined, '', 'soon', '-5x']) expect(parseRetryAfter(value, now)).toBeNull();
  });
});
