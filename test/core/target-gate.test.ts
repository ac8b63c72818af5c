// Admission to a target: what batches are granted and why not, for whole lives of a target with many batches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptReport } from '../../src/core/attempt-report.ts';
import { circuitDefaults } from '../../src/core/circuit-breaker.ts';
import {
  holdUnauthorized,
  pauseTarget,
  releaseAuthorized,
  resumeTarget,
  setCircuit,
} from '../../src/core/target-control.ts';
import { admit, isWorthKeeping } from '../../src/core/target-gate.ts';
import {
  type AdmitRequest,
  type GateSettings,
  openGate,
  type TargetGateState,
} from '../../src/core/target-gate-state.ts';
import { limitDefaults, type TargetLimits } from '../../src/core/target-limits.ts';
import type { TargetSignal } from '../../src/core/target-signals.ts';

const start = 1_000_000;

function settingsWith(limits: Partial<TargetLimits> = {}): GateSettings {
  const circuit = { ...circuitDefaults, probesToClose: 2, slowMs: 4_000 };
  return { target: 'erp', circuit, limits: { ...limitDefaults, ...limits } };
}

function report(changes: Partial<AttemptReport> = {}): AttemptReport {
  return {
    deliveryId: 'dlv_0_1',
    operation: 'sale.confirm',
    at: start,
    health: 'healthy',
    callCount: 1,
    calls: [{ durationMs: 20, failed: false }],
    retryAfterMs: null,
    message: 'm',
    ...changes,
  };
}

function createGate(settings: GateSettings = settingsWith()) {
  let state: TargetGateState = openGate;
  let now = start;
  const signals: TargetSignal[] = [];
  return {
    now: () => now,
    state: () => state,
    signals,
    wait: (ms: number) => {
      now += ms;
    },
    apply: (step: { state: TargetGateState; signals: readonly TargetSignal[] }) => {
      state = step.state;
      signals.push(...step.signals);
    },
    ask: (changes: Partial<AdmitRequest> = {}) => {
      const base = { targetId: 'erp', batch: 'b1', sequencer: 'g1/p0', wanted: 6, inFlight: 0 };
      const request = { ...base, holdMs: 20_000, startedCount: 0, reports: [], ...changes };
      // As it is after an eviction.
      const stored = JSON.parse(JSON.stringify(state)) as TargetGateState;
      const step = admit(stored, request, { settings, now });
      state = step.state;
      signals.push(...step.signals);
      return step.admission;
    },
    fail: (count: number) =>
      Array.from({ length: count }, () =>
        report({ at: now, health: 'failed', calls: [{ durationMs: 5, failed: true }], message: '503' }),
      ),
  };
}

describe('a healthy target without limits', () => {
  it('grants what is wanted, to every batch', () => {
    const gate = createGate();
    expect(gate.ask()).toMatchObject({ granted: 6, starts: 200, probe: null });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1', wanted: 50 })).toMatchObject({ granted: 50 });
  });

  it('forgets what batches were granted that others say are done, so that it keeps nothing of a busy hour', () => {
    const gate = createGate();
    for (let count = 1; count <= 3_000; count += 1) {
      const endedBatches = count === 1 ? [] : [`b${count - 1}`];
      gate.ask({ batch: `b${count}`, endedBatches });
      gate.wait(1);
    }
    expect(Object.keys(gate.state().grants)).toEqual(['b3000']);
  });
});

