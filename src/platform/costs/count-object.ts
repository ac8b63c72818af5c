// Durable Objects as the bill sees them: each call and each alarm is a request, each row and each alarm that is set is written.
// What the cursors count themselves is taken as it is; nothing is estimated.

import type { CostMeter } from './cost-meter.ts';

/** Reading the meter is nothing an event causes. */
const uncounted = new Set(['constructor', 'costs']);

/** Every method the class has of its own is a call from outside, or its alarm. To be called once, when the class is defined. */
export function countRequests(prototype: object, meter: CostMeter): void {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (uncounted.has(name)) continue;
    const method = Reflect.get(prototype, name) as unknown;
    if (typeof method !== 'function') continue;
    Reflect.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value: function counted(this: unknown, ...parameters: unknown[]): unknown {
        meter.add('objectRequests');
        return Reflect.apply(method, this, parameters);
      },
    });
  }
}

const writing: ReadonlySet<string | symbol> = new Set(['setAlarm', 'deleteAlarm', 'put', 'delete']);

/** The same storage, counted. */
export function countStorage(storage: DurableObjectStorage, meter: CostMeter): DurableObjectStorage {
  return countWrites(storage, meter, {
    sql: countSql(storage.sql, meter),
    kv: countWrites(storage.kv, meter),
  });
}

/** Each call that writes is a row. `parts`: what stands in place of properties of that name. */
function countWrites<Store extends object>(
  store: Store,
  meter: CostMeter,
  parts: Readonly<Record<string, object>> = {},
): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const part = typeof name === 'string' ? parts[name] : undefined;
      if (part !== undefined) return part;
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]): unknown => {
        if (writing.has(name)) meter.add('objectRowsWritten');
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}

/**
 * A statement that writes has written when exec() returns; one that reads goes on reading while it is looped over, so its
 * rows are counted when the next statement begins.
 */
function countSql(sql: SqlStorage, meter: CostMeter): SqlStorage {
  let last: SqlStorageCursor<Record<string, SqlStorageValue>> | null = null;
  let readBefore = 0;
  const countLast = (): void => {
    if (last !== null) meter.add('objectRowsRead', last.rowsRead - readBefore);
    last = null;
  };
  const exec = <Row extends Record<string, SqlStorageValue>>(
    query: string,
    ...bindings: unknown[]
  ): SqlStorageCursor<Row> => {
    countLast();
    const cursor = sql.exec<Row>(query, ...(bindings as SqlStorageValue[]));
    meter.add('objectRowsWritten', cursor.rowsWritten);
    readBefore = cursor.rowsRead;
    meter.add('objectRowsRead', readBefore);
    last = cursor as unknown as SqlStorageCursor<Record<string, SqlStorageValue>>;
    return cursor;
  };
  return new Proxy(sql, {
    get: (target, name) => {
      if (name === 'exec') return exec;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
