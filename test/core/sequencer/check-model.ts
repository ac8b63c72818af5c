// What must hold of a sequencer after every command, beside its model. Compares cheaply, and by expect() only what differs.

import { expect } from 'vitest';
import { isClosed } from '../../../src/core/delivery.ts';
import type { Bench } from '../../support/sequencer-bench.ts';
import type { Model } from './model.ts';

/** Everything that must hold after every command. */
export function checkModel(model: Model): void {
  const kept = new Set(
    model.records().map(({ event }) => `${event.orderingKey} ${event.source} ${event.eventId}`),
  );
  for (const event of model.accepted) if (!kept.has(event)) throw new Error(`lost ${event}`);
  for (const delivery of model.deliveries()) {
    const before = model.closed.get(delivery.id);
    if (before !== undefined) expectSame(delivery.state, before, `${delivery.id} was closed`);
    if (isClosed(delivery.state)) model.closed.set(delivery.id, delivery.state);
    expectSame(delivery.attemptCount, model.spent.get(delivery.id) ?? 0, `attempts of ${delivery.id}`);
  }
  const isDue = (model.bench.core().nextTickAt(model.bench.now()) ?? Infinity) <= model.bench.now();
  const isQuiet = !isDue && !model.isResting();
  const restored = { ...model.bench, core: model.restored };
  expectSame(shown(model.bench, isQuiet), shown(restored, isQuiet), 'memory and rows');
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual, what).toEqual(expected);
}

/**
 * What anybody can see of a sequencer, but for what a restart may forget: the rest of a target, the journal's place.
 * `isQuiet`: no target rests, and no tick is due that a restored one would already have made.
 */
function shown(bench: Bench, isQuiet: boolean): unknown {
  const core = bench.core();
  const now = bench.now();
  const { unjournaled, ready, ...stats } = core.stats(now);
  const views = core.listOpen({ filter: {}, cursor: null, limit: 1_000 }, now);
  const quiet = { ready, hasReady: core.hasReady(now), nextTickAt: core.nextTickAt(now) };
  return {
    stats,
    views: views.map(({ waiting, ...view }) => (isQuiet ? { ...view, waiting } : view)),
    ...(isQuiet ? quiet : {}),
  };
}
