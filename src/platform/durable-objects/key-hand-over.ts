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
  /** Has the next generation take what it asked for and never said that it has. Rejects where one does not answer. */
  readonly offerUntaken: () => Promise<void>;
  /** Sends on what belongs to keys that were handed over; gives back the rest. */
  readonly forwardMoved: (settlements: readonly Settlement[]) => Promise<readonly Settlement[]>;
};

type HandingSequencer = Sequencer & {
  handOver(orderingKey: string, page: number): Promise<HandedPage>;
  handedOver(orderingKey: string): Promise<void>;
  takeKey(orderingKey: string): Promise<void>;
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
    if (generation === 1) return;
    // What has gone on to the next generation must not come back from the one before.
    if (core.isMoved(orderingKey, clock.now()) || core.knowsKey(orderingKey, clock.now())) return;
    let fetch = fetching.get(orderingKey);
    if (fetch === undefined) {
      fetch = fetchAll(orderingKey).finally(() => fetching.delete(orderingKey));
      fetching.set(orderingKey, fetch);
    }
    await fetch;
  };
  const offerUntaken = async (): Promise<void> => {
    if (generation === counts.length) return;
    for (const orderingKey of core.untakenKeys(clock.now())) {
      await stubOf(orderingKey, generation + 1).takeKey(orderingKey);
      core.dropHandedOver(orderingKey, clock.now());
    }
  };
  const forwardMoved = async (settlements: readonly Settlement[]): Promise<readonly Settlement[]> => {
    const isMoved = ({ orderingKey }: Settlement): boolean =>
      orderingKey !== undefined && core.isMoved(orderingKey, clock.now());
    const moved = settlements.filter(isMoved);
    // Sent on to here, it may be the first to name the key: what it says would be lost on a partition that lacks it.
    const here = new Set(settlements.filter((each) => !moved.includes(each)).map((each) => each.orderingKey));
    await Promise.all([...here].map((key) => (key === undefined ? undefined : fetchKey(key))));
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
  return { fetchKey, offerUntaken, forwardMoved };
}