describe('a target that fails', () => {
  it('opens with one fact, lets one probe go when its time is over, and ramps up once it is closed', () => {
    const gate = createGate();
    gate.ask();
    expect(gate.ask({ reports: gate.fail(10) })).toMatchObject({
      granted: 0,
      reason: 'circuit_open',
      notBeforeAt: start + 5_000,
    });
    gate.wait(5_000);
    expect(gate.ask()).toMatchObject({ granted: 1, starts: 1, probe: { retryAfterMs: 15_000 } });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({
      granted: 0,
      reason: 'circuit_open',
    });
    expect(gate.ask({ reports: [report({ at: gate.now() })] })).toMatchObject({ granted: 1, starts: 1 });
    expect(gate.ask({ reports: [report({ at: gate.now() })] })).toMatchObject({ granted: 1, probe: null });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({ granted: 1, reason: 'limited' });
    expect(gate.signals.map(({ kind }) => kind)).toEqual([
      'circuit.opened',
      'circuit.probed',
      'circuit.probed',
      'circuit.closed',
    ]);
    gate.ask({ wanted: 0 });
    gate.wait(20_000);
    expect(gate.ask({ wanted: 100 })).toMatchObject({ granted: 100 });
  });

  it('takes a slow answer for a failure, a refusal for none', () => {
    const gate = createGate();
    gate.ask({ reports: Array.from({ length: 40 }, () => report({ message: 'rejected' })) });
    expect(gate.state().circuit.kind).toBe('closed');
    gate.ask({
      reports: Array.from({ length: 10 }, () => report({ calls: [{ durationMs: 4_000, failed: false }] })),
    });
    expect(gate.state().circuit.kind).toBe('open');
    expect(gate.state().failures[0]).toMatchObject({ health: 'slow', message: 'a call took 4000 ms' });
  });

  it('counts calls: an operation of many, of which the last fails now and then, is no outage', () => {
    const gate = createGate();
    const calls = [false, false, true].map((failed) => ({ durationMs: 5, failed }));
    gate.ask({ reports: Array.from({ length: 60 }, () => report({ health: 'failed', calls })) });
    expect(gate.state().circuit.kind).toBe('closed');
    gate.ask({ reports: Array.from({ length: 10 }, () => report({ health: 'failed', calls: [] })) });
    expect(gate.state().circuit.kind).toBe('open');
  });

  it('remembers who was turned away, so that they can be told', () => {
    const gate = createGate();
    gate.ask({ reports: gate.fail(10) });
    gate.ask({ batch: 'b2', sequencer: 'g1/p3' });
    expect(gate.state().waiting).toEqual(['g1/p0', 'g1/p3']);
  });
});

describe('an ERP that asks for fewer calls', () => {
  it('is left alone by everybody for as long as it says, then ramped up', () => {
    const gate = createGate();
    gate.ask({ reports: [report({ health: 'throttled', retryAfterMs: 30_000 })] });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({
      granted: 0,
      reason: 'limited',
      notBeforeAt: start + 30_000,
    });
    gate.wait(30_000);
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({ granted: 2 });
    expect(gate.state().circuit.kind).toBe('closed');
    expect(gate.signals.map(({ kind }) => kind)).toEqual(['target.throttled']);
  });
});

describe('an operator', () => {
  const act = { target: 'erp', now: start, actor: 'olga', note: 'close of month' };

  it('pauses and resumes, and who was turned away is knocked at', () => {
    const gate = createGate();
    gate.apply(pauseTarget(gate.state(), act));
    expect(gate.ask()).toMatchObject({ granted: 0, reason: 'paused' });
    const resumed = resumeTarget(gate.state(), act);
    expect(resumed.knock).toBe(true);
    gate.apply(resumed);
    expect(gate.ask()).toMatchObject({ granted: 6 });
    expect(gate.signals.map(({ kind }) => kind)).toEqual(['target.paused', 'target.resumed']);
  });

  it('keeps who was turned away by a pause over a sleep of its object, each once', () => {
    const request: AdmitRequest = {
      ...{ targetId: 'erp', batch: 'b1', sequencer: 'g1/p0', wanted: 6, inFlight: 0 },
      ...{ holdMs: 20_000, startedCount: 0, reports: [] },
    };
    const context = { settings: settingsWith(), now: start };
    const { state: paused } = pauseTarget(openGate, act);
    const { state: turnedAway } = admit(paused, request, context);
    const { state: again } = admit(turnedAway, request, context);
    expect(isWorthKeeping(paused, turnedAway, limitDefaults)).toBe(true);
    expect(isWorthKeeping(turnedAway, again, limitDefaults)).toBe(false);
  });

  it('opens a circuit that no time closes, and closes it', () => {
    const gate = createGate();
    gate.apply(setCircuit(gate.state(), 'open', act));
    gate.wait(86_400_000);
    expect(gate.ask()).toMatchObject({ granted: 0, reason: 'circuit_open' });
    gate.apply(setCircuit(gate.state(), 'closed', { ...act, now: gate.now() }));
    expect(gate.ask()).toMatchObject({ granted: 2 });
    expect(gate.signals).toMatchObject([
      { kind: 'circuit.opened', by: 'operator', reason: 'close of month' },
      { kind: 'circuit.closed', by: 'operator' },
    ]);
  });
});

describe('a credential that is refused', () => {
  it('holds the target with one fact, until a login is taken', () => {
    const gate = createGate();
    const refused = { target: 'erp', now: start, message: 'wrong', retryAt: start + 600_000 };
    gate.apply(holdUnauthorized(gate.state(), refused));
    gate.apply(holdUnauthorized(gate.state(), refused));
    expect(gate.ask()).toMatchObject({ granted: 0, reason: 'unauthorized', notBeforeAt: start + 60_000 });
    const released = releaseAuthorized(gate.state(), { target: 'erp', now: start });
    expect(released.knock).toBe(true);
    gate.apply(released);
    expect(gate.ask()).toMatchObject({ granted: 6 });
    expect(gate.signals.map(({ kind }) => kind)).toEqual(['target.unauthorized', 'target.authorized']);
  });
});

