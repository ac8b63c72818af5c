-- The chain over the audit: each act's hash is made of the one before and of the act, so that nothing can be changed, taken out or
-- put in between without every later hash being wrong. Made by one writer (src/platform/durable-objects/audit-object.ts), which keeps
-- the head elsewhere, so that a tail that was cut off is missed. Acts come from many partitions: what waits to be chained is queued.

CREATE TABLE audit_chain (
  -- From 1, without gaps.
  number INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

-- From an act to its place in the chain.
CREATE UNIQUE INDEX audit_chain_by_act ON audit_chain (at, id);

CREATE TRIGGER audit_chain_is_never_changed BEFORE UPDATE ON audit_chain
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_chain_is_never_removed BEFORE DELETE ON audit_chain
BEGIN
  SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TABLE audit_unchained (
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (at, id)
) STRICT, WITHOUT ROWID;

INSERT INTO audit_unchained (at, id) SELECT at, id FROM audit;

CREATE TRIGGER audit_waits_for_the_chain AFTER INSERT ON audit
BEGIN
  INSERT INTO audit_unchained (at, id) VALUES (NEW.at, NEW.id);
END;
