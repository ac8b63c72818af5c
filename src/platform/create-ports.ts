// The pipeline's ports made from the Worker's bindings. One per isolate; nothing here is done at import time.

import type { Config, TargetSettings } from '../config.ts';
import { createFloodBudget } from '../core/flood-budget.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { createKeyCache } from '../core/signature/key-cache.ts';
import type { BulkJobs } from '../pipeline/bulk-ports.ts';
import { createErpInstances } from '../pipeline/erp-instances.ts';
import {
  type AcceptDependencies,
  type DeliverDependencies,
  type DeliverOptions,
  type EnrichDependencies,
  hasEnrichingSource,
  type OperationRelease,
  releaseOperation,
} from '../pipeline/index.ts';
import type { SenderApis } from '../pipeline/intake-ports.ts';
import type { Issues } from '../pipeline/issue-ports.ts';
import type { Publishing } from '../pipeline/perform-publish.ts';
import type {
  Alerts,
  AuditLog,
  Costs,
  ErpInstances,
  Journal,
  JournalReader,
  KeptAnswers,
  OperationHolds,
  RejectedRequests,
  Sequencers,
  TargetControls,
  Telemetry,
} from '../pipeline/ports.ts';
import type { ReconcileStandings } from '../pipeline/reconcile-sources.ts';
import { createRecordCache } from '../pipeline/record-cache.ts';
import type { Identities, Registry } from '../pipeline/registry-ports.ts';
import { createSourceGrants } from '../pipeline/source-grants.ts';
import { createSubscribers } from '../pipeline/subscribers.ts';
import type { Tail } from '../pipeline/tail-ports.ts';
import { createTracing, type Tracing } from '../pipeline/tracing.ts';
import type { WatchStandings } from '../pipeline/watch-targets.ts';
import { systemClock, systemRandomness } from './clock.ts';
import { costMeter } from './costs/cost-meter.ts';
import { countDatabase } from './costs/count-database.ts';
import { createObjectCosts } from './costs/object-costs.ts';
import { createD1Issues } from './d1/d1-issues.ts';
import { createD1Journal } from './d1/d1-journal.ts';
import { createD1KeptAnswers } from './d1/d1-kept-answers.ts';
import { createD1RejectedRequests } from './d1/d1-rejected-requests.ts';
import { createD1Standings } from './d1/d1-standings.ts';
import { allSequencerNames } from './doorbell.ts';
import { createObjectAlerts } from './durable-objects/object-alerts.ts';
import { createObjectAudit } from './durable-objects/object-audit.ts';
import { createObjectBulkJobs } from './durable-objects/object-bulk-jobs.ts';
import { createObjectOperationHolds } from './durable-objects/object-operation-holds.ts';
import { createObjectRegistry } from './durable-objects/object-registry.ts';
import { createObjectSequencers } from './durable-objects/object-sequencer.ts';
import { createObjectTail } from './durable-objects/object-tail.ts';
import { createObjectTargets } from './durable-objects/object-targets.ts';
import { createErpConnections } from './fetch/erp-connections.ts';
import { createEventSender, createNoticeSender } from './fetch/notice-sender.ts';
import { createObjectTargetTokens } from './fetch/object-target-tokens.ts';
import { createRemoteKeys } from './fetch/remote-keys.ts';
import { createSenderApis } from './fetch/sender-apis.ts';
import { createSenderTokens } from './fetch/sender-tokens.ts';
import { createSpanExporter } from './fetch/span-exporter.ts';
import { type Access, createAccess } from './registry/create-access.ts';
import { createSourceFinder, sourceRuntimes } from './registry/source-runtimes.ts';
import {
  createTargetCredentials,
  createTokenHolders,
  type TargetCredential,
} from './registry/target-credentials.ts';
import { createTelemetry } from './telemetry.ts';

