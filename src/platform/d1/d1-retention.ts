// Forgets what the journal may no longer keep: first bodies (of events and of the calls to the ERP), later whole events.
// One bounded step a call, all the way round and again. It never touches an event of which something is still open.

import { closedStatuses } from '../../core/delivery-filter.ts';
import { limits } from '../../core/limits.ts';
import { stepBlocks } from './d1-block-retention.ts';
import { callD1 } from './d1-errors.ts';

export type RetentionPeriods = {
  /** How long bodies are kept after the receipt, ms. */
  readonly bodyRetentionMs: number;
  /** How long events, deliveries and attempts are kept after the receipt, ms. */
  readonly ledgerHorizonMs: number;
};

export type RetentionStep = { readonly strippedCount: number; readonly removedCount: number };

export type D1Retention = {
  /**
   * Looks at the next `limits.retentionStepEvents` events with rows of their own, and as many blocks. `now`: epoch ms.
   * Throws a PortError when D1 is away.
   */
  readonly step: (now: number) => Promise<RetentionStep>;
};

export function createD1Retention(db: D1Database, periods: RetentionPeriods): D1Retention {
  return {
    step: (now) =>
      callD1(async () => {
        const events = await step(db, periods, now);
        const blocks = await stepBlocks(db, periods, now);
        return {
          strippedCount: events.strippedCount + blocks.strippedCount,
          removedCount: events.removedCount + blocks.removedCount,
        };
      }),
  };
}

type Row = {
  readonly id: string;
  readonly received_at: number;
  readonly has_body: number;
  readonly delivery_ids: string;
  readonly open_count: number;
};

async function step(db: D1Database, periods: RetentionPeriods, now: number): Promise<RetentionStep> {
  const cursor = (await db.prepare(readCursor).first<string>('cursor')) ?? '';
  const { results } = await db.prepare(readEvents).bind(cursor, limits.retentionStepEvents).all<Row>();
  const closed = results.filter((row) => row.open_count === 0);
  const removed = closed.filter((row) => row.received_at < now - periods.ledgerHorizonMs);
  const stripped = closed.filter(
    (row) => row.has_body === 1 && row.received_at < now - periods.bodyRetentionMs && !removed.includes(row),
  );
  const next = results.length < limits.retentionStepEvents ? '' : (results.at(-1)?.id ?? '');
  if (next === cursor && removed.length + stripped.length === 0) return { strippedCount: 0, removedCount: 0 };
  const statements = [
    ...stripRows(db, stripped),
    ...removeRows(db, removed),
    db.prepare(writeCursor).bind(next),
  ];
  await db.batch(statements);
  return { strippedCount: stripped.length, removedCount: removed.length };
}

function stripRows(db: D1Database, rows: readonly Row[]): D1PreparedStatement[] {
  if (rows.length === 0) return [];
  return [
    db.prepare(stripAttempts).bind(deliveriesOf(rows)),
    db.prepare(stripEvents).bind(JSON.stringify(rows.map((row) => row.id))),
  ];
}

function removeRows(db: D1Database, rows: readonly Row[]): D1PreparedStatement[] {
  if (rows.length === 0) return [];
  const deliveries = deliveriesOf(rows);
  return [
    db.prepare(removeAttempts).bind(deliveries),
    db.prepare(removeDeliveries).bind(deliveries),
    db.prepare(removeEvents).bind(JSON.stringify(rows.map((row) => row.id))),
  ];
}

function deliveriesOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.flatMap((row) => JSON.parse(row.delivery_ids) as string[]));
}

const closedList = closedStatuses.map((status) => `'${status}'`).join(', ');

const readCursor = "SELECT cursor FROM retention WHERE walk = 'events'";

const writeCursor = `
  INSERT INTO retention (walk, cursor) VALUES ('events', ?1) ON CONFLICT (walk) DO UPDATE SET cursor = excluded.cursor`;

const readEvents = `
  SELECT id, received_at, body IS NOT NULL AS has_body, delivery_ids,
    (SELECT count(*) FROM json_each(e.delivery_ids) ids JOIN deliveries d ON d.id = ids.value
      WHERE d.status NOT IN (${closedList})) AS open_count
  FROM events e WHERE id > ?1 ORDER BY id LIMIT ?2`;

const listed = 'IN (SELECT value FROM json_each(?1))';

const stripEvents = `UPDATE events SET headers = NULL, body = NULL WHERE id ${listed}`;
const stripAttempts = `
  UPDATE attempts SET exchanges = '[]', input = NULL WHERE delivery_id ${listed} AND exchanges <> '[]'`;
const removeAttempts = `DELETE FROM attempts WHERE delivery_id ${listed}`;
const removeDeliveries = `DELETE FROM deliveries WHERE id ${listed}`;
const removeEvents = `DELETE FROM events WHERE id ${listed}`;
