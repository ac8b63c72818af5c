// What the admin API answers, as far as the dashboard reads it (docs/admin-api.md). Pure types; a field that a key may not see
// is absent, so what can be redacted is optional.

export type Me = {
  readonly actor: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly sources: readonly string[] | null;
  readonly grants: readonly { readonly operation: string; readonly target: string }[] | null;
};

export type ErpDocument = {
  readonly documentId?: string;
  readonly documentNumber?: string | null;
  readonly state?: string;
};

export type EventSummary = {
  readonly id: string;
  readonly source: string;
  readonly eventId: string;
  readonly type: string;
  readonly entity: { readonly kind: string; readonly id: string } | null;
  readonly orderingKey: string;
  readonly sequence: number | string | null;
  readonly occurredAt: string | null;
  readonly receivedAt: string;
  readonly requestId: string;
};

export type Waiting = {
  readonly cause: string;
  readonly on?: string | null;
  readonly until: string | null;
  readonly reason?: string;
};

export type Delivery = {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly code: string | null;
  readonly message: string | null;
  readonly route: string;
  readonly target: string;
  readonly operation: string;
  readonly operationKey: string;
  readonly attemptCount: number;
  readonly document: ErpDocument | null;
  readonly waiting: Waiting | null;
  readonly replay: {
    readonly of: string;
    readonly actor: string;
    readonly reason: string;
    readonly edited: boolean;
    readonly at: string;
  } | null;
  readonly supersededBy?: string | null;
  readonly resolvedBy: string | null;
  readonly event: EventSummary;
  readonly receivedAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** What the live tail tells of a delivery that changed. */
export type TailItem = Pick<
  Delivery,
  'id' | 'status' | 'reason' | 'code' | 'route' | 'target' | 'operation' | 'document'
> &
  Pick<EventSummary, 'source' | 'eventId' | 'entity' | 'orderingKey' | 'receivedAt'> & {
    readonly eventType: string;
    readonly updatedAt: string;
  };

export type Flow = {
  readonly received: number;
  readonly delivered: number;
  readonly waiting: number;
  readonly held: number;
  readonly deadLettered: number;
  readonly closed: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number } | null;
  readonly lastReceivedAt: string | null;
};

export type Overview = {
  readonly at: string;
  readonly windowMinutes: number;
  readonly countedFrom: string;
  readonly isWhole: boolean;
  readonly journal: string;
  readonly all: Flow;
  readonly bucketSeconds: number;
  readonly buckets: readonly {
    readonly from: string;
    readonly received: number;
    readonly delivered: number;
    readonly deadLettered: number;
  }[];
  readonly sources: readonly (Flow & { readonly id: string; readonly openFailures: number })[];
  readonly targets: readonly (Flow & {
    readonly id: string;
    readonly openFailures: number;
    readonly oldestReadyAt: string | null;
    readonly circuit?: string | null;
    readonly paused?: boolean | null;
    readonly unauthorized?: boolean | null;
  })[];
  readonly oldestReadyAt: string | null;
  readonly backlogAgeMs: number;
  readonly issues: { readonly open: number; readonly acknowledged: number; readonly ignored: number };
  readonly missing: readonly string[];
};

export type Issue = {
  readonly id: string;
  readonly target: string;
  readonly operation: string;
  readonly reason: string;
  readonly code: string | null;
  readonly state: string;
  readonly openCount: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly message: string | null;
};

export type DeliveryPage = {
  readonly deliveries: readonly Delivery[];
  readonly nextCursor: string | null;
  readonly journal: string;
};

export type Exchange = {
  readonly at: string;
  readonly durationMs: number;
  readonly request: { readonly method: string; readonly url: string; readonly body: string | null };
  readonly response: { readonly status: number; readonly body: string | null } | null;
  readonly failure: string | null;
};

export type Attempt = {
  readonly number: number;
  readonly mode: string;
  readonly epoch: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly outcome: { readonly kind: string } & Readonly<Record<string, unknown>>;
  readonly input?: unknown;
  readonly exchanges?: readonly Exchange[];
};

export type Body = { readonly encoding: string; readonly bytes: number; readonly content: string };

export type Story = Delivery & {
  readonly event: EventSummary & {
    readonly headers?: unknown;
    readonly body?: Body | null;
    readonly parsed?: unknown;
  };
  readonly ledger: ({ readonly effect: string } & Readonly<Record<string, unknown>>) | null;
  readonly attempts: readonly Attempt[];
  readonly related: readonly Delivery[];
  readonly redacted?: readonly string[];
  readonly journal: string;
};

export type FieldProblem = { readonly field: string; readonly rule: string };

/** A call of a dry run: a read that was made, or the first write, which was not. */
export type DryCall = {
  readonly step: string;
  readonly method: string;
  readonly url: string;
  readonly body?: unknown;
  readonly sent: boolean;
  readonly status: number | null;
  readonly failure: string | null;
};

export type DryRun = {
  readonly would: string;
  readonly operation: unknown;
  readonly target: string;
  readonly operationKey: string;
  readonly input: unknown;
  readonly calls: readonly DryCall[];
  readonly callsEnd: {
    readonly kind: string;
    readonly message: string | null;
    readonly outcome: { readonly kind: string } | null;
    readonly later: readonly string[];
  };
  readonly redacted: readonly string[];
  readonly problem: {
    readonly code: string;
    readonly message: string;
    readonly errors?: readonly FieldProblem[];
  } | null;
};

export type Alert = {
  readonly id: string;
  readonly rule: string;
  readonly cause: string;
  readonly severity: string;
  readonly title: string;
  readonly summary: string;
  readonly status: string;
  readonly count: number;
  readonly openedAt: string;
  readonly lastSeenAt: string;
  readonly resolvedAt: string | null;
  readonly acknowledged: { readonly by: string; readonly note: string; readonly at?: string } | null;
};

export type Partition = {
  readonly generation: number;
  readonly partition: number;
  readonly status: string;
  readonly open?: number;
  readonly ready?: number;
  readonly leased?: number;
  readonly running?: number;
  readonly held?: number;
  readonly deadLettered?: number;
  readonly oldestReadyAt?: string | null;
  readonly unjournaled?: number;
};

export type Readiness = {
  readonly status: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
};