export type Ports = {
  /** What the registry holds for a target. Throws where it cannot be told. */
  readonly targetCredential: (id: string, options?: { readonly fresh: boolean }) => Promise<TargetCredential>;
  readonly accept: AcceptDependencies;
  readonly deliver: DeliverDependencies;
  readonly deliverOptions: DeliverOptions;
  /** Null where no source enriches. */
  readonly enrich: EnrichDependencies | null;
  readonly watches: WatchStandings;
  readonly reconciliation: { readonly apis: SenderApis; readonly standings: ReconcileStandings };
  readonly publishing: Publishing;
  readonly sequencers: Sequencers;
  readonly targets: TargetControls;
  readonly journal: Journal & JournalReader;
  readonly keptAnswers: KeptAnswers;
  readonly rejectedRequests: RejectedRequests;
  readonly holds: OperationHolds;
  readonly instances: ErpInstances;
  readonly alerts: Alerts;
  readonly issues: Issues;
  readonly audit: AuditLog;
  readonly bulkJobs: BulkJobs;
  readonly identities: Identities;
  /** Null: no REGISTRY_KEY is set. */
  readonly registry: Registry | null;
  readonly warnOfBootstrap: () => Promise<void>;
  readonly costs: Costs;
  readonly tail: Tail;
};

type PortsGiven = {
  readonly env: Env;
  readonly config: Config;
  readonly definition: RelayDefinition;
  readonly background: (work: Promise<unknown>) => void;
};

export function createPorts(given: PortsGiven): Ports {
  const { env, config, definition, background } = given;
  const clock = systemClock;
  const randomness = systemRandomness;
  const telemetry = createTelemetry();
  const { partitions, generation, previousPartitions } = config;
  const sequencers = createObjectSequencers(env.SEQUENCER, { partitions, generation, previousPartitions });
  const db = countDatabase(env.DB, costMeter);
  const journal = createD1Journal(db);
  const rejectedRequests = createD1RejectedRequests(db, clock);
  const holds = createObjectOperationHolds({ namespace: env.TARGET, clock, telemetry });
  const tokens = createObjectTargetTokens(env.TARGET, clock);
  const targets = createObjectTargets(env.TARGET, holds.hear);
  const settings = settingsOf(config);
  const remoteKeys = createRemoteKeys({ clock });
  const access = createAccess({ env, config, remoteKeys, background, telemetry });
  const apis = createSenderApis({
    ...{ settings: config.senderApis, clock, tokens: createSenderTokens(access.copy) },
  });
  const alerts = createObjectAlerts(env.ALERTS);
  const audit = createObjectAudit(env.AUDIT, db);
  const publishing = createPublishing({ ...given, access, telemetry });
  const holderOf = createTokenHolders(access.copy);
  const connections = createErpConnections({ settings, tokens, holderOf, clock });
  const instances = createErpInstances({ connections, clock, telemetry });
  const tracing = createTraces(given, telemetry);
  return {
    reconciliation: { apis, standings: createD1Standings(db, 'reconciliations') },
    watches: createD1Standings(db, 'watches'),
    accept: {
      definition,
      findSource: createSourceFinder(sourceRuntimes(definition, config), access.copy),
      sequencers,
      rejected: rejectedRequests,
      keys: createKeyCache(),
      remoteKeys,
      floods: createFloodBudget(limits),
      maxBodyBytes: config.maxBodyBytes,
      clock,
      randomness,
      telemetry,
      background,
    },
    deliver: {
      rules: definition,
      connections,
      instances,
      holds,
      releaseOperation: (release) => releaseAll({ holds, sequencers, telemetry }, release),
      notices: config.callbacks === null ? null : createNoticeSender({ ...config.callbacks, clock }),
      publishing,
      gates: targets,
      sourceGrants: createSourceGrants({ copy: access.copy, audit, alerts, clock, randomness, telemetry }),
      randomness,
      ...{ clock, telemetry },
      ...(tracing === null ? {} : { tracing }),
    },
    deliverOptions: deliverOptionsFor(config, definition),
    enrich: enrichFor(definition, apis, telemetry),
    publishing,
    sequencers,
    targets,
    journal,
    keptAnswers: createD1KeptAnswers(db),
    issues: createD1Issues(db),
    ...{ rejectedRequests, holds, instances, alerts, audit },
    bulkJobs: createObjectBulkJobs(env.BULK_JOBS),
    identities: access.identities,
    registry: access.registry,
    targetCredential: createTargetCredentials(access.copy),
    warnOfBootstrap: access.warnOfBootstrap,
    costs: createCosts(given, telemetry),
    tail: createObjectTail(env.TAIL),
  };
}

