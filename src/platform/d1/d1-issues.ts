// Issues in D1: lists, one, and what a person says about one. They come about by triggers (0008_issues.sql); here nothing is
// counted. Throws a PortError when D1 is away.

import type { AccessView } from '../../core/identity/access-view.ts';
import {
  formatIssueId,
  type Issue,
  type IssueSource,
  issueActs,
  parseIssueId,
} from '../../core/issues/issue.ts';
import type { IssueQuery, Issues } from '../../pipeline/issue-ports.ts';
import { callD1 } from './d1-errors.ts';
import { toViewConditions } from './d1-journal-reader.ts';

export function createD1Issues(db: D1Database): Issues {
  return {
    list: (query) => callD1(() => list(db, query)),
    find: (id, view) => callD1(() => find(db, id, view)),
    act: (id, said) =>
      callD1(async () => {
        const { from, to } = issueActs[said.act];
        const number = parseIssueId(id);
        const { results } = await db
          .prepare(updateState)
          .bind(to, said.at, said.by, said.note, number, JSON.stringify(from))
          .all();
        return results.length === 1;
      }),
    forget: (before) =>
      callD1(async () => {
        const [, removed] = await db.batch([
          db.prepare(`DELETE FROM issue_sources WHERE issue IN (${forgotten})`).bind(before),
          db.prepare(`DELETE FROM issues WHERE number IN (${forgotten})`).bind(before),
        ]);
        return removed?.meta.changes ?? 0;
      }),
  };
}

const updateState = `
  UPDATE issues SET state = ?1, state_at = ?2, state_by = ?3, note = ?4
  WHERE number = ?5 AND state IN (SELECT value FROM json_each(?6)) RETURNING number`;

/** What is over since `?1`. */
const forgotten = "SELECT number FROM issues WHERE state = 'resolved' AND state_at < ?1";

type Row = {
  readonly number: number;
  readonly target: string;
  readonly operation: string;
  readonly reason: string;
  readonly code: string;
  readonly state: Issue['state'];
  readonly state_at: number;
  readonly state_by: string | null;
  readonly note: string | null;
  readonly reopened_count: number;
  readonly sources: string;
};

type Condition = { readonly sql: string; readonly values: readonly (string | number)[] };

/** The last seen first. Issues are as many as there are causes, so that no index beside the key is worth its rows. */
async function list(db: D1Database, query: IssueQuery): Promise<readonly Issue[]> {
  const { states, cause, view, before, limit } = query;
  const equal = (['target', 'operation', 'reason', 'code'] as const).flatMap((name): Condition[] => {
    const value = cause[name];
    return value === undefined ? [] : [{ sql: `${name} = ?`, values: [value] }];
  });
  const conditions: Condition[] = [
    ...equal,
    ...(states === null
      ? []
      : [{ sql: 'state IN (SELECT value FROM json_each(?))', values: [JSON.stringify(states)] }]),
    ...toViewConditions(view),
  ];
  const having = before === null ? '' : 'HAVING (max(last_seen_at), number) < (?, ?)';
  const place = before === null ? [] : [before.lastSeenAt, parseIssueId(before.id)];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const { results } = await db
    .prepare(
      `${select} ${where} GROUP BY number ${having} ORDER BY max(last_seen_at) DESC, number DESC LIMIT ?`,
    )
    .bind(...conditions.flatMap(({ values }) => values), ...place, limit)
    .all<Row>();
  return results.map(toIssue);
}

async function find(db: D1Database, id: string, view: AccessView): Promise<Issue | null> {
  const conditions: Condition[] = [
    { sql: 'number = ?', values: [parseIssueId(id) ?? -1] },
    ...toViewConditions(view),
  ];
  const where = conditions.map(({ sql }) => sql).join(' AND ');
  const row = await db
    .prepare(`${select} WHERE ${where} GROUP BY number`)
    .bind(...conditions.flatMap(({ values }) => values))
    .first<Row>();
  return row === null ? null : toIssue(row);
}

const select = `
  SELECT number, target, operation, reason, code, state, state_at, state_by, note, reopened_count,
    json_group_array(json_object('source', source, 'firstSeenAt', first_seen_at, 'lastSeenAt', last_seen_at, 'count', count,
      'openCount', open_count, 'lastDeliveryId', last_delivery_id, 'message', message)) AS sources
  FROM issues JOIN issue_sources ON issue = number`;

function toIssue(row: Row): Issue {
  const { number, target, operation, reason, code, state, note } = row;
  const base = { id: formatIssueId(number), target, operation, reason, code, state, note };
  return {
    ...base,
    stateAt: row.state_at,
    stateBy: row.state_by,
    reopenedCount: row.reopened_count,
    sources: JSON.parse(row.sources) as IssueSource[],
  };
}
