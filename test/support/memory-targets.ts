// Targets' gates in memory: the real rules, no token. What a test does by hand an object does by itself.

import { type Differing, differs } from '../../src/core/precondition.ts';
import type { RelayDefinition } from '../../src/core/relay-definition.ts';
import { gateSettingsOf } from '../../src/core/target.ts';
import { type ControlStep, pauseTarget, resumeTarget, setCircuit } from '../../src/core/target-control.ts';
import { admit } from '../../src/core/target-gate.ts';
import { openGate, type TargetGateState } from '../../src/core/target-gate-state.ts';
import type { TargetSignal } from '../../src/core/target-signals.ts';
import type { AuthorizeAnswer, TargetAct, TargetView } from '../../src/core/target-view.ts';
import { toTargetView } from '../../src/core/target-view.ts';
import { versionOfTarget } from '../../src/core/versions.ts';
import type { TargetControls, TargetGates } from '../../src/pipeline/ports.ts';

export function createMemoryTargets(
  definition: Pick<RelayDefinition, 'targets'>,
  options: { readonly now: () => number; readonly authorize?: () => AuthorizeAnswer },
) {
  const gates = new Map<string, TargetGateState>();
  const signals: TargetSignal[] = [];
  const gateOf = (id: string) => gates.get(id) ?? openGate;
  const control = async (
    id: string,
    { when }: TargetAct,
    stepOf: (gate: TargetGateState) => ControlStep,
  ): Promise<TargetView | Differing> => {
    const differing = differs(when, versionOfTarget(toTargetView(gateOf(id), null, options.now())));
    if (differing !== null) return differing;
    const step = stepOf(gateOf(id));
    gates.set(id, step.state);
    signals.push(...step.signals);
    return toTargetView(step.state, null, options.now());
  };
  const actOf = (target: string, act: TargetAct) => ({ ...act, target, now: options.now() });
  const targets: TargetGates & TargetControls = {
    admit: async (request) => {
      const target = definition.targets.get(request.targetId);
      if (target === undefined) throw new Error(`there is no target ${request.targetId}`);
      const context = { settings: gateSettingsOf(target), now: options.now() };
      const step = admit(gateOf(target.id), request, context);
      gates.set(target.id, step.state);
      signals.push(...step.signals);
      return step.admission;
    },
    view: async (id) => toTargetView(gateOf(id), null, options.now()),
    pause: (id, act) => control(id, act, (gate) => pauseTarget(gate, actOf(id, act))),
    resume: (id, act) => control(id, act, (gate) => resumeTarget(gate, actOf(id, act))),
    setCircuit: (id, wanted, act) => control(id, act, (gate) => setCircuit(gate, wanted, actOf(id, act))),
    authorize: async () => options.authorize?.() ?? { kind: 'authorized', already: true },
  };
  return { targets, gates, signals };
}

/** Lets everything in: for tests that are not about admission. */
export const alwaysOpenGates: TargetGates = {
  admit: async ({ wanted: granted }) => ({
    ...{ granted, starts: 200, forMs: 2_000, probe: null, notBeforeAt: 0, reason: 'limited' },
  }),
};
