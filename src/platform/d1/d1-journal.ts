// The journal in D1, writing side: one batch of a partition's changes is one D1 transaction that applies only where the
// partition stands at `from`. What simply succeeded shares blocks, everything else has rows of its own. May not read;
// reading is d1-journal-reader.ts. Throws a PortError when D1 is away.

import type { Journal, JournalAnswer, JournalBatch, JournalReader } from '../../pipeline/ports.ts';
import { callD1 } from './d1-errors.ts';
import { createD1JournalReader } from './d1-journal-reader.ts';
import { toHex } from './hex.ts';
import { type JournalParameters, type LargeBody, toParameters } from './journal-batch.ts';
import { blockFormat, type JournalBlock, toBlocks } from './journal-block.ts';

export function createD1Journal(db: D1Database): Journal & JournalReader {
  return { ...createD1JournalReader(db), append: (batch) => append(db, batch) };
}

async function append(db: D1Database, batch: JournalBatch): Promise<JournalAnswer> {
  const { generation, partition, from, to, completeThrough = to } = batch;
  const { blocks, tooLarge } = await toBlocks(batch.entries.filter(({ simple }) => simple === true));
  const listed = batch.entries.filter((entry) => entry.simple !== true || tooLarge.includes(entry));
  const results = await callD1(() =>
    db.batch<StandingRow>([
      db.prepare(openPartition).bind(generation, partition),
      ...rowStatements(db, batch, toParameters({ ...batch, entries: listed })),
      ...blocks.map((block) => blockStatement(db, batch, block)),
      db.prepare(advancePartition).bind(to, generation, partition, from, completeThrough),
      db.prepare(readPartition).bind(generation, partition),
    ]),
  );
  const standing = results.at(-1)?.results[0];
  if (standing === undefined)
    throw new Error('journal: the partition row vanished inside its own transaction');
  return { appliedThrough: standing.journaled_through, completeThrough: standing.applied_through };
}

type StandingRow = { readonly journaled_through: number; readonly applied_through: number };

function rowStatements(db: D1Database, batch: JournalBatch, rows: JournalParameters): D1PreparedStatement[] {
  const { generation, partition, from } = batch;
  const insert = (sql: string) => (list: string) => db.prepare(sql).bind(list, generation, partition, from);
  const setBody = ({ eventRecordId, pieces }: LargeBody) =>
    db.prepare(updateBody(pieces.length)).bind(eventRecordId, generation, partition, from, ...pieces);
  return [
    ...rows.events.map(insert(insertEvents)),
    ...rows.largeBodies.map(setBody),
    ...rows.deliveries.map(insert(insertDeliveries)),
    ...rows.attempts.map(insert(insertAttempts)),
    ...rows.acts.map(insert(insertActs)),
  ];
}

function blockStatement(db: D1Database, batch: JournalBatch, block: JournalBlock): D1PreparedStatement {
  const { generation, partition, from } = batch;
  const { toNumber, firstNumber, lastNumber, firstReceivedAt, lastReceivedAt, eventCount } = block;
  const columns = [toNumber, firstNumber, lastNumber, firstReceivedAt, lastReceivedAt, eventCount];
  return db
    .prepare(insertBlock)
    .bind(
      toHex(block.entries),
      generation,
      partition,
      from,
      toHex(block.bodies),
      ...columns,
      blockFormat,
      block.search,
    );
}

/** An earlier build moves `applied_through` alone: who is further counts. */
const standing = 'max(journaled_through, applied_through)';

/** True inside the transaction as long as the partition stands at `from`; every row statement hangs on it. */
const standsAtFrom = `(SELECT ${standing} FROM partitions WHERE generation = ?2 AND partition = ?3) = ?4`;

const openPartition =
  'INSERT INTO partitions (generation, partition, applied_through) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING';

const advancePartition = `
  UPDATE partitions SET journaled_through = ?1, applied_through = max(applied_through, ?5)
  WHERE generation = ?2 AND partition = ?3 AND ${standing} = ?4`;

const readPartition = `
  SELECT ${standing} AS journaled_through, applied_through FROM partitions WHERE generation = ?1 AND partition = ?2`;

const insertBlock = `
  INSERT INTO journal_blocks (generation, partition, to_number, first_number, last_number, first_received_at,
    last_received_at, event_count, format, entries, bodies, search)
  SELECT ?2, ?3, ?6, ?7, ?8, ?9, ?10, ?11, ?12, unhex(?1), unhex(?5), ?13 WHERE ${standsAtFrom}
  ON CONFLICT DO NOTHING`;
