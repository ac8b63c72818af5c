-- Requests that were not accepted but say something to the operator: bounded by src/platform/d1/d1-rejected-requests.ts
-- to 1,000 rows and 7 days a source. Times are epoch ms.

CREATE TABLE rejected_requests (
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  headers TEXT NOT NULL CHECK (json_valid(headers)),
  body BLOB,
  -- Newest and oldest of a source are a walk along the key: no index besides.
  PRIMARY KEY (source, received_at, id)
) STRICT, WITHOUT ROWID;

-- All ever rejected, also those no longer kept.
CREATE TABLE rejected_counts (
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (source, reason)
) STRICT, WITHOUT ROWID;
