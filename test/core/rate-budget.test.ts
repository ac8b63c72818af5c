// How many requests a caller may send in a window of time.
import { describe, expect, it } from 'vitest';
import { createRateBudget } from '../../src/core/rate-budget.ts';

const limits = { requests: 3, windowMs: 60_000, maxCallers: 2 };

describe('a budget of requests', () => {
  it('counts down, turns away at none, and begins again when the window ends', () => {
    const budget = createRateBudget(limits);
    const taken = [0, 1_000, 2_000, 3_000].map((now) => budget.take('ada', now));
    expect(taken.map(({ isAllowed }) => isAllowed)).toEqual([true, true, true, false]);
    expect(taken.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0]);
    expect(taken.at(-1)?.resetSeconds).toBe(57);
    expect(budget.take('ada', 60_000)).toEqual({ isAllowed: true, remaining: 2, resetSeconds: 60 });
  });

  it('keeps callers apart', () => {
    const budget = createRateBudget(limits);
    for (let count = 0; count < 4; count += 1) budget.take('ada', 0);
    expect(budget.take('bob', 0).isAllowed).toBe(true);
    expect(budget.take('ada', 0).isAllowed).toBe(false);
  });

  it('forgets the caller whose window is the oldest, and no other', () => {
    const budget = createRateBudget(limits);
    budget.take('ada', 0);
    budget.take('bob', 1);
    budget.take('eve', 2);
    expect(budget.take('bob', 3).remaining).toBe(1);
    expect(budget.take('ada', 4).remaining).toBe(2);
  });

  it('begins again where the clock steps back', () => {
    const budget = createRateBudget(limits);
    for (let count = 0; count < 4; count += 1) budget.take('ada', 5_000_000);
    expect(budget.take('ada', 0)).toEqual({ isAllowed: true, remaining: 2, resetSeconds: 60 });
  });
});
