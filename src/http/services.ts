// What the HTTP side is given: ports and the pipeline, bound to their dependencies by worker.ts. Pure types.

import type { Config } from '../config.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { Accept } from '../pipeline/accept-answer.ts';
import type {
  Alerts,
  AuditLog,
  Clock,
  ErpInstances,
  JournalReader,
  OperationHolds,
  Randomness,
  RejectedRequests,
  Sequencers,
  TargetControls,
  Telemetry,
} from '../pipeline/ports.ts';

export type HttpServices = {
  readonly config: Pick<Config, 'adminKey' | 'callbacks' | 'sourceSecrets' | 'targetSettings'>;
  readonly definition: RelayDefinition;
  readonly accept: Accept;
  readonly sequencers: Sequencers;
  readonly audit: AuditLog;
  readonly holds: OperationHolds;
  readonly instances: ErpInstances;
  readonly alerts: Pick<Alerts, 'list' | 'acknowledge'>;
  readonly targets: TargetControls;
  readonly journal: JournalReader;
  readonly rejectedRequests: Pick<RejectedRequests, 'list'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly telemetry: Telemetry;
};

/** What every handler finds in its context. */
export type HttpEnv = { Variables: { requestId: string } };
