// Where in the journal a list finds its blocks: places from the newest back, found in the index alone, a bounded stretch at a time.
// May read no block; what stands in one is d1-block-views.ts.

import { limits } from '../../core/limits.ts';
import type { ListRequest } from '../../core/sequencer/messages.ts';
import { termsOf } from './block-search.ts';

/** A block's key, and the times of receipt of its earliest and latest event, epoch ms. */
export type BlockPlace = {
  readonly generation: number;
  readonly partition: number;
  readonly to_number: number;
  readonly first_received_at: number;
  readonly last_received_at: number;
};

/** Latest first, of those that can hold what is asked for: fewer than asked for where the scan came to its bound or its end. */
export async function findPlaces(
  db: D1Database,
  request: ListRequest,
  after: BlockPlace | null,
): Promise<readonly BlockPlace[]> {
  const { sql, values } = toPlaceQuery(request, after);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<BlockPlace>();
  return results;
}

/** The last block one scan looks at; null: it came to the end before. */
export async function lastScanned(
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
export function toPlaceQuery(request: ListRequest, after: BlockPlace | null): Query {
  const { where, values } = toScan(request, after);
  const terms = termsOf(request.filter);
  const fits = terms.map((each) => (each.length === 1 ? 'instr(search, ?) > 0' : holdsOneOf));
  const canHold = fits.length === 0 ? '' : `AND (search IS NULL OR (${fits.join(' AND ')}))`;
  const sql = `
    SELECT generation, partition, to_number, first_received_at, last_received_at
    FROM (SELECT * FROM (${selectPlaces} ${where} ${latestFirst} LIMIT ?) WHERE format = 1 ${canHold} LIMIT ?)
    ${latestFirst}`;
  return {
    sql,
    values: [...values, limits.maxScannedBlocks, ...terms.map(toParameter), limits.placesPerRead],
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
