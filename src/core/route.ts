// A route: the rule "this event type of this source runs this operation on this target", with its mapping and policy.
// Pure types and defaults. define-integration.ts builds routes with full types; this is what the pipeline sees of them.

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
