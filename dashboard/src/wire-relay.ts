// What the admin API answers of sources, targets, intakes, issues and lines, as far as the dashboard reads it. Pure types; a
// field that a key may not see is absent, so what can be redacted is optional.

import type { Delivery } from './wire.ts';

export type Grant = { readonly operation: string; readonly target: string };

export type Source = {
  readonly id: string;
  /** Null: nothing is posted; the relay asks an ERP by itself. */
  readonly ingestPath: string | null;
  readonly preset: string;
  readonly scheme: string;
  readonly topics: readonly string[] | null;
  readonly secretVariable: string | null;
  readonly hasPreviousSecret: boolean;
  readonly grants: readonly Grant[] | 'unavailable' | null;
  /** Whether it names its sender's own list. */
  readonly reconciles: boolean;
};

export type RejectedRequest = {
  readonly id: string;
  readonly source: string;
  readonly at: string;
  readonly stage: string;
  readonly reason: string;
  readonly detail: string | null;
};

export type RateLimits = {
  readonly concurrency: number | null;
  readonly rate: { readonly calls: number; readonly perMs: number } | null;
  readonly windows: readonly {
    readonly days?: readonly number[];
    readonly from: string;
    readonly to: string;
  }[];
  readonly timeZone: string;
};

export type HeldOperation = {
  readonly operation: string;
  readonly since: string;
  readonly deliveryId: string;
  readonly adapter: string;
  readonly issues: readonly { readonly path: string; readonly expected: string; readonly actual: string }[];
};

export type Target = {
  readonly id: string;
  readonly status?: string;
  readonly adapter: {
    readonly name: string;
    readonly version: string;
    readonly level: string;
    readonly once: string;
    readonly operations: readonly string[];
  };
  readonly baseUrl?: string | null;
  readonly network?: string;
  readonly timeoutMs?: number;
  readonly quietMs?: number;
  readonly limits?: RateLimits;
  readonly heldOperations?: readonly HeldOperation[] | null;
  readonly circuit?: {
    readonly state: string;
    readonly openedAt: string | null;
    readonly nextProbeAt: string | null;
    readonly failedProbes: number;
    readonly reason: string | null;
  };
  readonly pause?: { readonly at: string; readonly actor?: string; readonly note?: string } | null;
  readonly unauthorized?: { readonly at: string; readonly message?: string } | null;
  readonly throttledUntil?: string | null;
  readonly inFlight?: number;
  readonly lastFailures?: readonly {
    readonly at: string;
    readonly deliveryId: string;
    readonly operation: string;
    readonly health: string;
    readonly message: string;
  }[];
  readonly token?: {
    readonly strategy: string;
    readonly expiresAt: string | null;
    readonly refreshExpiresAt: string | null;
    readonly isPersisted: boolean;
  } | null;
  readonly redacted?: readonly string[];
};

export type Capability = {
  readonly supported: boolean;
  readonly atomicBatch?: boolean | null;
  readonly nativeIdempotency?: boolean;
  readonly async?: string;
  readonly modules?: readonly string[];
  readonly limits?: readonly string[];
  readonly missingModules?: readonly string[] | null;
};

export type Capabilities = {
  readonly target: string;
  readonly operations: Readonly<Record<string, Capability>>;
  readonly instance: {
    readonly status: string;
    readonly message?: string;
    readonly askedAt?: string;
    readonly readAt?: string;
    readonly version?: string | null;
    readonly company?: string | null;
    readonly currency?: string | null;
    readonly modules?: readonly string[] | null;
    readonly lockedThrough?: string | null;
  };
};

export type IssueSummary = {
  readonly id: string;
  readonly target: string;
  readonly operation: string;
  readonly reason: string;
  readonly code: string | null;
  readonly state: string;
  readonly stateSince: string;
  readonly stateBy?: string | null;
  readonly note?: string | null;
  readonly reopenedCount?: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly count: number;
  readonly openCount: number;
  readonly message: string | null;
  readonly sources: readonly {
    readonly source: string;
    readonly count: number;
    readonly openCount: number;
    readonly lastSeenAt: string;
  }[];
};

export type IssuePage = {
  readonly issues: readonly IssueSummary[];
  readonly nextCursor: string | null;
  readonly journal: string;
};

export type IssueStory = IssueSummary & {
  readonly deliveries: readonly Delivery[];
  readonly alert: string | null;
};

export type Line = {
  readonly orderingKey: string;
  readonly target: string;
  readonly blocked: boolean;
  readonly cause: string;
  readonly on?: string | null;
  readonly until: string | null;
  readonly since: string;
  readonly ageSeconds: number;
  readonly behindCount?: number;
  readonly head: { readonly id: string; readonly operation: string; readonly reason: string | null };
  readonly gaps: readonly {
    readonly source: string;
    readonly after: number;
    readonly missingCount: number;
  }[];
};

export type LinePage = { readonly lines: readonly Line[]; readonly nextCursor: string | null };

export type IntakeSummary = {
  readonly id: string;
  readonly source: string;
  readonly requestId: string;
  readonly receivedAt: string;
  readonly counts: Readonly<Record<string, number>>;
};

export type IntakeItem = {
  readonly id: string;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly status: string;
  readonly failureCount?: number;
  readonly message?: string | null;
  readonly notBeforeAt?: string | null;
  readonly reason?: string;
  readonly field?: string;
  readonly rule?: string;
  readonly actor?: string;
  readonly note?: string;
};

export type Intake = {
  readonly id: string;
  readonly source: string;
  readonly requestId: string;
  readonly receivedAt: string;
  readonly finishedAt: string | null;
  readonly events: readonly IntakeItem[];
};

export type ReconcileRun = {
  readonly from: string;
  readonly to: string;
  readonly startedAt: string;
  readonly listedCount: number;
  readonly heldCount: number;
  readonly missingCount: number;
  readonly unreadableCount: number;
  readonly missing: readonly {
    readonly id: string | null;
    readonly eventId: string;
    readonly type: string;
    readonly orderingKey: string;
  }[];
};

export type Reconciliation = {
  readonly source: string;
  readonly everyMs: number;
  readonly comparedThrough: string | null;
  readonly checkedAt: string | null;
  readonly underWay: ReconcileRun | null;
  readonly last: ReconcileRun | null;
  readonly subscriptions: {
    readonly lost: readonly { readonly type: string; readonly state: string }[];
  } | null;
  readonly failure: { readonly at: string; readonly since: string; readonly message: string } | null;
};

export type Reconciled = ReconcileRun & { readonly dryRun: boolean; readonly cursor: string | null };

export type Costs = {
  readonly since: string;
  readonly isolateCount: number;
  readonly unansweredCount: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly perEvent: Readonly<Record<string, number>> | null;
  readonly dollarsPerMillionEvents: Readonly<Record<string, number>> | null;
  readonly prices: {
    readonly asOf: string;
    readonly source: string;
    readonly dollarsPerMillion: Readonly<Record<string, number>>;
  };
};
