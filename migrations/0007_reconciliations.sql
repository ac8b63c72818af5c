-- Where the comparison of each source with its sender stands: one row a source, rewritten with each step. `standing` is JSON
-- (src/pipeline/reconcile-sources.ts). It is a cursor and a report: lost, the next check begins a day back.

CREATE TABLE reconciliations (
  source TEXT NOT NULL PRIMARY KEY,
  standing TEXT NOT NULL
) STRICT, WITHOUT ROWID;
