// What must be true of a target while a story runs: never more under way, and never more started in a stretch of time, than
// its limits say; and while its circuit is open, or a person or a refused credential holds it, nobody but the probes comes.
// Counts what consumers do, beside what the gate granted: what the gate believes of itself proves nothing.

import { gateSettingsOf, type TargetDefinition } from '../../src/core/target.ts';
import type { Admission } from '../../src/core/target-gate-state.ts';
import { gateBounds } from '../../src/core/target-gate-state.ts';
import type { TargetSignal } from '../../src/core/target-signals.ts';
import { times } from './faults.ts';
import type { World } from './world.ts';

/** How long what was granted before may still start, ms: by a clock that jumps, after an answer that was under way. */
const graceMs = gateBounds.grantMs + 2 * times.maxSkewMs + 2 * times.latencyMs;

type Held = { readonly since: number; starts: number; probes: number };

type Standing = {
  /** When attempts began. */
  readonly startedAt: number[];
  inFlight: number;
  open: Held | null;
  readonly barred: Map<'paused' | 'unauthorized', number>;
};

/** Of one attempt. */
export type CallChecks = {
  /** A call leaves. The answer: to be called when its caller waits no longer. */
  readonly left: () => () => void;
};

export type GateChecks = ReturnType<typeof createGateChecks>;

export function createGateChecks(world: World, problem: (text: string) => void) {
  const standings = new Map<string, Standing>();
  const of = (target: string): Standing => {
    const known = standings.get(target);
    if (known !== undefined) return known;
    const fresh: Standing = { startedAt: [], inFlight: 0, open: null, barred: new Map() };
    standings.set(target, fresh);
    return fresh;
  };
  const checkRate = (target: TargetDefinition, startedAt: readonly number[]): void => {
    const { rate } = gateSettingsOf(target).limits;
    if (rate === null) return;
    const now = world.now();
    startedAt.forEach((at, index) => {
      const count = startedAt.length - index;
      const most = rate.calls + ((now - at + graceMs) * rate.calls) / rate.perMs;
      if (count > most) problem(`${count} attempts at ${target.id} began within ${now - at} ms`);
    });
  };
  const checkOutage = (target: TargetDefinition, open: Held): void => {
    open.starts += 1;
    const { openMs, probesToClose } = gateSettingsOf(target).circuit;
    // Each that fails keeps it open for `openMs` at least; one more may come where nobody heard of the last.
    const most = 1 + probesToClose * (1 + (world.now() - open.since) / openMs);
    if (open.starts > open.probes)
      problem(`${open.starts} attempts at ${target.id} while its circuit is open, for ${open.probes} probes`);
    if (open.probes > most)
      problem(`${open.probes} probes at ${target.id} in a circuit open since ${open.since}`);
  };

  return {
    admitted: (target: string, admission: Admission): void => {
      const { open } = of(target);
      if (open !== null && admission.probe !== null) open.probes += 1;
    },
    told: (signal: TargetSignal): void => {
      const standing = of(signal.target);
      if (signal.kind === 'circuit.opened') standing.open ??= { since: world.now(), starts: 0, probes: 0 };
      if (signal.kind === 'circuit.closed') standing.open = null;
      if (signal.kind === 'target.paused') standing.barred.set('paused', world.now());
      if (signal.kind === 'target.resumed') standing.barred.delete('paused');
      if (signal.kind === 'target.unauthorized') standing.barred.set('unauthorized', world.now());
      if (signal.kind === 'target.authorized') standing.barred.delete('unauthorized');
    },
    /** A consumer begins an attempt. */
    began: (target: TargetDefinition): CallChecks => {
      const standing = of(target.id);
      const { concurrency } = gateSettingsOf(target).limits;
      standing.startedAt.push(world.now());
      checkRate(target, standing.startedAt);
      for (const [why, since] of standing.barred) {
        if (world.now() > since + graceMs) problem(`an attempt at ${target.id} began while it is ${why}`);
      }
      const openAtStart = standing.open;
      const beganAt = world.now();
      let hasCalled = false;
      return {
        left: () => {
          // What the ledger answers is no call.
          if (
            !hasCalled &&
            openAtStart !== null &&
            openAtStart === standing.open &&
            beganAt > openAtStart.since + graceMs
          )
            checkOutage(target, openAtStart);
          hasCalled = true;
          standing.inFlight += 1;
          if (concurrency !== null && standing.inFlight > concurrency)
            problem(`${standing.inFlight} calls are under way at ${target.id}, which takes ${concurrency}`);
          return () => {
            standing.inFlight -= 1;
          };
        },
      };
    },
  };
}
