-- How far the changes of each watched ERP were read: one row a source, rewritten with each look. `standing` is JSON
-- (src/pipeline/watch-targets.ts): the ERP's own cursors. Lost, the next look begins with what changes from then on.

CREATE TABLE watches (
  source TEXT NOT NULL PRIMARY KEY,
  standing TEXT NOT NULL
) STRICT, WITHOUT ROWID;