describe('limits', () => {
  it('share the places out between those that ask, and a crash frees them in the end', () => {
    const gate = createGate(settingsWith({ concurrency: 4 }));
    expect(gate.ask({ batch: 'b1', sequencer: 'g1/p0' })).toMatchObject({ granted: 4 });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({ granted: 0, reason: 'limited' });
    expect(gate.ask({ batch: 'b1', sequencer: 'g1/p0', inFlight: 1 })).toMatchObject({ granted: 2 });
    expect(gate.ask({ batch: 'b2', sequencer: 'g1/p1' })).toMatchObject({ granted: 2 });
    gate.wait(20_000);
    expect(gate.ask({ batch: 'b3', sequencer: 'g1/p2' })).toMatchObject({ granted: 4 });
  });

  it('never have more under way than they allow, whatever batches come, crash and end', () => {
    const step = fc.record({
      batch: fc.constantFrom('a', 'b', 'c', 'd'),
      wanted: fc.nat(8),
      ends: fc.boolean(),
      waitMs: fc.nat(3_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, concurrency) => {
        const gate = createGate(settingsWith({ concurrency }));
        for (const { batch, wanted, ends, waitMs } of steps) {
          gate.wait(waitMs);
          const held = gate.state().grants[batch];
          const inFlight = held === undefined || ends || held.expiresAt <= gate.now() ? 0 : held.places;
          gate.ask({ batch, sequencer: `g1/p-${batch}`, wanted: ends ? 0 : wanted, inFlight });
          const places = Object.values(gate.state().grants).reduce((sum, grant) => sum + grant.places, 0);
          expect(places).toBeLessThanOrEqual(concurrency);
        }
      }),
    );
  });

  it('count the calls an operation made beyond the first, and give back starts that were not used', () => {
    const gate = createGate(settingsWith({ rate: { calls: 10, perMs: 10_000 } }));
    expect(gate.ask()).toMatchObject({ granted: 6, starts: 10 });
    const three = Array.from({ length: 3 }, () => report({ callCount: 3 }));
    expect(gate.ask({ startedCount: 3, reports: three })).toMatchObject({ starts: 1 });
    expect(gate.ask({ startedCount: 1, reports: [report({ callCount: 4 })] })).toMatchObject({
      granted: 0,
      reason: 'limited',
      notBeforeAt: start + 4_000,
    });
  });

  it('let nothing start outside the processing windows', () => {
    const gate = createGate(settingsWith({ windows: [{ from: '06:00', to: '22:00' }] }));
    expect(gate.ask()).toMatchObject({ granted: 0, reason: 'limited' });
    gate.wait(6 * 3_600_000);
    expect(gate.ask()).toMatchObject({ granted: 6 });
  });
});

describe('ten minutes of an ERP that is down', () => {
  it('cost a bounded number of attempts, one opening and one closing, whoever asks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), (sequencers) => {
        const gate = createGate();
        let attempts = 0;
        const end = start + 600_000;
        const nextAt = new Map(Array.from({ length: sequencers }, (_, index) => [`g1/p${index}`, start]));
        for (; gate.signals.at(-1)?.kind !== 'circuit.closed'; gate.wait(500)) {
          if (gate.now() > end + 180_000) throw new Error('it never closed');
          for (const [sequencer, at] of nextAt) {
            if (at > gate.now()) continue;
            const { granted, notBeforeAt } = gate.ask({ batch: sequencer, sequencer });
            if (gate.now() < end) attempts += granted;
            const health = gate.now() < end ? 'failed' : 'healthy';
            const reports = Array.from({ length: granted }, () =>
              report({ at: gate.now(), health, calls: [] }),
            );
            gate.ask({ batch: sequencer, sequencer, wanted: 0, startedCount: granted, reports });
            nextAt.set(sequencer, granted === 0 ? notBeforeAt : gate.now());
          }
        }
        expect(attempts).toBeLessThanOrEqual(12 + 16);
        const turns = gate.signals.map(({ kind }) => kind).filter((kind) => kind !== 'circuit.probed');
        expect(turns).toEqual(['circuit.opened', 'circuit.closed']);
      }),
      { numRuns: 20 },
    );
  });
});
