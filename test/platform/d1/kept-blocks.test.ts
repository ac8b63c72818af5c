// What is kept of unpacked blocks, and what makes room.
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import { createKeptBlocks } from '../../../src/platform/d1/kept-blocks.ts';

const third = limits.maxKeptBlockBytes / 3;

describe('kept blocks', () => {
  it('make room for the next one with those not asked for the longest', () => {
    const kept = createKeptBlocks<string>();
    for (const place of ['a', 'b', 'c']) kept.set(place, `block ${place}`, third);
    expect(kept.get('a')).toBe('block a');
    kept.set('d', 'block d', third);
    expect(['a', 'b', 'c', 'd'].filter(kept.has)).toEqual(['a', 'c', 'd']);
    expect(kept.get('b')).toBeUndefined();
  });

  it('count one that is set again once', () => {
    const kept = createKeptBlocks<number>();
    kept.set('a', 1, third);
    for (let time = 2; time < 9; time += 1) kept.set('b', time, third);
    expect([kept.get('a'), kept.get('b')]).toEqual([1, 8]);
  });

  it('never hold more than the bound, also for one that is larger', () => {
    const kept = createKeptBlocks<number>();
    kept.set('a', 1, third);
    kept.set('b', 2, limits.maxKeptBlockBytes + 1);
    expect(['a', 'b'].filter(kept.has)).toEqual([]);
    kept.set('c', 3, limits.maxKeptBlockBytes);
    expect(kept.get('c')).toBe(3);
  });
});
