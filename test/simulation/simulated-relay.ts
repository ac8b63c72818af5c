// The sequencers of a simulated relay over its generations: one host for each partition, made when it is first reached, as
// the platform makes objects. Another PARTITIONS opens a generation in the middle of a story; calls of the code before it
// still come for a while. It decides nothing: which sequencer is asked is src/pipeline/sequencers.ts.

import type { Journal, Sequencer, Sequencers } from '../../src/pipeline/ports.ts';
import { createSequencers } from '../../src/pipeline/sequencers.ts';
import { parseSequencerName, sequencerName } from '../../src/platform/doorbell.ts';
import type { Checks } from './checks.ts';
import type { Faults } from './faults.ts';
import { createSequencerHost, type HostPlants, type SequencerHost } from './sequencer-host.ts';
import type { RejectedItems } from './simulated-intakes.ts';
import type { World } from './world.ts';

export type SimulatedRelay = ReturnType<typeof createSimulatedRelay>;

export function createSimulatedRelay(deps: {
  readonly world: World;
  readonly faults: () => Faults;
  readonly journal: Journal;
  readonly checks: Checks;
  readonly plants: HostPlants & { readonly sequencer?: (port: Sequencer) => Sequencer };
  readonly rejected: RejectedItems;
  /** A doorbell of this one rang. */
  readonly onDoorbell: (host: SequencerHost) => void;
}) {
  const hosts = new Map<string, { readonly host: SequencerHost; readonly port: Sequencer }>();
  let counts: readonly number[] = [1];
  const at = (generation: number, partition: number) => {
    const name = sequencerName(generation, partition);
    const known = hosts.get(name);
    if (known !== undefined) return known;
    const host: SequencerHost = createSequencerHost({
      ...deps,
      place: { generation, partition },
      counts: () => counts,
      onDoorbell: () => deps.onDoorbell(host),
      newest: (claimPartition) => sequencersOf(counts).of(claimPartition),
      portAt: (asked) => {
        const place = parseSequencerName(asked);
        if (place === null) throw new Error(`${asked} is no sequencer`);
        return at(place.generation, place.partition).host.port;
      },
    });
    const made = { host, port: deps.plants.sequencer?.(host.port) ?? host.port };
    hosts.set(name, made);
    return made;
  };
  const sequencersOf = (known: readonly number[]): Sequencers =>
    createSequencers(
      {
        partitions: known.at(-1) ?? 1,
        generation: known.length,
        previousPartitions: known.slice(0, -1),
      },
      (generation, partition) => at(generation, partition).port,
    );
  return {
    /** Those that were reached so far, the oldest generation first. */
    hosts: (): readonly SequencerHost[] =>
      [...hosts.values()]
        .map(({ host }) => host)
        .sort((a, b) => a.place.generation - b.place.generation || a.place.partition - b.place.partition),
    portOf: ({ place }: SequencerHost): Sequencer => at(place.generation, place.partition).port,
    sequencers: (): Sequencers => sequencersOf(counts),
    /** As code of the generation before the present one sees them. */
    earlierSequencers: (): Sequencers => sequencersOf(counts.length === 1 ? counts : counts.slice(0, -1)),
    /** A deploy with another PARTITIONS and the next GENERATION. */
    repartition: (partitions: number): void => {
      counts = [...counts, partitions];
      deps.world.note(`generation ${counts.length} has ${partitions} partitions`);
      for (const { host } of hosts.values()) host.restart();
    },
  };
}
