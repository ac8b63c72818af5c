-- Where the walk that forgets old bodies and events has come to (src/platform/d1/d1-retention.ts). A walk in bounded
-- steps needs no index on the time, which would cost a row written with every event.

CREATE TABLE retention (
  walk TEXT NOT NULL PRIMARY KEY,
  -- The last event id looked at; empty at the beginning.
  cursor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
