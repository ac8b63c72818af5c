// Reads the blocks of the journal: one event by its delivery's id, and lists from the newest on (d1-block-places.ts, d1-block-views.ts).
// May not write. What stands in a block simply succeeded; everything else is in rows of its own.

import type { Attempt, Delivery } from '../../core/delivery.ts';
import { compareInList, isAfterCursor, matchesFilter } from '../../core/delivery-filter.ts';
import type { EventPayload } from '../../core/event.ts';
import { generationOf, parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { DeliveryFilter, DeliveryView, ListRequest } from '../../core/sequencer/messages.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';
import type { JournalPage } from '../../pipeline/ports.ts';
import { type BlockPlace, findPlaces, lastScanned } from './d1-block-places.ts';
import type { BlockViews } from './d1-block-views.ts';
import { fromHex } from './hex.ts';
import { type BlockEntry, readBodies, readEntries } from './journal-block.ts';

export type BlockFound = {
  readonly record: EventRecord;
  readonly delivery: Delivery;
  /** Null once retention removed it. */
  readonly payload: EventPayload | null;
  readonly attempts: readonly Attempt[];
};

type Candidate = { readonly to_number: number; readonly entries: string };

/** The id tells the partition and the number; the blocks that hold such numbers are few. */
export async function findInBlocks(db: D1Database, deliveryId: string): Promise<BlockFound | null> {
  const id = parseId('dlv', deliveryId);
  if (!id.ok) return null;
  const { partition, number } = id.value;
  const place = [generationOf(id.value), partition] as const;
  const last = number + limits.maxSimpleNumberSpan;
  let after = number - 1;
  for (let looked = 0; looked < limits.maxSearchedBlocks; looked += limits.blocksPerRead) {
    const { results } = await db
      .prepare(findCandidates)
      .bind(...place, after, last, number, limits.blocksPerRead)
      .all<Candidate>();
    for (const candidate of results) {
      const { entries } = await readEntries(fromHex(candidate.entries));
      const index = entries.findIndex(({ record }) => holds(record, deliveryId));
      const entry = entries[index];
      if (entry === undefined) continue;
      const bodies = await db
        .prepare(findBodies)
        .bind(...place, candidate.to_number)
        .first<string | null>('bodies');
      return toFound(entry, { deliveryId, index, bodies });
    }
    if (results.length < limits.blocksPerRead) return null;
    after = results.at(-1)?.to_number ?? last;
  }
  return null;
}

const findCandidates = `
  SELECT to_number, hex(entries) AS entries FROM journal_blocks
  WHERE generation = ?1 AND partition = ?2 AND to_number > ?3 AND to_number <= ?4
    AND first_number <= ?5 AND last_number >= ?5 AND format = 1 ORDER BY to_number LIMIT ?6`;

const findBodies = `
  SELECT hex(bodies) AS bodies FROM journal_blocks
  WHERE generation = ?1 AND partition = ?2 AND to_number = ?3 AND bodies IS NOT NULL`;

function holds({ deliveries }: EventRecord, deliveryId: string): boolean {
  return deliveries.some(({ id }) => id === deliveryId);
}

async function toFound(
  { record, attempts }: BlockEntry,
  at: { readonly deliveryId: string; readonly index: number; readonly bodies: string | null },
): Promise<BlockFound | null> {
  const delivery = record.deliveries.find(({ id }) => id === at.deliveryId);
  if (delivery === undefined) return null;
  const bodies = at.bodies === null ? undefined : (await readBodies(fromHex(at.bodies)))[at.index];
  const whole = attempts.map((attempt, index) => ({ ...attempt, ...bodies?.attempts[index] }));
  return {
    record,
    delivery,
    payload: bodies?.payload ?? null,
    attempts: whole.filter((attempt) => attempt.deliveryId === at.deliveryId),
  };
}

export type BlockSource = { readonly db: D1Database; readonly blocks: BlockViews };

/** Comes after every id at its instant. */
const beforeAllIds = '~';

/**
 * The newest that match, at most `limit`. Blocks are unpacked from the latest on, and none once nothing in it can be in the page.
 * Where it went no further though there is more, `resume` says from where.
 */
export async function listBlocks({ db, blocks }: BlockSource, request: ListRequest): Promise<JournalPage> {
  if (!canBeInBlock(request.filter)) return { views: [], resume: null };
  const found: DeliveryView[] = [];
  let after: BlockPlace | null = null;
  let start: number | null = request.cursor?.receivedAt ?? null;
  for (let looked = limits.placesPerRead; ; looked += limits.placesPerRead) {
    const places = await findPlaces(db, request, after);
    const page = await gather(blocks, { places, request, found });
    if (page !== null) return { views: page, resume: null };
    start ??= places[0]?.last_received_at ?? null;
    const isScanned = places.length < limits.placesPerRead;
    after = isScanned ? await lastScanned(db, request, after) : (places.at(-1) ?? null);
    if (after === null) return { views: found.sort(compareInList).slice(0, request.limit), resume: null };
    const boundary = after.last_received_at;
    const whole = laterThan(boundary, found);
    if (whole.length >= request.limit) return { views: whole.slice(0, request.limit), resume: null };
    // Only where it got on: a page that begins where the last one began would go on for ever.
    const isEnough = isScanned || looked >= limits.maxSearchedBlocks;
    if (isEnough && boundary < (start ?? Number.POSITIVE_INFINITY))
      return { views: whole, resume: { receivedAt: boundary, id: beforeAllIds } };
  }
}

type Gathering = {
  readonly places: readonly BlockPlace[];
  readonly request: ListRequest;
  /** What was found so far; what matches is put to it. */
  readonly found: DeliveryView[];
};

/** The page, where it is whole before all places were looked at; else null. */
async function gather(
  blocks: BlockViews,
  { places, request, found }: Gathering,
): Promise<readonly DeliveryView[] | null> {
  const { filter, cursor, limit } = request;
  const viewsAt = blocks.open(places);
  for (const [index, { last_received_at: boundary }] of places.entries()) {
    const whole = found.length < limit ? [] : laterThan(boundary, found);
    if (whole.length >= limit) return whole.slice(0, limit);
    for (const view of await viewsAt(index)) {
      if (matchesFilter(filter, view) && isAfterCursor(cursor, view)) found.push(view);
    }
  }
  return null;
}

/** In list order. No block that ends at `boundary` or before it holds any of these. */
function laterThan(boundary: number, found: readonly DeliveryView[]): DeliveryView[] {
  return found.filter(({ event }) => event.receivedAt > boundary).sort(compareInList);
}

/** What stands under one ordering key, its sequencer tells. */
function canBeInBlock({ status, reason, orderingKey }: DeliveryFilter): boolean {
  if (orderingKey !== undefined) return false;
  if (reason !== undefined && reason !== 'succeeded' && reason !== 'duplicate') return false;
  return status === undefined || status.includes('succeeded') || status.includes('superseded');
}
