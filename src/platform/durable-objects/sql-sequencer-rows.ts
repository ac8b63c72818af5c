// The rows of one partition in a Durable Object's SQLite: the price of an event. The plain case writes an `open` row with
// its body, writes it again when it settles, and swaps it for a small `settled` row once the journal has it.
// No secondary index: everything about an ordering key is a scan of one key prefix.

import type { EventPayload } from '../../core/event.ts';
import { limits } from '../../core/limits.ts';
import type {
  BulkStepRow,
  EventKey,
  EventRecord,
  LeaseRow,
  PartitionMeta,
  SequencerRows,
} from '../../core/sequencer/record.ts';
import type { HeaderMap } from '../../core/source.ts';
import type { SubscriptionSet } from '../../core/subscriptions/subscription.ts';
import { createRecentPayloads } from './recent-payloads.ts';
import { createSqlIntakeRows } from './sql-intake-rows.ts';

/** Rises with the shape of the tables; an older object is brought forward when it starts. */
const schemaVersion = 1;

const schema = [
  `CREATE TABLE IF NOT EXISTS meta (
     id INTEGER PRIMARY KEY CHECK (id = 1), schema_version INTEGER NOT NULL,
     reserved_numbers INTEGER NOT NULL, partitions INTEGER NOT NULL, generation INTEGER NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS open (
     ordering_key TEXT NOT NULL, source TEXT NOT NULL, event_id TEXT NOT NULL,
     record TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL,
     PRIMARY KEY (ordering_key, source, event_id)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS settled (
     ordering_key TEXT NOT NULL, source TEXT NOT NULL, event_id TEXT NOT NULL,
     record TEXT NOT NULL, expires_at INTEGER NOT NULL,
     PRIMARY KEY (ordering_key, source, event_id)) WITHOUT ROWID`,
  // Keys that the next generation has. Empty but in objects of an earlier one.
  'CREATE TABLE IF NOT EXISTS moved (ordering_key TEXT PRIMARY KEY) WITHOUT ROWID',
  // One row. An older build leaves it alone.
  'CREATE TABLE IF NOT EXISTS subscriptions (id INTEGER PRIMARY KEY CHECK (id = 1), known TEXT NOT NULL)',
  // Of bulk jobs that run, or ran within a day.
  `CREATE TABLE IF NOT EXISTS bulk_steps (job TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, step TEXT NOT NULL)
   WITHOUT ROWID`,
  'CREATE TABLE IF NOT EXISTS leases (slot INTEGER PRIMARY KEY, lease TEXT NOT NULL)',
];

export function createSqlSequencerRows(storage: DurableObjectStorage): SequencerRows {
  const { sql } = storage;
  for (const statement of schema) sql.exec(statement);

  const recent = createRecentPayloads(limits.recentPayloadBytes);
  const insert = (record: EventRecord, payload: EventPayload): void => {
    insertOpen(sql, record, payload);
    recent.keep(record.event, payload);
  };
  const keyOf = (key: EventKey): [string, string, string] => [key.orderingKey, key.source, key.eventId];
  const whereKey = 'WHERE ordering_key = ? AND source = ? AND event_id = ?';

  return {
    transaction: (work) => storage.transactionSync(work),
    readMeta: () => readMeta(sql),
    writeMeta: (meta) => {
      const { reservedNumbers, partitions, generation } = meta;
      sql.exec(
        'INSERT OR REPLACE INTO meta VALUES (1, ?, ?, ?, ?)',
        schemaVersion,
        reservedNumbers,
        partitions,
        generation,
      );
    },
    readSubscriptions: () => {
      const [row] = sql.exec<{ known: string }>('SELECT known FROM subscriptions').toArray();
      return row === undefined ? null : (JSON.parse(row.known) as SubscriptionSet);
    },
    writeSubscriptions: (set) => {
      sql.exec('INSERT OR REPLACE INTO subscriptions VALUES (1, ?)', JSON.stringify(set));
    },
    readOpen: () =>
      readRecords(
        sql.exec('SELECT record FROM open WHERE ordering_key NOT IN (SELECT ordering_key FROM moved)'),
      ),
    readOpenOf: (orderingKey) =>
      readRecords(sql.exec('SELECT record FROM open WHERE ordering_key = ?', orderingKey)),
    readSettled: (orderingKey) =>
      readRecords(sql.exec('SELECT record FROM settled WHERE ordering_key = ?', orderingKey)),
    readPayload: (key) =>
      recent.find(key) ?? readPayload(sql.exec(`SELECT headers, body FROM open ${whereKey}`, ...keyOf(key))),
    insertOpen: insert,
    updateOpen: (record) => {
      const cursor = sql.exec(
        `UPDATE open SET record = ? ${whereKey}`,
        JSON.stringify(record),
        ...keyOf(record.event),
      );
      if (cursor.rowsWritten === 0) throw new Error(`open row of ${record.id} is missing`);
    },
    settle: (record, expiresAt) => {
      insertSettled(sql, record, expiresAt);
      sql.exec(`DELETE FROM open ${whereKey}`, ...keyOf(record.event));
      recent.drop(record.event);
    },
    reopen: (record, payload) => {
      insert(record, payload);
      sql.exec(`DELETE FROM settled ${whereKey}`, ...keyOf(record.event));
    },
    insertSettled: (record, expiresAt) => insertSettled(sql, record, expiresAt),
    isMoved: (orderingKey) =>
      sql.exec('SELECT 1 FROM moved WHERE ordering_key = ?', orderingKey).toArray().length > 0,
    hasMovedKeys: () => sql.exec('SELECT 1 FROM moved LIMIT 1').toArray().length > 0,
    markMoved: (orderingKey) => {
      sql.exec('INSERT OR IGNORE INTO moved VALUES (?)', orderingKey);
    },
    readUntakenKeys: () =>
      sql
        .exec('SELECT DISTINCT ordering_key FROM open WHERE ordering_key IN (SELECT ordering_key FROM moved)')
        .toArray()
        .map((row) => String(row.ordering_key)),
    dropMoved: (orderingKey) => {
      sql.exec('DELETE FROM open WHERE ordering_key = ?', orderingKey);
      sql.exec('DELETE FROM settled WHERE ordering_key = ?', orderingKey);
    },
    readLeases: () => readLeases(sql),
    writeLease: (lease) => {
      sql.exec('INSERT OR REPLACE INTO leases VALUES (?, ?)', lease.slot, JSON.stringify(lease));
    },
    pruneSettled: (now, cursor, limit) => pruneSettled(sql, { now, cursor, limit }),
    ...createSqlBulkSteps(sql),
    ...createSqlIntakeRows(sql),
  };
}

