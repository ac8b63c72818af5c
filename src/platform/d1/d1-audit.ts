// The audit in D1: acts and the chain over them. Acts on deliveries come with the journal's batches, the others from the audit's
// object, which alone makes the chain. Nothing here changes or removes an act, and the tables' triggers refuse it.

import type { ChainedAct, ChainHead } from '../../core/audit/audit-chain.ts';
import type { OperatorAct } from '../../core/operator-act.ts';
import type { AuditFilter, AuditLog, ListedAct } from '../../pipeline/ports.ts';
import { callD1 } from './d1-errors.ts';

/** What the audit's object does to it. */
export type AuditChainStore = {
  readonly insert: (acts: readonly OperatorAct[]) => Promise<void>;
  readonly unchained: (limit: number) => Promise<readonly OperatorAct[]>;
  /** Null: nothing is chained. */
  readonly last: () => Promise<ChainHead | null>;
  /** In one transaction: the acts are chained and wait no longer. Throws where a place is taken. */
  readonly append: (acts: readonly ChainedAct[]) => Promise<void>;
};

export function createD1AuditReader(db: D1Database): Pick<AuditLog, 'list' | 'export'> {
  return {
    list: (request) =>
      callD1(async () => {
        const { conditions, values } = toConditions(request.filter);
        if (request.before !== null) {
          conditions.push('(a.at, a.id) < (?, ?)');
          values.push(request.before.at, request.before.id);
        }
        const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
        const { results } = await db
          .prepare(`${selectActs} LEFT ${joinChain} ${where} ORDER BY a.at DESC, a.id DESC LIMIT ?`)
          .bind(...values, request.limit)
          .all<ListedAct>();
        return results;
      }),
    export: ({ after, limit }) =>
      callD1(async () => {
        const { results } = await db
          .prepare(`${selectActs} ${joinChain} WHERE c.number > ? ORDER BY c.number LIMIT ?`)
          .bind(after, limit)
          .all<ChainedAct>();
        return results;
      }),
  };
}

export function createD1AuditChain(db: D1Database): AuditChainStore {
  return {
    insert: (acts) =>
      callD1(async () => void (await db.prepare(insertActs).bind(JSON.stringify(acts)).run())),
    unchained: (limit) =>
      callD1(async () => {
        const join = 'FROM audit_unchained u CROSS JOIN audit a ON a.at = u.at AND a.id = u.id';
        const sql = `SELECT ${columns} ${join} ORDER BY u.at, u.id LIMIT ?`;
        return (await db.prepare(sql).bind(limit).all<OperatorAct>()).results;
      }),
    last: () =>
      callD1(() =>
        db.prepare('SELECT number, hash FROM audit_chain ORDER BY number DESC LIMIT 1').first<ChainHead>(),
      ),
    append: (acts) =>
      callD1(async () => {
        const list = JSON.stringify(acts.map(({ number, at, id, hash }) => ({ number, at, id, hash })));
        await db.batch([db.prepare(insertChain).bind(list), db.prepare(leaveQueue).bind(list)]);
      }),
  };
}

const columns = `a.at, a.id, a.actor, a.action, a.delivery_id AS deliveryId, a.ordering_key AS orderingKey, a.target,
  a.before, a.after, a.reason`;

const selectActs = `SELECT ${columns}, c.number, c.hash FROM audit a`;

const joinChain = 'JOIN audit_chain c ON c.at = a.at AND c.id = a.id';

const insertActs = `
  INSERT INTO audit (at, id, actor, action, delivery_id, ordering_key, target, before, after, reason)
  SELECT value ->> '$.at', value ->> '$.id', value ->> '$.actor', value ->> '$.action', value ->> '$.deliveryId',
    value ->> '$.orderingKey', value ->> '$.target', value ->> '$.before', value ->> '$.after', value ->> '$.reason'
  FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`;

const insertChain = `
  INSERT INTO audit_chain (number, at, id, hash)
  SELECT value ->> '$.number', value ->> '$.at', value ->> '$.id', value ->> '$.hash' FROM json_each(?1)`;

const leaveQueue = `
  DELETE FROM audit_unchained WHERE (at, id) IN (SELECT value ->> '$.at', value ->> '$.id' FROM json_each(?1))`;

function toConditions(filter: AuditFilter): { conditions: string[]; values: (string | number)[] } {
  const given = Object.entries({
    'a.actor': filter.actor,
    'a.action': filter.action,
    'a.delivery_id': filter.deliveryId,
    'a.ordering_key': filter.orderingKey,
    'a.target': filter.target,
  }).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    conditions: given.map(([column]) => `${column} = ?`),
    values: given.map(([, value]) => value),
  };
}
