// The journal in D1, reading side: lists by filter and keyset cursor, and one delivery with all that was kept of it.
// What simply succeeded comes out of blocks (d1-block-reader.ts), everything else out of rows. May not write. Throws a PortError when D1 is away; what is not found is null.

import { type Attempt, type Delivery, isClosed } from '../../core/delivery.ts';
import { compareInList, isAfterCursor } from '../../core/delivery-filter.ts';
import type { EventPayload, WebhookEvent } from '../../core/event.ts';
import type { AccessView } from '../../core/identity/access-view.ts';
import { limits } from '../../core/limits.ts';
import type { DeliveryFilter, DeliveryView, ListRequest } from '../../core/sequencer/messages.ts';
import type { EventRecord } from '../../core/sequencer/record.ts';
import type { ArchivedDelivery, JournalPage, JournalReader } from '../../pipeline/ports.ts';
import { type BlockSource, findInBlocks, listBlocks } from './d1-block-reader.ts';
import { createBlockViews } from './d1-block-views.ts';
import { callD1 } from './d1-errors.ts';

export function createD1JournalReader(db: D1Database): JournalReader {
  const source = { db, blocks: createBlockViews(db) };
  return { list: (request) => callD1(() => list(source, request)), find: (id) => callD1(() => find(db, id)) };
}

type ListRow = { readonly delivery: string; readonly event_record_id: string; readonly event: string };

async function list(source: BlockSource, request: ListRequest): Promise<JournalPage> {
  const [listed, blocks] = await Promise.all([listRows(source.db, request), listBlocks(source, request)]);
  // A replay brings what had simply succeeded into rows; an open row is older than what a block says.
  const byId = new Map(blocks.views.map((view) => [view.delivery.id, view]));
  for (const view of listed) {
    if (isClosed(view.delivery.state) || !byId.has(view.delivery.id)) byId.set(view.delivery.id, view);
  }
  const { resume } = blocks;
  const views = [...byId.values()].filter((view) => resume === null || !isAfterCursor(resume, view));
  return { views: views.sort(compareInList).slice(0, request.limit), resume };
}

async function listRows(db: D1Database, request: ListRequest): Promise<readonly DeliveryView[]> {
  const { sql, parameters } = toListQuery(request);
  const { results } = await db
    .prepare(sql)
    .bind(...parameters)
    .all<ListRow>();
  return results.map(toView);
}

function toView(row: ListRow): DeliveryView {
  const delivery = JSON.parse(row.delivery) as Delivery;
  const event = JSON.parse(row.event) as WebhookEvent;
  return {
    delivery,
    status: delivery.state.status,
    eventRecordId: row.event_record_id,
    event,
    waiting: null,
  };
}

type Condition = { readonly sql: string; readonly values: readonly (string | number)[] };

/**
 * The page's ids are found in an index alone where it holds all that the filter asks for; only their rows are read.
 * Exported for the test that reads its query plan.
 */
export function toListQuery(request: ListRequest): {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
} {
  const conditions = toConditions(request);
  const where = conditions.map((condition) => condition.sql).join(' AND ');
  const sql = `
    SELECT d.delivery, d.event_record_id, e.event
    FROM (SELECT id, received_at FROM deliveries INDEXED BY ${indexFor(request.filter)}
      ${where === '' ? '' : `WHERE ${where}`} ORDER BY received_at DESC, id DESC LIMIT ?) page
    CROSS JOIN deliveries d ON d.id = page.id
    CROSS JOIN events e ON e.id = d.event_record_id
    ORDER BY page.received_at DESC, page.id DESC`;
  return { sql, parameters: [...conditions.flatMap((condition) => condition.values), request.limit] };
}

/** Named, not left to the planner: without statistics it may walk the whole list for one ordering key. */
function indexFor(filter: DeliveryFilter): string {
  if (filter.orderingKey !== undefined) return 'deliveries_by_ordering_key';
  return filter.eventId !== undefined ? 'deliveries_by_event_id' : 'deliveries_by_receipt';
}

function toConditions({ filter, cursor }: ListRequest): Condition[] {
  const conditions: Condition[] = [];
  const add = (sql: string, ...values: (string | number)[]) => conditions.push({ sql, values });
  if (filter.status !== undefined)
    add(`status IN (${filter.status.map(() => '?').join(', ')})`, ...filter.status);
  if (filter.reason !== undefined) add('(reason = ? OR code = ?)', filter.reason, filter.reason);
  if (filter.code !== undefined) add("coalesce(code, '') = ?", filter.code);
  if (filter.source !== undefined) add('source = ?', filter.source);
  if (filter.target !== undefined) add('target = ?', filter.target);
  if (filter.operation !== undefined) add('operation = ?', filter.operation);
  if (filter.route !== undefined) add('route = ?', filter.route);
  if (filter.orderingKey !== undefined) add('ordering_key = ?', filter.orderingKey);
  if (filter.eventId !== undefined) add('event_id = ?', filter.eventId);
  if (filter.type !== undefined) add('type = ?', filter.type);
  // Neither has an index: a page is looked for from the newest back, or within the times or the key that are given, too.
  if (filter.record !== undefined) add("delivery ->> '$.own.recordId' = ?", filter.record);
  if (filter.document !== undefined)
    add('(document_id = ? OR document_number = ?)', filter.document, filter.document);
  if (filter.receivedFrom !== undefined) add('received_at >= ?', filter.receivedFrom);
  if (filter.receivedTo !== undefined) add('received_at < ?', filter.receivedTo);
  if (filter.view !== undefined) conditions.push(...toViewConditions(filter.view));
  if (cursor !== null) add('(received_at, id) < (?, ?)', cursor.receivedAt, cursor.id);
  return conditions;
}

