-- What persons did: who, what, when, before and after, and why. Append-only: the triggers refuse a change of what is written.
-- Acts on deliveries come with the journal's batches (src/platform/d1/d1-journal.ts), the others one by one. Times are epoch ms.

CREATE TABLE audit (
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  delivery_id TEXT,
  ordering_key TEXT,
  target TEXT,
  before TEXT,
  after TEXT,
  reason TEXT NOT NULL,
  -- The newest are a walk along the key: no index besides, for acts of persons are few.
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_is_never_removed BEFORE DELETE ON audit
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;
