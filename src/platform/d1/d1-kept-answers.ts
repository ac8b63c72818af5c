// Answers to acts with an Idempotency-Key, in D1. Each use removes some that are over, so the table holds what a day brings and
// needs no other care. Knows nothing of what was asked or answered.

import { limits } from '../../core/limits.ts';
import type { KeptAnswers } from '../../pipeline/ports.ts';
import { callD1 } from './d1-errors.ts';

type Row = {
  readonly hash: string;
  readonly status: number | null;
  readonly location: string | null;
  readonly body: string | null;
};

const removeOver = `DELETE FROM kept_answers WHERE (caller, key) IN
  (SELECT caller, key FROM kept_answers WHERE started_at < ?1 ORDER BY started_at LIMIT ?2)`;

/** Takes a free key, and one whose request was begun and never ended. */
const take = `INSERT INTO kept_answers (caller, key, hash, started_at) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (caller, key) DO UPDATE
  SET hash = excluded.hash, started_at = excluded.started_at, status = NULL, location = NULL, body = NULL
  WHERE started_at < ?5 OR (status IS NULL AND started_at < ?6)
  RETURNING hash`;

const mine = 'caller = ?1 AND key = ?2 AND hash = ?3 AND started_at = ?4 AND status IS NULL';

export function createD1KeptAnswers(db: D1Database): KeptAnswers {
  return {
    begin: ({ caller, key, hash, startedAt }) =>
      callD1(async () => {
        const keptFrom = startedAt - limits.keptAnswerMs;
        const abandonedBefore = startedAt - limits.abandonedActMs;
        const [, taken, found] = await db.batch<Row>([
          db.prepare(removeOver).bind(keptFrom, limits.keptAnswersRemovedAtOnce),
          db.prepare(take).bind(caller, key, hash, startedAt, keptFrom, abandonedBefore),
          db
            .prepare('SELECT hash, status, location, body FROM kept_answers WHERE caller = ?1 AND key = ?2')
            .bind(caller, key),
        ]);
        const row = found?.results[0];
        if ((taken?.results.length ?? 0) > 0 || row === undefined) return { kind: 'fresh' };
        if (row.hash !== hash) return { kind: 'other_request' };
        const { status, location, body } = row;
        return status === null
          ? { kind: 'running' }
          : { kind: 'answered', answer: { status, location, body } };
      }),
    finish: ({ caller, key, hash, startedAt }, { status, location, body }) =>
      callD1(async () => {
        await db
          .prepare(`UPDATE kept_answers SET status = ?5, location = ?6, body = ?7 WHERE ${mine}`)
          .bind(caller, key, hash, startedAt, status, location, body)
          .run();
      }),
    release: ({ caller, key, hash, startedAt }) =>
      callD1(async () => {
        await db.prepare(`DELETE FROM kept_answers WHERE ${mine}`).bind(caller, key, hash, startedAt).run();
      }),
  };
}
