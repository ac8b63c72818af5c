// The deliveries in blocks of the journal, unpacked when they are asked for and kept in the isolate after that: who scrolls comes by the
// same blocks page after page. A block never changes once it is written, and whether it is still there is asked of D1 each time, so what
// is kept needs no end. Knows nobody's view: what is kept is everything, and lists filter it.

import { limits } from '../../core/limits.ts';
import type { DeliveryView } from '../../core/sequencer/messages.ts';
import type { BlockPlace } from './d1-block-places.ts';
import { fromHex } from './hex.ts';
import { type BlockEntry, readEntries } from './journal-block.ts';
import { createKeptBlocks } from './kept-blocks.ts';

export type BlockViews = {
  /** Places in the order they will be gone through → what stands at one of them, by its index. A read takes those after it, too. */
  readonly open: (places: readonly BlockPlace[]) => (index: number) => Promise<readonly DeliveryView[]>;
};

export function createBlockViews(db: D1Database): BlockViews {
  const kept = createKeptBlocks<readonly DeliveryView[]>();
  return {
    open: (places) => {
      const packed = new Map<BlockPlace, string>();
      return async (index) => {
        const place = places[index];
        if (place === undefined) return [];
        const key = keyOf(place);
        const known = kept.get(key);
        if (known !== undefined) return known;
        if (!packed.has(place)) {
          const missing = places.slice(index).filter((each) => !kept.has(keyOf(each)));
          await readPacked(db, missing.slice(0, limits.blocksPerRead), packed);
        }
        const hex = packed.get(place);
        // Retention removed it meanwhile.
        if (hex === undefined) return [];
        packed.delete(place);
        const { entries, bytes } = await readEntries(fromHex(hex));
        const views = entries.flatMap(toViews);
        kept.set(key, views, bytes);
        return views;
      };
    },
  };
}

/** With its times: a database that was set back may come to another block under the same number. */
function keyOf(place: BlockPlace): string {
  const { generation, partition, to_number, first_received_at: first, last_received_at: last } = place;
  return `${generation}/${partition}/${to_number}/${first}/${last}`;
}

type PackedRow = { readonly place: number; readonly entries: string };

async function readPacked(
  db: D1Database,
  places: readonly BlockPlace[],
  packed: Map<BlockPlace, string>,
): Promise<void> {
  const keys = places.map(({ generation, partition, to_number }) => [generation, partition, to_number]);
  const { results } = await db.prepare(readBlocks).bind(JSON.stringify(keys)).all<PackedRow>();
  for (const { place: index, entries } of results) {
    const place = places[index];
    if (place !== undefined) packed.set(place, entries);
  }
}

/** Exported for the test that reads its query plan. */
export const readBlocks = `
  SELECT place.key AS place, hex(block.entries) AS entries FROM json_each(?1) place
  CROSS JOIN journal_blocks block ON block.generation = place.value ->> '$[0]'
    AND block.partition = place.value ->> '$[1]' AND block.to_number = place.value ->> '$[2]'`;

function toViews({ record }: BlockEntry): DeliveryView[] {
  return record.deliveries.map((delivery) => ({
    delivery,
    status: delivery.state.status,
    eventRecordId: record.id,
    event: record.event,
    waiting: null,
  }));
}
