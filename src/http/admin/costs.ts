// GET /admin/costs: what the platform bills, counted by the relay itself, per event and in dollars.

import type { Hono } from 'hono';
import { billed, costsPerEvent, prices, sumReadings } from '../../core/costs.ts';
import type { HttpEnv } from '../services.ts';
import { toIso } from '../to-wire.ts';

export function routeCosts(app: Hono<HttpEnv>): void {
  app.get('/admin/costs', async (c) => {
    const { readings, unanswered } = await c.get('services').costs.read();
    const counts = sumReadings(readings);
    const isolates = new Map(readings.map(({ isolate, since }) => [isolate, since]));
    const perEvent = costsPerEvent(counts);
    return c.json({
      since: toIso(Math.min(...isolates.values())),
      isolateCount: isolates.size,
      unansweredCount: unanswered,
      counts,
      perEvent:
        perEvent === null
          ? null
          : Object.fromEntries(billed.map((kind) => [kind, round(perEvent.lines[kind].perEvent)])),
      dollarsPerMillionEvents:
        perEvent === null
          ? null
          : {
              ...Object.fromEntries(
                billed.map((kind) => [kind, round(perEvent.lines[kind].dollarsPerMillionEvents)]),
              ),
              total: round(perEvent.dollarsPerMillionEvents),
            },
      prices,
    });
  });
}

/** Four digits after the point: a row read costs a thousandth of a dollar a million. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
