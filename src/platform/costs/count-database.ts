// D1 as the bill sees it: rows read and written, by the database's own count in the meta of each result.

import type { CostMeter } from './cost-meter.ts';

/** The same database, counted. `first()` asks for all, because its own answer tells no count. */
export function countDatabase(db: D1Database, meter: CostMeter): D1Database {
  const unwrapped = new WeakMap<object, D1PreparedStatement>();
  const count = <Result extends { readonly meta: { rows_read?: number; rows_written?: number } }>(
    result: Result,
  ): Result => {
    meter.add('databaseRowsRead', result.meta.rows_read ?? 0);
    meter.add('databaseRowsWritten', result.meta.rows_written ?? 0);
    return result;
  };
  const wrap = (statement: D1PreparedStatement): D1PreparedStatement => {
    const counted = {
      bind: (...values: unknown[]) => wrap(statement.bind(...values)),
      run: async () => count(await statement.run()),
      all: async () => count(await statement.all()),
      first: async (column?: string) => {
        const { results } = count(await statement.all<Record<string, unknown>>());
        const [row] = results;
        if (row === undefined) return null;
        return column === undefined ? row : (row[column] ?? null);
      },
      raw: statement.raw.bind(statement),
    };
    unwrapped.set(counted, statement);
    return counted as unknown as D1PreparedStatement;
  };
  const batch = async (statements: D1PreparedStatement[]) => {
    const results = await db.batch(statements.map((each) => unwrapped.get(each) ?? each));
    return results.map(count);
  };
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare') return (sql: string) => wrap(target.prepare(sql));
      if (name === 'batch') return batch;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
