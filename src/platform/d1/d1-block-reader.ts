// Reads the blocks of the journal: one event by its delivery's id, and lists from the newest, a bounded stretch at a time.
// May not write. What stands in a block simply succeeded; everything else is in rows of its own.

import type { Attempt, Delivery } from '../../core/delivery.ts';
import { compareInList, isAfterCursor, matchesFilter } from '../../core/delivery-filter.ts';
import type { EventPayload } from '../../core/event.ts';
import { generationOf, parseId } from '../../core/ids.ts';
import { limits } from '../../core/limits.ts';
import type { DeliveryFilter, DeliveryView, ListRequest } from '../../core/sequencer/messages.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';
import type { JournalPage } from '../../pipeline/ports.ts';
import { termsOf } from './block-search.ts';
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
      const entries = await readEntries(fromHex(candidate.entries));
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

type BlockPlace = {
  readonly generation: number;
  readonly partition: number;
  readonly to_number: number;
  readonly first_received_at: number;
  readonly last_received_at: number;
};

type BlockRow = BlockPlace & { readonly entries: string };

/** Comes after every id at its instant. */
const beforeAllIds = '~';

/**
 * The newest that match, at most `limit`. Each read takes some blocks, and what is later than the last of them is whole.
 * Where it went no further though there is more, `resume` says from where.
 */
export async function listBlocks(db: D1Database, request: ListRequest): Promise<JournalPage> {
  if (!canBeInBlock(request.filter)) return { views: [], resume: null };
  const found: DeliveryView[] = [];
  let after: BlockPlace | null = null;
  let start: number | null = request.cursor?.receivedAt ?? null;
  for (let looked = limits.blocksPerRead; ; looked += limits.blocksPerRead) {
    const rows = await readBlocks(db, request, after);
    for (const row of rows) found.push(...(await matchingViews(row, request)));
    start ??= rows[0]?.last_received_at ?? null;
    found.sort(compareInList);
    const isScanned = rows.length < limits.blocksPerRead;
    after = isScanned ? await lastScanned(db, request, after) : (rows.at(-1) ?? null);
    if (after === null) return { views: found.slice(0, request.limit), resume: null };
    const boundary = after.last_received_at;
    const whole = found.filter(({ event }) => event.receivedAt > boundary);
    if (whole.length >= request.limit) return { views: whole.slice(0, request.limit), resume: null };
    // Only where it got on: a page that begins where the last one began would go on for ever.
    const isEnough = isScanned || looked >= limits.maxSearchedBlocks;
    if (isEnough && boundary < (start ?? Number.POSITIVE_INFINITY))
      return { views: whole, resume: { receivedAt: boundary, id: beforeAllIds } };
  }
}

/** What stands under one ordering key, its sequencer tells. */
function canBeInBlock({ status, reason, orderingKey }: DeliveryFilter): boolean {
  if (orderingKey !== undefined) return false;
  if (reason !== undefined && reason !== 'succeeded' && reason !== 'duplicate') return false;
  return status === undefined || status.includes('succeeded') || status.includes('superseded');
}

async function matchingViews(row: BlockRow, { filter, cursor }: ListRequest): Promise<DeliveryView[]> {
  const views = (await readEntries(fromHex(row.entries))).flatMap(({ record }) =>
    record.deliveries.map(
      (delivery): DeliveryView => ({
        delivery,
        status: delivery.state.status,
        eventRecordId: record.id,
        event: record.event,
        waiting: null,
      }),
    ),
  );
  return views.filter((view) => matchesFilter(filter, view) && isAfterCursor(cursor, view));
}

/** Latest first, of those that can hold what is asked for: fewer than asked for where the scan came to its bound or its end. */
async function readBlocks(
  db: D1Database,
  request: ListRequest,
  after: BlockPlace | null,
): Promise<readonly BlockRow[]> {
  const { sql, values } = toBlockQuery(request, after);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<BlockRow>();
  return results;
}

/** The last block one scan looks at; null: it came to the end before. */
async function lastScanned(
  db: D1Database,
  request: ListRequest,
  after: BlockPlace | null,
): Promise<BlockPlace | null> {
  const { where, values } = toScan(request, after);
  return db
    .prepare(`${selectPlaces} ${where} ${latestFirst} LIMIT 1 OFFSET ?`)
    .bind(...values, limits.maxScannedBlocks - 1)
    .first<BlockPlace>();
}

type Query = { readonly sql: string; readonly values: readonly (number | string)[] };

/** What is passed over is read in the index alone. Exported for the test that reads its query plan. */
export function toBlockQuery(request: ListRequest, after: BlockPlace | null): Query {
  const { where, values } = toScan(request, after);
  const terms = termsOf(request.filter);
  const fits = terms.map((each) => (each.length === 1 ? 'instr(search, ?) > 0' : holdsOneOf));
  const canHold = fits.length === 0 ? '' : `AND (search IS NULL OR (${fits.join(' AND ')}))`;
  const sql = `
    SELECT block.generation, block.partition, block.to_number, block.first_received_at, block.last_received_at,
      hex(block.entries) AS entries
    FROM (SELECT * FROM (${selectPlaces} ${where} ${latestFirst} LIMIT ?) WHERE format = 1 ${canHold} LIMIT ?) place
    CROSS JOIN journal_blocks block ON block.generation = place.generation AND block.partition = place.partition
      AND block.to_number = place.to_number
    ORDER BY place.last_received_at DESC, place.first_received_at DESC, place.generation DESC, place.partition DESC,
      place.to_number DESC`;
  return {
    sql,
    values: [...values, limits.maxScannedBlocks, ...terms.map(toParameter), limits.blocksPerRead],
  };
}

/** One parameter a list, for a statement takes only a hundred. */
const holdsOneOf = 'EXISTS (SELECT 1 FROM json_each(?) WHERE instr(search, value) > 0)';

function toParameter(terms: readonly string[]): string {
  const [only] = terms;
  return terms.length === 1 && only !== undefined ? only : JSON.stringify(terms);
}

/** No block reaches further back from its latest receipt than limits.maxBlockSpanMs. */
function toScan(
  { filter, cursor }: ListRequest,
  after: BlockPlace | null,
): { readonly where: string; readonly values: readonly number[] } {
  const conditions: string[] = [];
  const values: number[] = [];
  const add = (sql: string, ...bound: number[]): void => {
    conditions.push(sql);
    values.push(...bound);
  };
  const { receivedFrom, receivedTo } = filter;
  if (receivedFrom !== undefined) add('last_received_at >= ?', receivedFrom);
  const before = Math.min(
    receivedTo ?? Number.MAX_SAFE_INTEGER,
    (cursor?.receivedAt ?? Number.MAX_SAFE_INTEGER) + 1,
  );
  if (before < Number.MAX_SAFE_INTEGER)
    add('last_received_at < ? AND first_received_at < ?', before + limits.maxBlockSpanMs, before);
  if (after !== null) {
    const { last_received_at: last, first_received_at: first, generation, partition, to_number } = after;
    const place = '(last_received_at, first_received_at, generation, partition, to_number) < (?, ?, ?, ?, ?)';
    add(place, last, first, generation, partition, to_number);
  }
  return { where: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
}

const selectPlaces = `
  SELECT generation, partition, to_number, first_received_at, last_received_at, format, search
  FROM journal_blocks INDEXED BY journal_blocks_by_receipt`;

const latestFirst = `
  ORDER BY last_received_at DESC, first_received_at DESC, generation DESC, partition DESC, to_number DESC`;
