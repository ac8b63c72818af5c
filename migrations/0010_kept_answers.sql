-- Answers to acts that were sent with an Idempotency-Key, for a day, so that the same request again is answered and not done again.
-- `status` is null while the first one is worked on; `body` is null where the answer held a secret, which is never kept.

CREATE TABLE kept_answers (
  caller TEXT NOT NULL,
  key TEXT NOT NULL,
  -- Of path, query and body, SHA-256.
  hash TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  status INTEGER,
  location TEXT,
  body TEXT,
  PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;

-- What is to be removed.
CREATE INDEX kept_answers_by_age ON kept_answers (started_at);
