-- The journal: read model and archive of events, deliveries and attempts. The sequencers hold the truth; each appends its
-- changes here in numbered batches (src/platform/d1/d1-journal.ts). Times are epoch ms. Columns beside a JSON document
-- repeat what filters and people's queries ask for; the document is what the relay reads back.
-- Rows written are what D1 costs, so TEXT keys stand in WITHOUT ROWID tables (one row written an insert, not two) except where
-- the row is usually over 1 KB: there SQLite would put the rest on a page of its own, at twice the time and 3 KB a row.

-- How far each partition's changes have been applied; advanced in the same transaction as the rows of a batch.
CREATE TABLE partitions (
  generation INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  applied_through INTEGER NOT NULL,
  PRIMARY KEY (generation, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id TEXT NOT NULL PRIMARY KEY,
  source TEXT NOT NULL,
  -- The sender's id of the event.
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  -- `kind/id`, e.g. order/1001.
  entity TEXT,
  ordering_key TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  occurred_at INTEGER,
  arrival INTEGER NOT NULL,
  change_number INTEGER NOT NULL,
  -- Attempts that were dropped before they could be written here.
  dropped_attempts INTEGER NOT NULL,
  delivery_ids TEXT NOT NULL CHECK (json_valid(delivery_ids)),
  event TEXT NOT NULL CHECK (json_valid(event)),
  -- Null once retention removed them, headers and body together.
  headers TEXT CHECK (headers IS NULL OR json_valid(headers)),
  -- Last, so that a query that does not ask for it does not read it.
  body BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
  id TEXT NOT NULL PRIMARY KEY,
  event_record_id TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  ordering_key TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  route TEXT NOT NULL,
  target TEXT NOT NULL,
  operation TEXT NOT NULL,
  operation_key TEXT,
  status TEXT NOT NULL,
  -- Why it is in that status: a dead letter's reason, a held one's cause, how it succeeded.
  reason TEXT,
  -- The ERP's or the schema's own word for a refusal.
  code TEXT,
  message TEXT,
  attempt_count INTEGER NOT NULL,
  document_id TEXT,
  document_number TEXT,
  document_state TEXT,
  replay_of TEXT,
  -- The first delivery at its place in the line; its own id where it is no replay.
  position TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  delivery TEXT NOT NULL CHECK (json_valid(delivery))
) STRICT;

-- Lists run by (received_at, id) descending. The columns after it let a filter pass over entries without reading their
-- rows: ten times as fast, and no entry more to write than the order needs.
CREATE INDEX deliveries_by_receipt ON deliveries
  (received_at DESC, id DESC, status, reason, code, source, target, operation, route, type);
CREATE INDEX deliveries_by_ordering_key ON deliveries (ordering_key, received_at DESC, id DESC);
CREATE INDEX deliveries_by_event_id ON deliveries (event_id, received_at DESC, id DESC);

CREATE TABLE attempts (
  delivery_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  mode TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  -- The outcome's kind and effect; the whole of it is in `outcome`.
  outcome_kind TEXT NOT NULL,
  effect TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (json_valid(outcome)),
  -- Requests to the ERP and its answers, in order.
  exchanges TEXT NOT NULL CHECK (json_valid(exchanges)),
  -- The mapped input as JSON text; not checked, because it is cut where it is too long.
  input TEXT,
  PRIMARY KEY (delivery_id, number, epoch, mode)
) STRICT, WITHOUT ROWID;
