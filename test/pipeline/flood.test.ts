// Too much of one source: genuine requests past its budget are told to come later with nothing claimed, and a stranger's
// noise is turned away unread without ever counting against the sender he pretends to be.

import { describe, expect, it } from 'vitest';
import { ok } from '../../src/core/result.ts';
import { arrivals, signedArrivals } from '../support/batch-senders.ts';
import { createIntakeRelay } from '../support/intake-relay.ts';

const genuine = (from: number) => signedArrivals(arrivals(1, from));
const forged = (from: number) => ({ ...genuine(from), body: '{"forged":true}' });

describe('a source past its budget', () => {
  it('is answered flooded, with nothing claimed and a line in the log', async () => {
    const relay = createIntakeRelay(() => ok({}), { floodBurst: 2, floodPerSecond: 1 });
    expect((await relay.post('dock', genuine(0))).kind).toBe('accepted');
    expect((await relay.post('dock', genuine(1))).kind).toBe('accepted');
    const calls = relay.callCount();
    expect(await relay.post('dock', genuine(2))).toEqual({
      kind: 'flooded',
      reason: 'source_over_budget',
      retryAfterSeconds: 1,
    });
    expect(relay.callCount()).toBe(calls);
    expect(relay.log.at(-1)).toMatchObject({ event: 'request.refused', reason: 'source_over_budget' });
  });
});

describe('an address whose requests do not verify', () => {
  it('is turned away before it is read, while the sender it pretends to be goes on', async () => {
    const relay = createIntakeRelay(() => ok({}), { unverifiedPerMinute: 2 });
    for (const _ of [1, 2]) {
      expect((await relay.post('dock', forged(0), '203.0.113.7')).kind).toBe('unverified');
    }
    expect(await relay.post('dock', genuine(0), '203.0.113.7')).toMatchObject({
      kind: 'flooded',
      reason: 'address_turned_away',
    });
    expect((await relay.post('dock', genuine(0), '198.51.100.1')).kind).toBe('accepted');
  });
});