/** The rule of core/identity/access-view.ts in SQL; lists as JSON, for a statement takes only a hundred parameters. */
export function toViewConditions({ sources, grants }: AccessView): readonly Condition[] {
  const bySource = 'source IN (SELECT value FROM json_each(?))';
  const byGrant = `EXISTS (SELECT 1 FROM json_each(?) g WHERE g.value ->> 'operation' IN ('*', operation)
    AND g.value ->> 'target' IN ('*', target))`;
  return [
    ...(sources === null ? [] : [{ sql: bySource, values: [JSON.stringify(sources)] }]),
    ...(grants === null ? [] : [{ sql: byGrant, values: [JSON.stringify(grants)] }]),
  ];
}

type EventRow = {
  readonly id: string;
  readonly arrival: number;
  readonly change_number: number;
  readonly dropped_attempts: number;
  readonly event: string;
  readonly headers: string | null;
  /** D1 hands a blob out as a list of numbers. */
  readonly body: readonly number[] | null;
};

async function find(db: D1Database, deliveryId: string): Promise<ArchivedDelivery | null> {
  const listed = await findRows(db, deliveryId);
  // What is closed and has its attempts is whole; a replayed one left those of its first life in a block.
  if (listed !== null && isClosed(listed.delivery.state) && hasAttempts(listed)) return listed;
  const found = await findInBlocks(db, deliveryId);
  if (found === null) return listed;
  if (listed !== null && isClosed(listed.delivery.state)) return { ...listed, attempts: found.attempts };
  const { record, delivery, payload, attempts } = found;
  const view = { delivery, status: delivery.state.status, event: record.event, waiting: null };
  return { ...view, eventRecordId: record.id, record, payload, attempts };
}

function hasAttempts({ delivery, attempts }: ArchivedDelivery): boolean {
  return attempts.length > 0 || delivery.attemptCount === 0;
}

async function findRows(db: D1Database, deliveryId: string): Promise<ArchivedDelivery | null> {
  const [events, deliveries, attempts] = await db.batch([
    db.prepare(findEvent).bind(deliveryId),
    db.prepare(findDeliveries).bind(deliveryId),
    db.prepare(findAttempts).bind(deliveryId, limits.maxShownAttempts),
  ]);
  const eventRow = events?.results[0] as EventRow | undefined;
  if (eventRow === undefined) return null;
  const all = (deliveries?.results ?? []).map(
    (row) => JSON.parse((row as { delivery: string }).delivery) as Delivery,
  );
  const delivery = all.find((candidate) => candidate.id === deliveryId);
  if (delivery === undefined) return null;
  const record = toRecord(eventRow, all);
  return {
    delivery,
    status: delivery.state.status,
    eventRecordId: record.id,
    event: record.event,
    waiting: null,
    record,
    payload: toPayload(eventRow),
    attempts: (attempts?.results ?? []).map((row) => toAttempt(row as AttemptRow)).reverse(),
  };
}

const eventOfDelivery = 'SELECT event_record_id FROM deliveries WHERE id = ?1';

const findEvent = `
  SELECT id, arrival, change_number, dropped_attempts, event, headers, body FROM events WHERE id = (${eventOfDelivery})`;

const findDeliveries = `
  SELECT d.delivery FROM events e CROSS JOIN json_each(e.delivery_ids) ids CROSS JOIN deliveries d ON d.id = ids.value
  WHERE e.id = (${eventOfDelivery}) ORDER BY ids.key`;

const findAttempts = `
  SELECT delivery_id, number, epoch, mode, started_at, ended_at, outcome, exchanges, input
  FROM attempts WHERE delivery_id = ?1 ORDER BY number DESC, epoch DESC, mode DESC LIMIT ?2`;

/** Its attempts are acknowledged, so the record carries none: see ArchivedDelivery.attempts. */
function toRecord(row: EventRow, deliveries: readonly Delivery[]): EventRecord {
  return {
    id: row.id,
    event: JSON.parse(row.event) as WebhookEvent,
    arrival: row.arrival,
    deliveries,
    attempts: [],
    droppedAttempts: row.dropped_attempts,
    changeNumber: row.change_number,
  };
}

function toPayload(row: EventRow): EventPayload | null {
  if (row.headers === null || row.body === null) return null;
  return { headers: JSON.parse(row.headers) as EventPayload['headers'], body: Uint8Array.from(row.body) };
}

type AttemptRow = {
  readonly delivery_id: string;
  readonly number: number;
  readonly epoch: number;
  readonly mode: Attempt['mode'];
  readonly started_at: number;
  readonly ended_at: number;
  readonly outcome: string;
  readonly exchanges: string;
  readonly input: string | null;
};

function toAttempt(row: AttemptRow): Attempt {
  return {
    deliveryId: row.delivery_id,
    number: row.number,
    epoch: row.epoch,
    mode: row.mode,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: JSON.parse(row.outcome) as Attempt['outcome'],
    exchanges: JSON.parse(row.exchanges) as Attempt['exchanges'],
    input: row.input,
  };
}
