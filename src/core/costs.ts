// What an event costs: counts of what the platform bills, and its prices. Pure; the counting is src/platform/cost-meter.ts.

/** Everything the platform bills by number, as this relay causes it, and the events it was caused for. */
export type CostCounts = {
  /** Invocations of the Worker: requests, doorbells consumed, cron. */
  readonly workerRequests: number;
  /** Calls to and alarms of the relay's own Durable Objects. */
  readonly objectRequests: number;
  readonly objectRowsRead: number;
  /** Index entries, deletes and alarms that were set included. */
  readonly objectRowsWritten: number;
  readonly databaseRowsRead: number;
  readonly databaseRowsWritten: number;
  /** Writes, reads and deletes of queue messages of up to 64 KB. */
  readonly queueOperations: number;
  /** Events claimed for the first time. */
  readonly events: number;
  /** Webhooks answered as duplicates. */
  readonly duplicates: number;
  /** Records the journal has taken: one for an event that simply succeeds. */
  readonly journaled: number;
  /** Object requests that no event caused: an isolate reads the registry again every few seconds while it is used. */
  readonly registryReads: number;
};

/** The counts of one isolate since it began to count. */
export type CostReading = {
  readonly isolate: string;
  /** Epoch ms. */
  readonly since: number;
  readonly counts: CostCounts;
};

export const noCosts: CostCounts = {
  workerRequests: 0,
  objectRequests: 0,
  objectRowsRead: 0,
  objectRowsWritten: 0,
  databaseRowsRead: 0,
  databaseRowsWritten: 0,
  queueOperations: 0,
  events: 0,
  duplicates: 0,
  journaled: 0,
  registryReads: 0,
};

export type Billed = Exclude<keyof CostCounts, 'events' | 'duplicates' | 'journaled' | 'registryReads'>;

/**
 * US dollars for a million, Workers Paid, beyond what the plan includes.
 * Source: developers.cloudflare.com, the pricing pages of Workers, Durable Objects, D1 and Queues.
 */
export const prices = {
  asOf: '2026-11-24',
  source: 'https://developers.cloudflare.com/workers/platform/pricing/',
  dollarsPerMillion: {
    workerRequests: 0.3,
    objectRequests: 0.15,
    objectRowsRead: 0.001,
    objectRowsWritten: 1,
    databaseRowsRead: 0.001,
    databaseRowsWritten: 1,
    queueOperations: 0.4,
  } satisfies Record<Billed, number>,
} as const;

export const billed: readonly Billed[] = [
  'workerRequests',
  'objectRequests',
  'objectRowsRead',
  'objectRowsWritten',
  'databaseRowsRead',
  'databaseRowsWritten',
  'queueOperations',
];

export type CostLine = { readonly perEvent: number; readonly dollarsPerMillionEvents: number };

/** Null where there was no event to divide by. */
export function costsPerEvent(
  counts: CostCounts,
): { readonly lines: Readonly<Record<Billed, CostLine>>; readonly dollarsPerMillionEvents: number } | null {
  if (counts.events === 0) return null;
  const lines = Object.fromEntries(
    billed.map((kind) => {
      const perEvent = counts[kind] / counts.events;
      return [kind, { perEvent, dollarsPerMillionEvents: perEvent * prices.dollarsPerMillion[kind] }];
    }),
  ) as Record<Billed, CostLine>;
  const total = billed.reduce((sum, kind) => sum + lines[kind].dollarsPerMillionEvents, 0);
  return { lines, dollarsPerMillionEvents: total };
}

/** Several objects may share an isolate: what each isolate counted is added once. */
export function sumReadings(readings: readonly CostReading[]): CostCounts {
  const byIsolate = new Map(readings.map((reading) => [reading.isolate, reading.counts]));
  let sum = noCosts;
  for (const counts of byIsolate.values()) sum = addCounts(sum, counts);
  return sum;
}

function addCounts(a: CostCounts, b: CostCounts): CostCounts {
  const keys = Object.keys(noCosts) as (keyof CostCounts)[];
  // An isolate of another version may count less.
  return Object.fromEntries(keys.map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)])) as CostCounts;
}
