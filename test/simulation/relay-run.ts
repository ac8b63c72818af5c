// One simulated relay and everything around it: senders that come again, consumers that die, an operator, evictions.
// The stages are the real ones: planDeliveries, the sequencer, deliver and perform, over the ports of this folder.

import type { OperationHolds, Sequencer, TargetGates } from '../../src/pipeline/ports.ts';
import { createMemoryHolds } from '../support/memory-holds.ts';
import { createMemoryJournal } from '../support/memory-journal.ts';
import { testTime } from '../support/records.ts';
import { createChecks } from './checks.ts';
import { consume } from './consumer.ts';
import { calm, type Faults, storm, times } from './faults.ts';
import { createGateChecks } from './gate-checks.ts';
import type { HostPlants, SequencerHost } from './sequencer-host.ts';
import { type DefinitionOptions, simulatedDefinition } from './simulated-definition.ts';
import { createSimulatedErp } from './simulated-erp.ts';
import { checkIntakes, createRejectedItems, type DrawnIntake, drawIntakes } from './simulated-intakes.ts';
import { createSimulatedRelay, type SimulatedRelay } from './simulated-relay.ts';
import { createSimulatedTargets } from './simulated-targets.ts';
import { bringToAnEnd, drawEvents, tellStory } from './story.ts';
import { createWorld } from './world.ts';

export type Plants = HostPlants &
  DefinitionOptions & {
    /** Around the port its callers see. */
    readonly sequencer?: (port: Sequencer) => Sequencer;
    /** How far a consumer's clock may be wrong, ms. */
    readonly maxSkewMs?: number;
    readonly gates?: (gates: TargetGates) => TargetGates;
    readonly holds?: (holds: OperationHolds) => OperationHolds;
  };

export type RunOptions = {
  readonly seed: number;
  readonly eventCount?: number;
  readonly faults?: Partial<Faults>;
  /** Made anew for the run. */
  readonly plants?: () => Plants;
};

export type Report = { readonly problems: readonly string[]; readonly trace: readonly string[] };

/** Plays one story to its end. No problem where every promise was kept. */
export async function simulate(options: RunOptions): Promise<Report> {
  const { seed, eventCount = 10 } = options;
  const plants = options.plants?.() ?? {};
  const world = createWorld({ seed, startAt: testTime });
  const stormy: Faults = { ...storm, ...options.faults };
  const faults = (): Faults => (world.now() < testTime + times.storyMs ? stormy : calm);
  const problem = (text: string): void => checks.problem(text);
  const gateChecks = createGateChecks(world, problem);
  const erp = createSimulatedErp(world, faults, gateChecks);
  const journal = createMemoryJournal();
  const definition = simulatedDefinition(plants);
  const events = drawEvents(world, eventCount);
  const checks = createChecks(world, erp, events);
  const intakes = drawIntakes(world);
  const { maxSkewMs = times.maxSkewMs } = plants;
  const enriches = intakes.length > 0;
  const rejected = createRejectedItems(world, faults);
  const received = new Set<DrawnIntake>();
  let invocations = 0;
  const onDoorbell = ({ name, ...host }: SequencerHost): void => {
    invocations += 1;
    const from = { name, sequencer: relay.portOf({ name, ...host }) };
    const all = () => relay.sequencers().all();
    void consume(
      { world, erp, from, all, definition, faults, gates, holds, enriches, maxSkewMs },
      `consumer-${invocations}`,
    );
  };
  const relay: SimulatedRelay = createSimulatedRelay({
    world,
    faults,
    journal,
    plants,
    onDoorbell,
    checks,
    rejected,
  });
  const knock = (target: string, release: boolean): void => {
    for (const host of relay.hosts()) host.resumeTarget(target, release);
  };
  const targets = createSimulatedTargets({ world, faults, definition, knock, gateChecks });
  const gates = plants.gates?.(targets.gates) ?? targets.gates;
  const keptHolds = createMemoryHolds();
  const holds = plants.holds?.(keptHolds) ?? keptHolds;
  const story = { world, faults, erp, relay, definition, checks, targets, intakes, received };
  tellStory(story, events);
  await world.run(testTime + times.storyMs);
  await bringToAnEnd(story);
  await checks.atTheEnd({ hosts: relay.hosts(), journal });
  checkIntakes({ problem, received, rejected, hosts: relay.hosts(), now: world.now() });
  return { problems: checks.problems(), trace: world.trace() };
}
