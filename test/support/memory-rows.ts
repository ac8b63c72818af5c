// The rows of one partition in memory: the contract of SequencerRows as strictly as a database keeps it. Records go in and
// come out as JSON text, a transaction that throws leaves nothing behind, and what the contract does not allow throws.
// It can crash before or after any write, or after a commit. Nothing here knows what the rows mean.

import type { EventPayload } from '../../src/core/event.ts';
import type {
  BulkStepRow,
  EventKey,
  EventRecord,
  LeaseRow,
  PartitionMeta,
  SequencerRows,
} from '../../src/core/sequencer/record.ts';
import type { SubscriptionSet } from '../../src/core/subscriptions/subscription.ts';
import { createMemoryIntakeRows, type IntakeTables } from './memory-intake-rows.ts';

/** Where the next crash happens. `write`: from 1, counted from when it is set. */
export type CrashPoint =
  | { readonly at: 'before_write' | 'after_write'; readonly write: number }
  /** Everything is durable, and the caller never hears of it. */
  | { readonly at: 'after_commit' };

/** The process died: no bug, and nothing the sequencer may catch and go on after. */
export class SimulatedCrash extends Error {
  /** Whether what it interrupted is in the rows. */
  readonly committed: boolean;
  constructor(point: CrashPoint) {
    super(point.at === 'after_commit' ? 'crashed after the commit' : `crashed at ${point.at} ${point.write}`);
    this.name = 'SimulatedCrash';
    this.committed = point.at === 'after_commit';
  }
}

export type MemoryRows = SequencerRows & {
  /** One crash, once; null takes it back. */
  readonly crashNext: (point: CrashPoint | null) => void;
  /** Writes since it was made, rolled back ones included. */
  readonly writeCount: () => number;
  readonly openRecords: () => readonly EventRecord[];
  readonly settledRecords: () => readonly EventRecord[];
  /** Another set of rows with the same content. */
  readonly copy: () => MemoryRows;
};

type OpenRow = { readonly record: string; readonly payload: EventPayload };
type SettledRow = { readonly record: string; readonly expiresAt: number };
type Tables = {
  readonly open: Map<string, OpenRow>;
  readonly settled: Map<string, SettledRow>;
  readonly leases: Map<number, string>;
  readonly moved: Map<string, true>;
  readonly meta: Map<'meta' | 'subscriptions', string>;
  readonly bulkSteps: Map<string, string>;
  readonly intakes: IntakeTables;
};

export function createMemoryRows(): MemoryRows {
  return overTables({
    open: new Map(),
    settled: new Map(),
    leases: new Map(),
    moved: new Map(),
    meta: new Map(),
    bulkSteps: new Map(),
    intakes: { open: new Map(), settled: new Map() },
  });
}

function overTables(tables: Tables): MemoryRows {
  const writes = createWrites();
  const { open, settled, leases, moved, meta, bulkSteps } = tables;
  return {
    transaction: writes.transaction,
    crashNext: writes.crashNext,
    writeCount: writes.count,
    readMeta: () => parse<PartitionMeta>(meta.get('meta')),
    writeMeta: (value) => writes.put(meta, 'meta', JSON.stringify(value)),
    readSubscriptions: () => parse<SubscriptionSet>(meta.get('subscriptions')),
    writeSubscriptions: (set) => writes.put(meta, 'subscriptions', JSON.stringify(set)),
    readOpen: () => recordsOf(open).filter((record) => !moved.has(record.event.orderingKey)),
    readOpenOf: (orderingKey) => recordsOf(open).filter((record) => record.event.orderingKey === orderingKey),
    readSettled: (orderingKey) =>
      inKeyOrder(settled)
        .map((row) => JSON.parse(row.record) as EventRecord)
        .filter((record) => record.event.orderingKey === orderingKey),
    readPayload: (key) => open.get(nameOf(key))?.payload ?? null,
    insertOpen: (record, payload) => {
      const name = nameOf(record.event);
      if (open.has(name) || settled.has(name)) throw contractBroken(`insertOpen: ${name} is there`);
      writes.put(open, name, { record: JSON.stringify(record), payload });
    },
    updateOpen: (record) => {
      const name = nameOf(record.event);
      const row = open.get(name);
      if (row === undefined) throw contractBroken(`updateOpen: ${name} is not open`);
      writes.put(open, name, { ...row, record: JSON.stringify(record) });
    },
    settle: (record, expiresAt) => {
      const name = nameOf(record.event);
      if (!open.has(name) && !settled.has(name)) throw contractBroken(`settle: ${name} is unknown`);
      writes.put(settled, name, { record: JSON.stringify(record), expiresAt });
      writes.remove(open, name);
    },
    reopen: (record, payload) => {
      const name = nameOf(record.event);
      if (!settled.has(name)) throw contractBroken(`reopen: ${name} is not settled`);
      writes.put(open, name, { record: JSON.stringify(record), payload });
      writes.remove(settled, name);
    },
    insertSettled: (record, expiresAt) => {
      const name = nameOf(record.event);
      if (open.has(name) || settled.has(name)) throw contractBroken(`insertSettled: ${name} is there`);
      writes.put(settled, name, { record: JSON.stringify(record), expiresAt });
    },
    isMoved: (orderingKey) => moved.has(orderingKey),
    hasMovedKeys: () => moved.size > 0,
    markMoved: (orderingKey) => writes.put(moved, orderingKey, true),
    readUntakenKeys: () =>
      [...moved.keys()].filter((key) => [...open.keys()].some((name) => name.startsWith(`${key}\n`))),
    dropMoved: (orderingKey) => {
      if (!moved.has(orderingKey)) throw contractBroken(`dropMoved: ${orderingKey} was not handed over`);
      for (const table of [open, settled]) {
        for (const name of [...table.keys()]) {
          if (name.startsWith(`${orderingKey}\n`))
            writes.remove<string, OpenRow | SettledRow>(table as never, name);
        }
      }
    },
    readBulkStep: (job) => parse<BulkStepRow>(bulkSteps.get(job)),
    writeBulkStep: (row, forgetBefore) => {
      for (const [job, text] of [...bulkSteps]) {
        if ((JSON.parse(text) as BulkStepRow).at < forgetBefore) writes.remove(bulkSteps, job);
      }
      writes.put(bulkSteps, row.job, JSON.stringify(row));
    },
    readLeases: () => [...leases].sort(([a], [b]) => a - b).map(([, row]) => JSON.parse(row) as LeaseRow),
    writeLease: (lease) => writes.put(leases, lease.slot, JSON.stringify(lease)),
    pruneSettled: (now, cursor, limit) => pruneStep(tables, writes, { now, cursor, limit }),
    ...createMemoryIntakeRows(tables.intakes, writes),
    openRecords: () => inKeyOrder(open).map((row) => JSON.parse(row.record) as EventRecord),
    settledRecords: () => inKeyOrder(settled).map((row) => JSON.parse(row.record) as EventRecord),
    copy: () =>
      overTables({
        open: new Map(open),
        settled: new Map(settled),
        leases: new Map(leases),
        moved: new Map(moved),
        meta: new Map(meta),
        bulkSteps: new Map(bulkSteps),
        intakes: { open: new Map(tables.intakes.open), settled: new Map(tables.intakes.settled) },
      }),
  };
}

