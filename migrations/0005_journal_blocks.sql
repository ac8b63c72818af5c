-- What simply succeeded, many events a row (src/platform/d1/journal-block.ts): most events are never looked for one by one,
-- and rows written are what D1 costs. Dead letters, held, retried and replayed deliveries keep the rows of 0001.
-- Additive: a build that does not know these columns and this table goes on with what it knows.

-- How far this journal has everything but what still waits quietly in its sequencer. `applied_through` stays behind what
-- waits, so that a build that knows nothing of it sends it again, with its body.
ALTER TABLE partitions ADD COLUMN journaled_through INTEGER NOT NULL DEFAULT 0;

CREATE TABLE journal_blocks (
  generation INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  -- The last change number in it.
  to_number INTEGER NOT NULL,
  -- Numbers of its events and deliveries, the lowest and the highest: how one is found by its id.
  first_number INTEGER NOT NULL,
  last_number INTEGER NOT NULL,
  -- Epoch ms, the earliest and the latest.
  first_received_at INTEGER NOT NULL,
  last_received_at INTEGER NOT NULL,
  event_count INTEGER NOT NULL,
  -- Of the two below. 1: JSON, deflated without a header.
  format INTEGER NOT NULL,
  -- Events, deliveries and attempts.
  entries BLOB NOT NULL,
  -- Bodies and headers of the events, and what was sent to the ERP and answered. Null once retention removed them.
  bodies BLOB,
  PRIMARY KEY (generation, partition, to_number)
) STRICT, WITHOUT ROWID;

-- Lists run by the time of receipt; both columns, so that a block outside the time is passed over without reading it.
CREATE INDEX journal_blocks_by_receipt ON journal_blocks (last_received_at, first_received_at);
