// The states of a circuit: that it opens once, probes one at a time, doubles its open time to a cap and closes on probes,
// for any sequence of attempts and times.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CircuitFact,
  type CircuitSettings,
  type CircuitState,
  circuitAt,
  circuitDefaults,
  closeByHand,
  closedCircuit,
  dropProbe,
  noteAttempt,
  openByHand,
  openTimeMs,
  takeProbe,
} from '../../src/core/circuit-breaker.ts';

const settings: CircuitSettings = {
  ...circuitDefaults,
  openWhen: [{ kind: 'failures_in_a_row', count: 3 }],
  slowMs: 4_000,
  probesToClose: 2,
};

const start = 1_000_000;

function fail(state: CircuitState, now: number, batch = 'b') {
  return noteAttempt(state, { batch, failed: true, at: now, now }, settings);
}

function pass(state: CircuitState, now: number, batch = 'b') {
  return noteAttempt(state, { batch, failed: false, at: now, now }, settings);
}

function opened(): Extract<CircuitState, { kind: 'open' }> {
  let state: CircuitState = closedCircuit;
  for (let count = 0; count < 3; count += 1) state = fail(state, start).state;
  if (state.kind !== 'open') throw new Error('it did not open');
  return state;
}

function probing(at: number, state: CircuitState = opened()): CircuitState {
  const probed = takeProbe(circuitAt(state, at), { batch: 'probe', expiresAt: at + 20_000 });
  if (probed === null) throw new Error('no probe was let go');
  return probed;
}

describe('a circuit', () => {
  it('opens once, whatever fails after it', () => {
    const state = opened();
    expect(state).toMatchObject({ untilAt: start + 5_000, reason: '3 calls in a row failed' });
    expect(fail(state, start + 10)).toEqual({ state, facts: [] });
  });

  it('is half open when its time is over, and lets one probe go at a time', () => {
    expect(circuitAt(opened(), start + 4_999).kind).toBe('open');
    const probed = probing(start + 5_000);
    expect(takeProbe(probed, { batch: 'other', expiresAt: 0 })).toBeNull();
  });

  it('does not wait for ever for a probe that never came back', () => {
    const probed = probing(start + 5_000);
    expect(takeProbe(circuitAt(probed, start + 24_999), { batch: 'next', expiresAt: 0 })).toBeNull();
    expect(takeProbe(circuitAt(probed, start + 25_000), { batch: 'next', expiresAt: 0 })).not.toBeNull();
    expect(takeProbe(dropProbe(probed, 'probe'), { batch: 'next', expiresAt: 0 })).not.toBeNull();
    expect(dropProbe(probed, 'another')).toBe(probed);
  });

  it('decides nothing by attempts that are no probe', () => {
    const probed = probing(start + 5_000);
    expect(pass(probed, start + 5_100, 'older')).toEqual({ state: probed, facts: [] });
    expect(fail(probed, start + 5_100, 'older')).toEqual({ state: probed, facts: [] });
  });

  it('closes after as many probes as it needs, and says so once', () => {
    const first = pass(probing(start + 5_000), start + 5_100, 'probe');
    expect(first.facts.map(({ kind }) => kind)).toEqual(['circuit.probed']);
    const second = pass(probing(start + 5_200, first.state), start + 5_300, 'probe');
    expect(second.facts).toEqual([
      { kind: 'circuit.probed', passed: true, untilAt: null },
      { kind: 'circuit.closed', openedAt: start },
    ]);
    expect(second.state).toMatchObject({ kind: 'closed', closedAt: start + 5_300 });
  });

  it('stays open twice as long after each probe that fails, up to its cap, without opening anew', () => {
    let state: CircuitState = opened();
    const waits: number[] = [];
    for (let count = 0; count < 6; count += 1) {
      const now = (state.kind === 'open' ? state.untilAt : 0) ?? 0;
      const step = fail(probing(now, state), now, 'probe');
      expect(step.facts.map(({ kind }) => kind)).toEqual(['circuit.probed']);
      state = step.state;
      waits.push(((state.kind === 'open' ? state.untilAt : 0) ?? 0) - now);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
    expect(openTimeMs(settings, 1_000)).toBe(60_000);
  });

  it('takes no notice after closing of what ended before it', () => {
    const closed = { ...closedCircuit, closedAt: start } as CircuitState;
    let state = closed;
    for (let count = 0; count < 9; count += 1) {
      state = noteAttempt(state, { batch: 'b', failed: true, at: start - 1, now: start }, settings).state;
    }
    expect(state).toBe(closed);
  });

  it('opened by a person waits for a person', () => {
    const { state, facts } = openByHand(closedCircuit, start, 'maintenance');
    expect(facts).toEqual([{ kind: 'circuit.opened', reason: 'maintenance', untilAt: null }]);
    expect(circuitAt(state, start + 1e9)).toBe(state);
    expect(closeByHand(state, start + 5).facts).toEqual([{ kind: 'circuit.closed', openedAt: start }]);
    expect(closeByHand(closedCircuit, start)).toEqual({ state: closedCircuit, facts: [] });
  });

  it('alternates openings and closings, survives being stored, and never waits beyond its cap', () => {
    const step = fc.record({ waitMs: fc.nat(30_000), failed: fc.boolean(), probes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let now = start;
        let state: CircuitState = closedCircuit;
        const facts: CircuitFact[] = [];
        for (const { waitMs, failed, probes } of steps) {
          now += waitMs;
          state = circuitAt(JSON.parse(JSON.stringify(state)) as CircuitState, now);
          if (probes) state = takeProbe(state, { batch: 'p', expiresAt: now + 20_000 }) ?? state;
          const noted = noteAttempt(state, { batch: 'p', failed, at: now, now }, settings);
          state = noted.state;
          facts.push(...noted.facts);
          if (state.kind === 'open') expect((state.untilAt ?? 0) - now).toBeLessThanOrEqual(60_000);
        }
        const turns = facts.map(({ kind }) => kind).filter((kind) => kind !== 'circuit.probed');
        for (const [index, kind] of turns.entries()) {
          expect(kind).toBe(index % 2 === 0 ? 'circuit.opened' : 'circuit.closed');
        }
      }),
    );
  });
});