function pruneStep(
  tables: Tables,
  writes: Writes,
  step: { readonly now: number; readonly cursor: string | null; readonly limit: number },
): { readonly removed: readonly EventKey[]; readonly next: string | null } {
  const { now, cursor, limit } = step;
  const names = [...tables.settled.keys()].sort().filter((name) => cursor === null || name > cursor);
  const looked = names.slice(0, limit);
  const removed: EventKey[] = [];
  for (const name of looked) {
    const row = tables.settled.get(name);
    if (row === undefined || row.expiresAt >= now) continue;
    const { orderingKey, source, eventId } = (JSON.parse(row.record) as EventRecord).event;
    removed.push({ orderingKey, source, eventId });
    writes.remove(tables.settled, name);
  }
  return { removed, next: names.length > looked.length ? (looked.at(-1) ?? null) : null };
}

export type Writes = ReturnType<typeof createWrites>;

/** Every write goes through here: it can be undone, counted, and crashed at. */
function createWrites() {
  let undo: (() => void)[] | null = null;
  let count = 0;
  let crash: CrashPoint | null = null;
  let crashCount = 0;

  const crashAt = (at: CrashPoint['at']): void => {
    if (crash === null || crash.at !== at) return;
    if (crash.at !== 'after_commit' && crashCount !== crash.write) return;
    const point = crash;
    crash = null;
    throw new SimulatedCrash(point);
  };
  const write = (work: (log: (() => void)[]) => void): void => {
    if (undo === null) throw contractBroken('a write outside of a transaction');
    count += 1;
    crashCount += 1;
    crashAt('before_write');
    work(undo);
    crashAt('after_write');
  };

  return {
    count: (): number => count,
    crashNext: (point: CrashPoint | null): void => {
      crash = point;
      crashCount = 0;
    },
    put: <K, V>(table: Map<K, V>, name: K, value: V): void =>
      write((log) => {
        log.push(undoOf(table, name));
        table.set(name, value);
      }),
    remove: <K, V>(table: Map<K, V>, name: K): void =>
      write((log) => {
        log.push(undoOf(table, name));
        table.delete(name);
      }),
    transaction: <T>(work: () => T): T => {
      if (undo !== null) throw contractBroken('a transaction within a transaction');
      undo = [];
      try {
        const result = work();
        undo = null;
        crashAt('after_commit');
        return result;
      } catch (error) {
        for (const step of (undo ?? []).reverse()) step();
        throw error;
      } finally {
        undo = null;
      }
    },
  };
}

function undoOf<K, V>(table: Map<K, V>, name: K): () => void {
  const before = table.get(name);
  return () => {
    if (before === undefined) table.delete(name);
    else table.set(name, before);
  };
}

function recordsOf(table: ReadonlyMap<string, { readonly record: string }>): EventRecord[] {
  return inKeyOrder(table).map((row) => JSON.parse(row.record) as EventRecord);
}

function nameOf(key: EventKey): string {
  return `${key.orderingKey}\n${key.source}\n${key.eventId}`;
}

function inKeyOrder<V>(table: ReadonlyMap<string, V>): V[] {
  return [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function parse<T>(text: string | undefined): T | null {
  return text === undefined ? null : (JSON.parse(text) as T);
}

function contractBroken(message: string): Error {
  return new Error(`rows contract broken: ${message}`);
}
