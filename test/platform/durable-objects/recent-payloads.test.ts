// What a partition keeps in memory of the newest bodies: a copy of rows, bounded in bytes.

import { describe, expect, it } from 'vitest';
import { createRecentPayloads } from '../../../src/platform/durable-objects/recent-payloads.ts';

const keyOf = (eventId: string) => ({ orderingKey: 'order/1', source: 'shop', eventId });
const payloadOf = (bytes: number) => ({ headers: {}, body: new Uint8Array(bytes) });

describe('the recent payloads', () => {
  it('are found by their event until they are dropped', () => {
    const recent = createRecentPayloads(1_000);
    const payload = payloadOf(10);
    recent.keep(keyOf('a'), payload);
    expect(recent.find(keyOf('a'))).toBe(payload);
    expect(recent.find(keyOf('b'))).toBeNull();
    recent.drop(keyOf('a'));
    expect(recent.find(keyOf('a'))).toBeNull();
  });

  it('forget the oldest where the bytes are used up, and take nothing that is larger than all of them', () => {
    const recent = createRecentPayloads(100);
    for (const id of ['a', 'b', 'c']) recent.keep(keyOf(id), payloadOf(40));
    expect(['a', 'b', 'c'].map((id) => recent.find(keyOf(id)) !== null)).toEqual([false, true, true]);
    recent.keep(keyOf('d'), payloadOf(101));
    expect(recent.find(keyOf('d'))).toBeNull();
    expect(recent.find(keyOf('c'))).not.toBeNull();
  });

  it('count an event that is kept again once, and a part of a larger buffer as the whole', () => {
    const recent = createRecentPayloads(100);
    for (let n = 0; n < 5; n += 1) recent.keep(keyOf('a'), payloadOf(60));
    recent.keep(keyOf('b'), payloadOf(40));
    expect(recent.find(keyOf('a'))).not.toBeNull();
    recent.keep(keyOf('c'), { headers: {}, body: new Uint8Array(200).subarray(0, 1) });
    expect(recent.find(keyOf('c'))).toBeNull();
  });
});
