// Rejected requests in D1, bounded while they are written: rows and days a source, bytes a body, writes a minute.
// Only sources the relay knows may come here, so that a stranger cannot open rows under made-up names.

import { limits } from '../../core/limits.ts';
import type { Clock, RejectedRequest, RejectedRequests } from '../../pipeline/ports.ts';
import { callD1 } from './d1-errors.ts';
import { toHex } from './hex.ts';

const minuteMs = 60_000;

/** Requests of one source that were only counted since `minuteAt`, by reason; they ride along with the next one written. */
type Flood = { minuteAt: number; written: number; readonly uncounted: Map<string, number> };

export function createD1RejectedRequests(db: D1Database, clock: Clock): RejectedRequests {
  const floods = new Map<string, Flood>();
  return {
    record: (request) => record({ db, flood: floodOf(floods, request.source), now: clock.now() }, request),
    list: (options) => callD1(() => list(db, options)),
  };
}

function floodOf(floods: Map<string, Flood>, source: string): Flood {
  let flood = floods.get(source);
  if (flood === undefined) {
    flood = { minuteAt: 0, written: 0, uncounted: new Map() };
    floods.set(source, flood);
  }
  return flood;
}

type Recorder = { readonly db: D1Database; readonly flood: Flood; readonly now: number };

async function record({ db, flood, now }: Recorder, request: RejectedRequest): Promise<void> {
  const { uncounted } = flood;
  uncounted.set(request.reason, (uncounted.get(request.reason) ?? 0) + 1);
  if (now - flood.minuteAt >= minuteMs) {
    flood.minuteAt = now;
    flood.written = 0;
  }
  if (flood.written >= limits.maxRejectedWritesPerMinute) return;
  flood.written += 1;
  const counts = [...uncounted];
  uncounted.clear();
  try {
    await callD1(() => db.batch(statements({ db, request, counts, now })));
  } catch (error) {
    for (const [reason, count] of counts) uncounted.set(reason, (uncounted.get(reason) ?? 0) + count);
    throw error;
  }
}

function statements(options: {
  readonly db: D1Database;
  readonly request: RejectedRequest;
  readonly counts: readonly (readonly [string, number])[];
  readonly now: number;
}): D1PreparedStatement[] {
  const { db, request, counts, now } = options;
  const body = request.body === null ? null : toHex(request.body.subarray(0, limits.maxRejectedBodyBytes));
  const { source, at, id, stage, reason, detail } = request;
  return [
    db
      .prepare(insertRequest)
      .bind(source, at, id, stage, reason, detail, JSON.stringify(request.headers), body),
    db.prepare(addCounts).bind(source, JSON.stringify(counts)),
    db.prepare(pruneOld).bind(source, now - limits.rejectedRequestMs),
    db.prepare(pruneBeyond).bind(source, limits.maxRejectedRequests),
  ];
}

const insertRequest = `
  INSERT INTO rejected_requests (source, received_at, id, stage, reason, detail, headers, body)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, unhex(?8)) ON CONFLICT DO NOTHING`;

const addCounts = `
  INSERT INTO rejected_counts (source, reason, count)
  SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2) WHERE true
  ON CONFLICT (source, reason) DO UPDATE SET count = count + excluded.count`;

const pruneOld = 'DELETE FROM rejected_requests WHERE source = ?1 AND received_at < ?2';

/** The bound is the newest row that is one too many; nothing is deleted where there is none. */
const pruneBeyond = `
  DELETE FROM rejected_requests WHERE source = ?1 AND (received_at, id) <= (
    SELECT received_at, id FROM rejected_requests WHERE source = ?1
    ORDER BY received_at DESC, id DESC LIMIT 1 OFFSET ?2)`;

type Row = {
  readonly source: string;
  readonly received_at: number;
  readonly id: string;
  readonly stage: RejectedRequest['stage'];
  readonly reason: string;
  readonly detail: string;
  readonly headers: string;
  readonly body: readonly number[] | null;
};

type ListOptions = Parameters<RejectedRequests['list']>[0];

async function list(db: D1Database, { sources, limit, before }: ListOptions) {
  const named = sources === null ? null : JSON.stringify(sources);
  const ofSources = 'source IN (SELECT value FROM json_each(?))';
  const conditions = [
    ...(named === null ? [] : [{ sql: ofSources, values: [named] }]),
    ...(before === null ? [] : [{ sql: '(received_at, id) < (?, ?)', values: [before.at, before.id] }]),
  ];
  const where =
    conditions.length === 0 ? '' : `WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`;
  const select = `SELECT * FROM rejected_requests ${where} ORDER BY received_at DESC, id DESC LIMIT ?`;
  const count = `SELECT source, reason, count FROM rejected_counts ${named === null ? '' : `WHERE ${ofSources}`}`;
  const [rows, counts] = await db.batch([
    db.prepare(select).bind(...conditions.flatMap((condition) => condition.values), limit),
    db.prepare(count).bind(...(named === null ? [] : [named])),
  ]);
  return {
    items: (rows?.results ?? []).map((row) => toRequest(row as Row)),
    counts: (counts?.results ?? []) as { source: string; reason: string; count: number }[],
  };
}

function toRequest(row: Row): RejectedRequest {
  return {
    id: row.id,
    source: row.source,
    at: row.received_at,
    stage: row.stage,
    reason: row.reason,
    detail: row.detail,
    headers: JSON.parse(row.headers) as RejectedRequest['headers'],
    body: row.body === null ? null : Uint8Array.from(row.body),
  };
}
