// A route: the rule "this event type of this source runs this operation on this target", with its mapping and policy.
// Pure types and defaults. define-integration.ts builds routes with full types; this is what the pipeline sees of them.

import type { BatchPolicy } from './batch.ts';
import type { MappedEvent } from './event.ts';
import type { AnyOperation } from './operation.ts';

/** What has to be done first, in the same ordering key. */
export type Prerequisite =
  /** An event of this type (of `source`, else of the route's own) with all it planned on `target` (else the route's own) done. */
  | { readonly kind: 'type'; readonly source: string; readonly type: string; readonly target: string }
  /** A delivery of this route, done. For a route that must wait for another ERP. */
  | { readonly kind: 'route'; readonly route: string };

export type RetryPolicy = {
  /** Attempts in all, the first included. 1 to 100. */
  readonly attempts: number;
  /** First back-off, ms; doubled each time, full jitter. */
  readonly baseMs: number;
  /** Longest back-off, ms. */
  readonly capMs: number;
};

export type RoutePolicy = {
  readonly after: readonly Prerequisite[];
  /** How long to wait for a prerequisite to arrive; then the delivery is dead-lettered `prerequisite_missing`. */
  readonly waitMs: number;
  /** `skip`: an input older than what is there is settled `superseded`. Only for operations that replace state. */
  readonly onStale: 'run' | 'skip';
  /** Whether a dead letter keeps its line waiting or lets it pass. */
  readonly onDeadLetter: 'block' | 'continue';
  readonly retry: RetryPolicy;
  /** What becomes of the good records of a batch where others fail. Compulsory for batch operations, absent for all others. */
  readonly batch?: BatchPolicy;
  /** How long the ERP may work on it, ms; then it is dead-lettered `job_timed_out`. Absent in older rows: the default. */
  readonly jobTimeoutMs?: number;
};

export type Route = {
  /** Unique in the relay, e.g. `shop-orders.confirm-sale`. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly operation: AnyOperation;
  readonly target: string;
  readonly policy: RoutePolicy;
  /** Longest time one ERP call may take, ms; null: the target's. */
  readonly timeoutMs: number | null;
  /** Whether the route takes this event; absent: always. Pure. */
  when?(event: MappedEvent): boolean;
  /** For operations that repeat per subject or version. Pure; reads only what cannot change for one event id. */
  subject?(event: MappedEvent): string;
  version?(event: MappedEvent): string;
  /** The mapping: event → the operation's input, validated afterwards. Pure. */
  input(event: MappedEvent): unknown;
};

/** What a route does where it says nothing. Documented in docs/integrations.md; `onStale` is below, timeoutMs the target's. */
export const routeDefaults = {
  /** One hour: longer than shops delay the webhook of an order behind that of its payment. */
  waitMs: 3_600_000,
  /** Order before progress: what comes after a failure often rests on what failed. */
  onDeadLetter: 'block',
  /** Eight attempts, 1 s doubled to at most 10 min with full jitter: about two minutes in all, a restart of an ERP. */
  retry: { attempts: 8, baseMs: 1_000, capMs: 600_000 },
  /** One hour: longer than an ERP's queue of imports or postings is in a month's end, short enough for a line to wait. */
  jobTimeoutMs: 3_600_000,
} as const satisfies Pick<RoutePolicy, 'waitMs' | 'onDeadLetter' | 'retry' | 'jobTimeoutMs'>;

/** `skip` where a newer input makes an older one pointless, else `run`. */
export function defaultOnStale(operation: AnyOperation): RoutePolicy['onStale'] {
  return operation.replacesState ? 'skip' : 'run';
}

type Bounds = { readonly min: number; readonly max: number };

/** Within which a route's and a target's numbers must lie, both ends included. */
export const routeBounds = {
  /** 100: with the default cap most of a day; more is not patience but a fault nobody looks at. */
  attempts: { min: 1, max: 100 },
  /** 1 ms to 1 h. */
  baseMs: { min: 1, max: 3_600_000 },
  /** At least the base, at most a day. */
  capMs: { min: 1, max: 86_400_000 },
  /** 0 (what is not there at once is missing) to 30 days, as long as bodies are kept. */
  waitMs: { min: 0, max: 30 * 86_400_000 },
  /** 10 ms to 2 min: the longest call an ERP of the catalogue allows (QuickBooks, 120 s), well inside a lease. */
  timeoutMs: { min: 10, max: 120_000 },
  /** 0 to 1 h; what lies below it is checked against timeoutMs. */
  quietMs: { min: 0, max: 3_600_000 },
  /** 1 s to 7 days: beyond it nobody remembers what was asked for. */
  jobTimeoutMs: { min: 1_000, max: 7 * 86_400_000 },
} as const satisfies Readonly<Record<string, Bounds>>;
