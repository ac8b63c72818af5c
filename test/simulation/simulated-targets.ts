// The targets' objects of a simulation: the real gates over memory, asked by calls that may get lost, and the knocks at the
// sequencer when a target goes on. A knock that is lost costs time and nothing else, so some of them are.

import type { TargetControls, TargetGates } from '../../src/pipeline/ports.ts';
import { PortError } from '../../src/pipeline/ports.ts';
import { createMemoryTargets } from '../support/memory-targets.ts';
import { type Faults, times } from './faults.ts';
import type { SimulatedDefinition } from './simulated-definition.ts';
import type { World } from './world.ts';

export type SimulatedTargets = ReturnType<typeof createSimulatedTargets>;

export function createSimulatedTargets(deps: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly definition: SimulatedDefinition;
  readonly knock: (target: string) => void;
}) {
  const { world, faults, definition } = deps;
  const memory = createMemoryTargets(definition, { now: world.now });
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    await world.wait(world.between(1, times.latencyMs));
    const isLost = world.chance(faults().callLost);
    const answer = isLost ? null : await work();
    for (const signal of memory.signals.splice(0)) {
      world.note(`${signal.target} ${signal.kind}`);
      const goesOn = signal.kind === 'circuit.closed' || signal.kind === 'target.resumed';
      if (goesOn && !world.chance(faults().callLost))
        world.after(times.latencyMs, () => deps.knock(signal.target));
    }
    if (answer === null || world.chance(faults().answerLost))
      throw new PortError('the target did not answer', { retryable: false, overloaded: false });
    return answer;
  };
  const act = { actor: 'olga', note: 'by hand' };
  const gates: TargetGates = { admit: (request) => call(() => memory.targets.admit(request)) };
  const controls: Pick<TargetControls, 'pause' | 'resume'> = memory.targets;
  return {
    gates,
    pause: (target: string): Promise<unknown> => controls.pause(target, act),
    /** Until it is answered: a person tries again. */
    resume: async (target: string): Promise<void> => {
      await controls.resume(target, act);
      deps.knock(target);
    },
  };
}
