import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFloodBudget } from '../../src/core/flood-budget.ts';

const bounds = { floodBurst: 10, floodPerSecond: 2, unverifiedPerMinute: 3, maxWatchedAddresses: 4 };

describe('the budget of a source', () => {
  it('lets a burst in, then says when to come again, and keeps its word', () => {
    const budget = createFloodBudget(bounds);
    for (let count = 0; count < 10; count += 1) expect(budget.admit('shop', 1_000)).toBeNull();
    expect(budget.admit('shop', 1_000)).toBe(1);
    expect(budget.admit('other', 1_000)).toBeNull();
    expect(budget.admit('shop', 2_000)).toBeNull();
  });

  it('lets in at most the burst and the rate, whatever comes when', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 500 }), { maxLength: 200 }), (steps) => {
        const budget = createFloodBudget(bounds);
        let now = 0;
        let latest = 0;
        let admitted = 0;
        for (const step of steps) {
          now = Math.max(0, now + step);
          latest = Math.max(latest, now);
          if (budget.admit('shop', now) === null) admitted += 1;
        }
        expect(admitted).toBeLessThanOrEqual(10 + (latest / 1000) * 2 + 1e-6);
      }),
    );
  });
});

describe('unverified requests', () => {
  it('turn away their own address at that source for the rest of the minute, and nobody else', () => {
    const budget = createFloodBudget(bounds);
    for (let count = 0; count < 3; count += 1) {
      expect(budget.turnedAway('shop', '203.0.113.7', 0)).toBeNull();
      budget.noteUnverified('shop', '203.0.113.7', 0);
    }
    expect(budget.turnedAway('shop', '203.0.113.7', 20_000)).toBe(40);
    expect(budget.turnedAway('shop', '203.0.113.8', 20_000)).toBeNull();
    expect(budget.turnedAway('pay', '203.0.113.7', 20_000)).toBeNull();
    expect(budget.turnedAway('shop', '203.0.113.7', 60_000)).toBeNull();
    budget.noteUnverified('shop', '203.0.113.7', 60_000);
    expect(budget.turnedAway('shop', '203.0.113.7', 60_000)).toBeNull();
  });

  it('never turn an address away longer than a minute when the clock steps back', () => {
    const budget = createFloodBudget(bounds);
    for (let count = 0; count < 3; count += 1) budget.noteUnverified('shop', 'a', 500_000);
    expect(budget.turnedAway('shop', 'a', 0)).toBe(60);
  });

  it('are watched for so many addresses, the newest, so that made-up ones fill no memory', () => {
    const budget = createFloodBudget(bounds);
    for (let count = 0; count < 3; count += 1) budget.noteUnverified('shop', 'old', 0);
    for (const address of ['a', 'b', 'c', 'd']) budget.noteUnverified('shop', address, 0);
    expect(budget.turnedAway('shop', 'old', 0)).toBeNull();
  });
});
