// Retention of the journal's blocks: bodies first, later whole blocks. All in a block simply succeeded, so nothing in it is
// open. The latest receipt in it counts: a block is kept for as long as any event in it. One bounded step a call.

import { limits } from '../../core/limits.ts';
import type { RetentionPeriods, RetentionStep } from './d1-retention.ts';

type Row = {
  readonly generation: number;
  readonly partition: number;
  readonly to_number: number;
  readonly first_received_at: number;
  readonly last_received_at: number;
  readonly event_count: number;
  readonly has_bodies: number;
};

/** Counts events, as retention of rows does. */
export async function stepBlocks(
  db: D1Database,
  periods: RetentionPeriods,
  now: number,
): Promise<RetentionStep> {
  const expired = await db
    .prepare(selectExpired)
    .bind(now - periods.ledgerHorizonMs, limits.retentionStepEvents)
    .all<Row>();
  if (expired.results.length > 0) await db.prepare(removeBlocks).bind(placesOf(expired.results)).run();
  const strippedCount = await strip(db, now - periods.bodyRetentionMs);
  return { strippedCount, removedCount: eventsIn(expired.results) };
}

/** Walks by time of receipt up to `before`, and begins again at the end: a block may come that is old already. */
async function strip(db: D1Database, before: number): Promise<number> {
  const cursor = JSON.parse(
    (await db.prepare(readCursor).first<string>('cursor')) ?? '[0,0,0,0,0]',
  ) as number[];
  const { results } = await db
    .prepare(selectOld)
    .bind(...cursor, before, limits.retentionStepEvents)
    .all<Row>();
  const last = results.length < limits.retentionStepEvents ? undefined : results.at(-1);
  const next = last === undefined ? [0, 0, 0, 0, 0] : placeOf(last);
  const stripped = results.filter((row) => row.has_bodies === 1);
  const statements = [
    ...(stripped.length > 0 ? [db.prepare(stripBlocks).bind(placesOf(stripped))] : []),
    ...(String(next) === String(cursor) ? [] : [db.prepare(writeCursor).bind(JSON.stringify(next))]),
  ];
  if (statements.length > 0) await db.batch(statements);
  return eventsIn(stripped);
}

function placeOf(row: Row): number[] {
  return [row.last_received_at, row.first_received_at, row.generation, row.partition, row.to_number];
}

function placesOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map((row) => placeOf(row).slice(2)));
}

function eventsIn(rows: readonly Row[]): number {
  return rows.reduce((count, row) => count + row.event_count, 0);
}

const columns =
  'generation, partition, to_number, first_received_at, last_received_at, event_count, bodies IS NOT NULL AS has_bodies';

const selectExpired = `
  SELECT ${columns} FROM journal_blocks WHERE last_received_at < ?1 ORDER BY last_received_at LIMIT ?2`;

const selectOld = `
  SELECT ${columns} FROM journal_blocks
  WHERE (last_received_at, first_received_at, generation, partition, to_number) > (?1, ?2, ?3, ?4, ?5)
    AND last_received_at < ?6
  ORDER BY last_received_at, first_received_at, generation, partition, to_number LIMIT ?7`;

const listed = `
  (generation, partition, to_number) IN (SELECT value ->> '$[0]', value ->> '$[1]', value ->> '$[2]' FROM json_each(?1))`;

const removeBlocks = `DELETE FROM journal_blocks WHERE ${listed}`;
const stripBlocks = `UPDATE journal_blocks SET bodies = NULL WHERE ${listed}`;

const readCursor = "SELECT cursor FROM retention WHERE walk = 'blocks'";

const writeCursor = `
  INSERT INTO retention (walk, cursor) VALUES ('blocks', ?1) ON CONFLICT (walk) DO UPDATE SET cursor = excluded.cursor`;
