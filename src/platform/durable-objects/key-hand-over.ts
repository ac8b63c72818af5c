// One object's part in handing ordering keys over: it fetches a key from the generation before when it first sees it, and
// sends settles of a key it no longer has on to the generation that does. Decides nothing: core/sequencer/hand-over does.

import { partitionOf } from '../../core/partition.ts';
import type { HandedRecord } from '../../core/sequencer/hand-over.ts';
import type { Settlement } from '../../core/sequencer/messages.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { Clock, Sequencer } from '../../pipeline/ports.ts';
import { sequencerName } from '../doorbell.ts';

/** `more`: another page follows. */
export type HandedPage = { readonly records: readonly HandedRecord[]; readonly more: boolean };

export type KeyHandOver = {
  /** Resolves when the key stands here, whole, or was unknown before. One at a time for a key. */
  readonly fetchKey: (orderingKey: string) => Promise<void>;
  /** Sends on what belongs to keys that were handed over; gives back the rest. */
  readonly forwardMoved: (settlements: readonly Settlement[]) => Promise<readonly Settlement[]>;
};

type HandingSequencer = Sequencer & {
  handOver(orderingKey: string, page: number): Promise<HandedPage>;
  handedOver(orderingKey: string): Promise<void>;
};

/** Bodies in one page, bytes: a call may carry 32 MiB, and a page ends after the record that passes this. */
const pageBytes = 8 * 1024 * 1024;

/** Cut anew for each page from what giveAway() gives, which is always the same. */
export function cutHanded(records: readonly HandedRecord[], page: number): HandedPage {
  const pages: HandedRecord[][] = [[]];
  let bytes = 0;
  for (const record of records) {
    if (bytes > pageBytes) {
      pages.push([]);
      bytes = 0;
    }
    pages.at(-1)?.push(record);
    bytes += (record.payload?.body.byteLength ?? 0) + JSON.stringify(record.record).length;
  }
  return { records: pages[page] ?? [], more: page + 1 < pages.length };
}

export function createKeyHandOver(deps: {
  readonly core: SequencerCore;
  readonly namespace: Env['SEQUENCER'];
  /** Partitions of each generation, the first first. */
  readonly counts: readonly number[];
  readonly generation: number;
  readonly clock: Clock;
}): KeyHandOver {
  const { core, namespace, counts, generation, clock } = deps;
  const fetching = new Map<string, Promise<void>>();

  const stubOf = (orderingKey: string, inGeneration: number): HandingSequencer => {
    const partition = partitionOf(orderingKey, counts[inGeneration - 1] ?? 1);
    const name = sequencerName(inGeneration, partition);
    return namespace.get(namespace.idFromName(name)) as unknown as HandingSequencer;
  };
  const fetchAll = async (orderingKey: string): Promise<void> => {
    const handed: HandedRecord[] = [];
    for (let page = 0; ; page += 1) {
      const { records, more } = await stubOf(orderingKey, generation - 1).handOver(orderingKey, page);
      handed.push(...records);
      if (!more) break;
    }
    core.takeOver(orderingKey, handed, clock.now());
    // Only to free the space: what is left there is marked as moved and does nothing.
    if (handed.length > 0) await stubOf(orderingKey, generation - 1).handedOver(orderingKey);
  };
  const fetchKey = async (orderingKey: string): Promise<void> => {
    if (generation === 1 || core.knowsKey(orderingKey, clock.now())) return;
    let fetch = fetching.get(orderingKey);
    if (fetch === undefined) {
      fetch = fetchAll(orderingKey).finally(() => fetching.delete(orderingKey));
      fetching.set(orderingKey, fetch);
    }
    await fetch;
  };
  const forwardMoved = async (settlements: readonly Settlement[]): Promise<readonly Settlement[]> => {
    if (generation === counts.length) return settlements;
    const isMoved = ({ orderingKey }: Settlement): boolean =>
      orderingKey !== undefined && core.isMoved(orderingKey, clock.now());
    const moved = settlements.filter(isMoved);
    await Promise.all(
      moved.map((settlement) =>
        stubOf(settlement.orderingKey ?? '', generation + 1).settle({
          settlements: [settlement],
          max: 0,
          leaseMs: 0,
        }),
      ),
    );
    return settlements.filter((settlement) => !moved.includes(settlement));
  };
  return { fetchKey, forwardMoved };
}
