// What the HTTP side is given: ports and the pipeline, bound to their dependencies by worker.ts. Pure types.

import type { Config } from '../config.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { Accept } from '../pipeline/accept-answer.ts';
import type { BulkJobs } from '../pipeline/bulk-ports.ts';
import type { SenderApis } from '../pipeline/intake-ports.ts';
import type { Issues } from '../pipeline/issue-ports.ts';
import type { Publishing } from '../pipeline/perform-publish.ts';
import type {
  Alerts,
  AuditLog,
  Clock,
  Costs,
  ErpConnections,
  ErpInstances,
  JournalReader,
  KeptAnswers,
  OperationHolds,
  Randomness,
  RejectedRequests,
  Sequencers,
  TargetControls,
  Telemetry,
} from '../pipeline/ports.ts';
import type { ReconcileStandings } from '../pipeline/reconcile-sources.ts';
import type { Identities, Registry } from '../pipeline/registry-ports.ts';
import type { Tail } from '../pipeline/tail-ports.ts';
import type { Tracing } from '../pipeline/tracing.ts';
import type { Refusals } from './access/refusals.ts';

/** Answers a path below /dashboard/ with the file, or 404. */
export type DashboardFiles = { read(path: string): Promise<Response> };

export type HttpServices = {
  readonly config: Pick<
    Config,
    'adminKey' | 'apiRequestsPerMinute' | 'callbacks' | 'corsOrigins' | 'sourceSecrets' | 'targetSettings'
  >;
  readonly definition: RelayDefinition;
  readonly accept: Accept;
  readonly sequencers: Sequencers;
  readonly audit: AuditLog;
  readonly bulkJobs: BulkJobs;
  readonly holds: OperationHolds;
  readonly instances: ErpInstances;
  /** For what a dry run reads: nothing is written through it here. */
  readonly connections: ErpConnections;
  readonly alerts: Alerts;
  readonly issues: Issues;
  readonly targets: TargetControls;
  readonly costs: Costs;
  readonly journal: JournalReader;
  readonly keptAnswers: KeptAnswers;
  readonly reconciliation: { readonly apis: SenderApis; readonly standings: ReconcileStandings };
  readonly rejectedRequests: Pick<RejectedRequests, 'list'>;
  readonly identities: Identities;
  /** Null: no REGISTRY_KEY is set, so there are no credentials but the bootstrap key, and no secrets but the Worker's. */
  readonly registry: Registry | null;
  /** Sends an event to a subscriber at once, and says what it answered. */
  readonly publishing: Publishing;
  readonly tail: Tail;
  /** The files of the dashboard; null: this build has none, and the first page is plain text. */
  readonly dashboard: DashboardFiles | null;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly telemetry: Telemetry;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
};

/** What every handler finds in its context; behind the guard also who asks, and the services as that caller sees them. */
export type HttpEnv = {
  Variables: {
    requestId: string;
    caller: Caller;
    services: HttpServices;
    refusals: Refusals;
    /** The answer shows a key: it is kept nowhere. */
    holdsSecret?: boolean;
  };
};
