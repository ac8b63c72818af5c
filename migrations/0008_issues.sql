-- Failures by their cause: target, operation, reason and code. Kept by triggers on the deliveries, so that they change in the
-- transaction that journals a failure or its end: none is missed and none counted twice, whichever build writes. The same rules in
-- TypeScript are src/core/issues/issue.ts. `held` has no code of its own: an empty one. Times are epoch ms.

CREATE TABLE issues (
  -- The id `iss_` in base 36.
  number INTEGER NOT NULL PRIMARY KEY,
  target TEXT NOT NULL,
  operation TEXT NOT NULL,
  reason TEXT NOT NULL,
  code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved', 'ignored')),
  -- Since when it is in that state, who said so and why; null: the relay, for nothing of it is left or it came back.
  state_at INTEGER NOT NULL,
  state_by TEXT,
  note TEXT,
  reopened_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE UNIQUE INDEX issues_by_cause ON issues (target, operation, reason, code);

-- Apart for each source, so that a caller who sees some sources is told of those alone.
CREATE TABLE issue_sources (
  issue INTEGER NOT NULL,
  source TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  -- Failures ever, and deliveries that are dead or held with it now.
  count INTEGER NOT NULL,
  open_count INTEGER NOT NULL,
  last_delivery_id TEXT NOT NULL,
  message TEXT,
  PRIMARY KEY (issue, source)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER issue_of_a_new_failure AFTER INSERT ON deliveries WHEN NEW.status IN ('dead_lettered', 'held')
BEGIN
  INSERT INTO issues (target, operation, reason, code, state, state_at)
  VALUES (NEW.target, NEW.operation, coalesce(NEW.reason, ''), coalesce(NEW.code, ''), 'open', NEW.delivery ->> '$.state.at')
  ON CONFLICT (target, operation, reason, code) DO UPDATE SET state = 'open', state_at = excluded.state_at, state_by = NULL,
    note = NULL, reopened_count = reopened_count + 1
  WHERE issues.state = 'resolved' AND excluded.state_at > issues.state_at;
  INSERT INTO issue_sources (issue, source, first_seen_at, last_seen_at, count, open_count, last_delivery_id, message)
  SELECT number, NEW.source, NEW.delivery ->> '$.state.at', NEW.delivery ->> '$.state.at', 1, 1, NEW.id, NEW.message FROM issues
  WHERE target = NEW.target AND operation = NEW.operation AND reason = coalesce(NEW.reason, '') AND code = coalesce(NEW.code, '')
  ON CONFLICT (issue, source) DO UPDATE SET first_seen_at = min(first_seen_at, excluded.first_seen_at),
    last_seen_at = max(last_seen_at, excluded.last_seen_at), count = count + 1, open_count = open_count + 1,
    last_delivery_id = excluded.last_delivery_id, message = excluded.message;
END;

-- One trigger for the coming and the going: a delivery that is held again for the same cause does not close its issue in between.
CREATE TRIGGER issue_of_a_changed_delivery AFTER UPDATE ON deliveries
WHEN (NEW.status IN ('dead_lettered', 'held') OR OLD.status IN ('dead_lettered', 'held'))
  AND (NEW.status <> OLD.status OR NEW.delivery ->> '$.state.at' IS NOT OLD.delivery ->> '$.state.at')
BEGIN
  INSERT INTO issues (target, operation, reason, code, state, state_at)
  SELECT NEW.target, NEW.operation, coalesce(NEW.reason, ''), coalesce(NEW.code, ''), 'open', NEW.delivery ->> '$.state.at'
  WHERE NEW.status IN ('dead_lettered', 'held')
  ON CONFLICT (target, operation, reason, code) DO UPDATE SET state = 'open', state_at = excluded.state_at, state_by = NULL,
    note = NULL, reopened_count = reopened_count + 1
  WHERE issues.state = 'resolved' AND excluded.state_at > issues.state_at;
  INSERT INTO issue_sources (issue, source, first_seen_at, last_seen_at, count, open_count, last_delivery_id, message)
  SELECT number, NEW.source, NEW.delivery ->> '$.state.at', NEW.delivery ->> '$.state.at', 1, 1, NEW.id, NEW.message FROM issues
  WHERE target = NEW.target AND operation = NEW.operation AND reason = coalesce(NEW.reason, '') AND code = coalesce(NEW.code, '')
    AND NEW.status IN ('dead_lettered', 'held')
  ON CONFLICT (issue, source) DO UPDATE SET first_seen_at = min(first_seen_at, excluded.first_seen_at),
    last_seen_at = max(last_seen_at, excluded.last_seen_at), count = count + 1, open_count = open_count + 1,
    last_delivery_id = excluded.last_delivery_id, message = excluded.message;
  UPDATE issue_sources SET open_count = max(0, open_count - 1)
  WHERE OLD.status IN ('dead_lettered', 'held') AND source = OLD.source AND issue = (
    SELECT number FROM issues WHERE target = OLD.target AND operation = OLD.operation
      AND reason = coalesce(OLD.reason, '') AND code = coalesce(OLD.code, ''));
  UPDATE issues SET state = 'resolved', state_at = NEW.updated_at, state_by = NULL, note = NULL
  WHERE OLD.status IN ('dead_lettered', 'held') AND target = OLD.target AND operation = OLD.operation
    AND reason = coalesce(OLD.reason, '') AND code = coalesce(OLD.code, '') AND state IN ('open', 'acknowledged')
    AND NOT EXISTS (SELECT 1 FROM issue_sources WHERE issue = number AND open_count > 0);
END;

-- What is dead or held already.
INSERT INTO issues (target, operation, reason, code, state, state_at)
SELECT target, operation, coalesce(reason, ''), coalesce(code, ''), 'open', min(delivery ->> '$.state.at') FROM deliveries
WHERE status IN ('dead_lettered', 'held') GROUP BY 1, 2, 3, 4;

INSERT INTO issue_sources (issue, source, first_seen_at, last_seen_at, count, open_count, last_delivery_id, message)
SELECT i.number, d.source, min(d.delivery ->> '$.state.at'), max(d.delivery ->> '$.state.at'), count(*), count(*), d.id, d.message
FROM deliveries d JOIN issues i ON i.target = d.target AND i.operation = d.operation AND i.reason = coalesce(d.reason, '')
  AND i.code = coalesce(d.code, '')
WHERE d.status IN ('dead_lettered', 'held') GROUP BY i.number, d.source;
