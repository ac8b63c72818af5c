// Instants as senders write them; a text whose clock nobody knows is no instant.
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/core/parse-instant.ts';

describe('an instant', () => {
  it.each([
    ['2026-11-24T12:00:00Z', Date.UTC(2026, 10, 24, 12)],
    ['2026-11-24 12:00:00Z', Date.UTC(2026, 10, 24, 12)],
    ['2026-11-24T12:00:00.5Z', Date.UTC(2026, 10, 24, 12, 0, 0, 500)],
    ['2023-03-29T18:00:27.877041743Z', Date.UTC(2023, 2, 29, 18, 0, 27, 877)],
    ['2021-12-31T19:00:00-05:00', Date.UTC(2022, 0, 1)],
    ['2021-12-31T19:00:00-0500', Date.UTC(2022, 0, 1)],
  ])('%s is read', (text, expected) => {
    expect(parseInstant(text)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2026-11-24',
    '2026-11-24T12:00:00',
    '2026-13-24T12:00:00Z',
    '2026-11-24T25:00:00Z',
    '1795521600',
    ' 2026-11-24T12:00:00Z',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });
});