/** The event itself never changes; payload and body come once and are kept when a later change comes without them. */
const insertEvents = `
  INSERT INTO events (id, source, event_id, type, entity, ordering_key, received_at, occurred_at, arrival, change_number,
    dropped_attempts, delivery_ids, event, headers, body)
  SELECT value ->> '$.id', value ->> '$.source', value ->> '$.eventId', value ->> '$.type', value ->> '$.entity',
    value ->> '$.orderingKey', value ->> '$.receivedAt', value ->> '$.occurredAt', value ->> '$.arrival',
    value ->> '$.changeNumber', value ->> '$.droppedAttempts', value ->> '$.deliveryIds', value ->> '$.event',
    value ->> '$.headers', unhex(value ->> '$.body')
  FROM json_each(?1) WHERE ${standsAtFrom}
  ON CONFLICT (id) DO UPDATE SET change_number = excluded.change_number, dropped_attempts = excluded.dropped_attempts,
    delivery_ids = excluded.delivery_ids, headers = coalesce(excluded.headers, events.headers),
    body = coalesce(excluded.body, events.body)`;

/** Concatenating blobs gives text of the same bytes; the cast makes it a blob again. */
function updateBody(pieceCount: number): string {
  const pieces = Array.from({ length: pieceCount }, (_, index) => `unhex(?${index + 5})`);
  return `UPDATE events SET body = CAST(${pieces.join(' || ')} AS BLOB) WHERE id = ?1 AND ${standsAtFrom}`;
}

/** A record is written whole; a delivery of it that did not change writes no row. */
const insertDeliveries = `
  INSERT INTO deliveries (id, event_record_id, source, event_id, type, ordering_key, received_at, route, target, operation,
    operation_key, status, reason, code, message, attempt_count, document_id, document_number, document_state, replay_of,
    position, created_at, updated_at, delivery)
  SELECT value ->> '$.id', value ->> '$.eventRecordId', value ->> '$.source', value ->> '$.eventId', value ->> '$.type',
    value ->> '$.orderingKey', value ->> '$.receivedAt', value ->> '$.route', value ->> '$.target',
    value ->> '$.operation', value ->> '$.operationKey', value ->> '$.status', value ->> '$.reason', value ->> '$.code',
    value ->> '$.message', value ->> '$.attemptCount', value ->> '$.documentId', value ->> '$.documentNumber',
    value ->> '$.documentState', value ->> '$.replayOf', value ->> '$.position', value ->> '$.createdAt',
    value ->> '$.updatedAt', value ->> '$.delivery'
  FROM json_each(?1) WHERE ${standsAtFrom}
  ON CONFLICT (id) DO UPDATE SET operation_key = excluded.operation_key, status = excluded.status,
    reason = excluded.reason, code = excluded.code, message = excluded.message, attempt_count = excluded.attempt_count,
    document_id = excluded.document_id, document_number = excluded.document_number,
    document_state = excluded.document_state, updated_at = excluded.updated_at, delivery = excluded.delivery
  WHERE excluded.delivery <> deliveries.delivery`;

/** What was tried is past: it is written once. */
const insertAttempts = `
  INSERT INTO attempts (delivery_id, number, epoch, mode, started_at, ended_at, outcome_kind, effect, outcome, exchanges,
    input)
  SELECT value ->> '$.deliveryId', value ->> '$.number', value ->> '$.epoch', value ->> '$.mode',
    value ->> '$.startedAt', value ->> '$.endedAt', value ->> '$.outcome.kind', value ->> '$.outcome.effect',
    value ->> '$.outcome', value ->> '$.exchanges', value ->> '$.input'
  FROM json_each(?1) WHERE ${standsAtFrom}
  ON CONFLICT DO NOTHING`;

/** An act is written once and never again. */
const insertActs = `
  INSERT INTO audit (at, id, actor, action, delivery_id, ordering_key, target, before, after, reason)
  SELECT value ->> '$.at', value ->> '$.id', value ->> '$.actor', value ->> '$.action', value ->> '$.deliveryId',
    value ->> '$.orderingKey', value ->> '$.target', value ->> '$.before', value ->> '$.after', value ->> '$.reason'
  FROM json_each(?1) WHERE ${standsAtFrom}
  ON CONFLICT DO NOTHING`;