function createSqlBulkSteps(sql: SqlStorage): Pick<SequencerRows, 'readBulkStep' | 'writeBulkStep'> {
  return {
    readBulkStep: (job) => {
      const [row] = sql.exec<{ step: string }>('SELECT step FROM bulk_steps WHERE job = ?', job).toArray();
      return row === undefined ? null : (JSON.parse(row.step) as BulkStepRow);
    },
    writeBulkStep: (row, forgetBefore) => {
      sql.exec('DELETE FROM bulk_steps WHERE at < ?', forgetBefore);
      sql.exec('INSERT OR REPLACE INTO bulk_steps VALUES (?, ?, ?)', row.job, row.at, JSON.stringify(row));
    },
  };
}

function readMeta(sql: SqlStorage): PartitionMeta | null {
  const rows = sql.exec('SELECT reserved_numbers, partitions, generation FROM meta').toArray();
  const row = rows[0];
  if (row === undefined) return null;
  return {
    reservedNumbers: Number(row.reserved_numbers),
    partitions: Number(row.partitions),
    generation: Number(row.generation),
  };
}

function* readRecords(cursor: Iterable<Record<string, SqlStorageValue>>): Generator<EventRecord> {
  for (const row of cursor) yield JSON.parse(String(row.record)) as EventRecord;
}

function* readLeases(sql: SqlStorage): Generator<LeaseRow> {
  for (const row of sql.exec('SELECT lease FROM leases')) yield JSON.parse(String(row.lease)) as LeaseRow;
}

function readPayload(cursor: Iterable<Record<string, SqlStorageValue>>): EventPayload | null {
  for (const row of cursor) {
    return {
      headers: JSON.parse(String(row.headers)) as HeaderMap,
      body: new Uint8Array(row.body as ArrayBuffer),
    };
  }
  return null;
}

function insertSettled(sql: SqlStorage, record: EventRecord, expiresAt: number): void {
  const { orderingKey, source, eventId } = record.event;
  sql.exec(
    'INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?, ?)',
    orderingKey,
    source,
    eventId,
    JSON.stringify(record),
    expiresAt,
  );
}

function insertOpen(sql: SqlStorage, record: EventRecord, payload: EventPayload): void {
  const { body } = payload;
  const whole = body.byteOffset === 0 && body.byteLength === body.buffer.byteLength;
  sql.exec(
    'INSERT INTO open VALUES (?, ?, ?, ?, ?, ?)',
    record.event.orderingKey,
    record.event.source,
    record.event.eventId,
    JSON.stringify(record),
    JSON.stringify(payload.headers),
    whole ? body.buffer : body.slice().buffer,
  );
}

type PruneStep = { readonly now: number; readonly cursor: string | null; readonly limit: number };

/** Walks by primary key, so that no index over the horizon is paid for with every event. */
function pruneSettled(sql: SqlStorage, step: PruneStep) {
  const [orderingKey, source, eventId] = step.cursor === null ? ['', '', ''] : step.cursor.split('\n');
  const rows = sql
    .exec(
      `SELECT ordering_key, source, event_id, expires_at FROM settled
       WHERE (ordering_key, source, event_id) > (?, ?, ?)
       ORDER BY ordering_key, source, event_id LIMIT ?`,
      orderingKey ?? '',
      source ?? '',
      eventId ?? '',
      step.limit,
    )
    .toArray();
  const keys = rows.map((row) => ({
    orderingKey: String(row.ordering_key),
    source: String(row.source),
    eventId: String(row.event_id),
    expired: Number(row.expires_at) < step.now,
  }));
  const removed = keys.filter((key) => key.expired);
  for (const key of removed) {
    sql.exec(
      'DELETE FROM settled WHERE ordering_key = ? AND source = ? AND event_id = ?',
      key.orderingKey,
      key.source,
      key.eventId,
    );
  }
  const last = keys.at(-1);
  const more = last !== undefined && keys.length === step.limit;
  return { removed, next: more ? `${last.orderingKey}\n${last.source}\n${last.eventId}` : null };
}
