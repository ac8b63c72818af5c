// The audit in D1: reads it, and writes acts that concern no delivery (those come with the journal's batches).
// Nothing here changes or removes an act, and the table's triggers refuse it.

import type { OperatorAct } from '../../core/operator-act.ts';
import type { AuditFilter, AuditLog } from '../../pipeline/ports.ts';
import { callD1 } from './d1-errors.ts';

export function createD1Audit(db: D1Database): AuditLog {
  return {
    record: (act) =>
      callD1(async () => {
        await db
          .prepare(insertAct)
          .bind(
            act.at,
            act.id,
            act.actor,
            act.action,
            act.deliveryId,
            act.orderingKey,
            act.target,
            act.before,
            act.after,
            act.reason,
          )
          .run();
      }),
    list: (request) =>
      callD1(async () => {
        const { conditions, values } = toConditions(request.filter);
        if (request.before !== null) {
          conditions.push('(at, id) < (?, ?)');
          values.push(request.before.at, request.before.id);
        }
        const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
        const { results } = await db
          .prepare(`${selectActs} ${where} ORDER BY at DESC, id DESC LIMIT ?`)
          .bind(...values, request.limit)
          .all<OperatorAct>();
        return results;
      }),
  };
}

const insertAct = `
  INSERT INTO audit (at, id, actor, action, delivery_id, ordering_key, target, before, after, reason)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING`;

const selectActs = `
  SELECT at, id, actor, action, delivery_id AS deliveryId, ordering_key AS orderingKey, target, before, after, reason
  FROM audit`;

function toConditions(filter: AuditFilter): { conditions: string[]; values: (string | number)[] } {
  const columns = {
    actor: filter.actor,
    action: filter.action,
    delivery_id: filter.deliveryId,
    ordering_key: filter.orderingKey,
    target: filter.target,
  };
  const given = Object.entries(columns).filter((entry): entry is [string, string] => entry[1] !== null);
  return {
    conditions: given.map(([column]) => `${column} = ?`),
    values: given.map(([, value]) => value),
  };
}
