// What counts come to: per event, in dollars, and over isolates.
import { describe, expect, it } from 'vitest';
import {
  billed,
  type CostReading,
  costsPerEvent,
  noCosts,
  prices,
  sumReadings,
} from '../../src/core/costs.ts';

describe('the cost of an event', () => {
  it('is each count divided by the events, times its price', () => {
    const costs = costsPerEvent({ ...noCosts, events: 4, objectRowsWritten: 20, queueOperations: 1 });
    expect(costs?.lines.objectRowsWritten).toEqual({ perEvent: 5, dollarsPerMillionEvents: 5 });
    expect(costs?.lines.queueOperations).toEqual({ perEvent: 0.25, dollarsPerMillionEvents: 0.1 });
    expect(costs?.dollarsPerMillionEvents).toBeCloseTo(5.1, 10);
  });

  it('is unknown before the first event', () => {
    expect(costsPerEvent(noCosts)).toBeNull();
  });

  it('has a price for everything that is billed', () => {
    expect(Object.keys(prices.dollarsPerMillion).sort()).toEqual([...billed].sort());
  });

  it('adds what each isolate counted once, however many objects in it were asked', () => {
    const reading = (isolate: string, events: number): CostReading => ({
      ...{ isolate, since: 1 },
      counts: { ...noCosts, events },
    });
    expect(sumReadings([reading('a', 3), reading('b', 5), reading('a', 3)]).events).toBe(8);
  });
});