function settingsOf({
  targetSettings,
}: Config): (target: { readonly id: string }) => TargetSettings | undefined {
  return ({ id }) => targetSettings.get(id);
}

/** Null: nothing is traced. */
function createTraces({ config, background }: PortsGiven, telemetry: Telemetry): Tracing | null {
  if (config.traces === null) return null;
  const { url, headers, ...rules } = config.traces;
  const clock = systemClock;
  const sink = createSpanExporter({ url, headers, clock, telemetry, background });
  return createTracing({ rules, sink, clock, randomness: systemRandomness });
}

function enrichFor(
  definition: RelayDefinition,
  apis: SenderApis,
  telemetry: Telemetry,
): EnrichDependencies | null {
  if (!hasEnrichingSource(definition)) return null;
  return { definition, apis, cache: createRecordCache(), clock: systemClock, telemetry };
}

function createCosts({ env, config, definition }: PortsGiven, telemetry: Telemetry): Costs {
  const sequencerNames = allSequencerNames([...config.previousPartitions, config.partitions]);
  return createObjectCosts({
    meter: costMeter,
    telemetry,
    objects: [
      { namespace: env.SEQUENCER, names: sequencerNames },
      { namespace: env.TARGET, names: [...definition.targets.keys()] },
    ],
  });
}

function createPublishing(
  given: PortsGiven & { readonly access: Access; readonly telemetry: Telemetry },
): Publishing {
  const { env, config, background, access, telemetry } = given;
  const clock = systemClock;
  const registry = createObjectRegistry(env.REGISTRY);
  return {
    subscribers: createSubscribers({ copy: access.copy, registry, clock, telemetry, background }),
    sender: createEventSender({ origins: config.callbacks?.origins ?? [], clock }),
  };
}

type ReleaseParts = {
  readonly holds: OperationHolds;
  readonly sequencers: Sequencers;
  readonly telemetry: Telemetry;
};

/** What a broken call leaves held, the next knock of the watchdog finds. */
async function releaseAll(parts: ReleaseParts, release: OperationRelease): Promise<void> {
  const { target, operation } = release;
  try {
    for (let left = 1; left > 0; ) {
      const { released, remaining } = await releaseOperation(parts, release);
      const fields = { target, operation, actor: release.actor, released: released.length, remaining };
      parts.telemetry.log('info', 'operation.released', fields);
      left = released.length === 0 ? 0 : remaining;
    }
  } catch (error) {
    parts.telemetry.log('error', 'operation.not_released', { target, operation, error: String(error) });
  }
}

/** Calls of one operation that a lease must outlast: token, look-up, two writes and a read, with margin. */
const callsPerLease = 4;

/** Bounds of a lease, ms: below, every hiccup would be doubt; above, a crash would be noticed too late. */
const leaseBoundsMs = { least: 20_000, most: 600_000 };

function deliverOptionsFor(config: Config, definition: RelayDefinition): DeliverOptions {
  const timeouts = [...definition.targets.values()].map((target) => target.timeoutMs);
  const routeTimeouts = definition.routes.map((route) => route.timeoutMs ?? 0);
  const apiTimeouts = [...definition.sources.values()].map(({ enrich }) => enrich?.api.timeoutMs ?? 0);
  const wanted = callsPerLease * Math.max(0, ...timeouts, ...routeTimeouts, ...apiTimeouts);
  const leaseMs = Math.min(leaseBoundsMs.most, Math.max(leaseBoundsMs.least, wanted));
  return { concurrency: config.deliveryConcurrency, leaseMs, budgetMs: config.deliveryBudgetMs };
}
