// The targets' objects of a simulation: the real gates over memory, asked by calls that may get lost, and the knocks at the
// sequencer when a target goes on. A knock that is lost costs time and nothing else, so some of them are.

import { holdUnauthorized, releaseAuthorized } from '../../src/core/target-control.ts';
import { openGate } from '../../src/core/target-gate-state.ts';
import type { TargetControls, TargetGates } from '../../src/pipeline/ports.ts';
import { PortError } from '../../src/pipeline/ports.ts';
import { createMemoryTargets } from '../support/memory-targets.ts';
import { type Faults, times } from './faults.ts';
import type { GateChecks } from './gate-checks.ts';
import type { SimulatedDefinition } from './simulated-definition.ts';
import type { World } from './world.ts';

export type SimulatedTargets = ReturnType<typeof createSimulatedTargets>;

export function createSimulatedTargets(deps: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly definition: SimulatedDefinition;
  readonly knock: (target: string, release: boolean) => void;
  readonly gateChecks: Pick<GateChecks, 'admitted' | 'told'>;
}) {
  const { world, faults, definition } = deps;
  const memory = createMemoryTargets(definition, { now: world.now });
  /** What the objects say, and whom they knock at for it. */
  const tell = (): void => {
    for (const signal of memory.signals.splice(0)) {
      world.note(`${signal.target} ${signal.kind}`);
      deps.gateChecks.told(signal);
      const isAuthorized = signal.kind === 'target.authorized';
      const goesOn = signal.kind === 'circuit.closed' || signal.kind === 'target.resumed' || isAuthorized;
      if (goesOn && !world.chance(faults().callLost))
        world.after(times.latencyMs, () => deps.knock(signal.target, isAuthorized));
    }
  };
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    await world.wait(world.between(1, times.latencyMs));
    const isLost = world.chance(faults().callLost);
    const answer = isLost ? null : await work();
    tell();
    if (answer === null || world.chance(faults().answerLost))
      throw new PortError('the target did not answer', { retryable: false, overloaded: false });
    return answer;
  };
  const act = { actor: 'olga', note: 'by hand' };
  const gates: TargetGates = {
    admit: (request) =>
      call(async () => {
        const admission = await memory.targets.admit(request);
        deps.gateChecks.admitted(request.targetId, admission);
        return admission;
      }),
  };
  const controls: Pick<TargetControls, 'pause' | 'resume'> = memory.targets;
  return {
    gates,
    pause: async (target: string): Promise<void> => {
      await controls.pause(target, act);
      tell();
    },
    /** Until it is answered: a person tries again. */
    resume: async (target: string): Promise<void> => {
      await controls.resume(target, act);
      tell();
      deps.knock(target, false);
    },
    /** What the token keeper does when no login is taken, and when one is again. */
    holdUnauthorized: (target: string): void => {
      const message = 'the login was refused';
      const held = { target, now: world.now(), message, retryAt: null };
      const step = holdUnauthorized(memory.gates.get(target) ?? openGate, held);
      memory.gates.set(target, step.state);
      memory.signals.push(...step.signals);
      tell();
    },
    releaseAuthorized: (target: string): void => {
      const step = releaseAuthorized(memory.gates.get(target) ?? openGate, { target, now: world.now() });
      memory.gates.set(target, step.state);
      memory.signals.push(...step.signals);
      tell();
    },
  };
}
