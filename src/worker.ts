// The relay Worker: wiring only. fetch → HTTP app, queue → delivery, scheduled → watchdog and retention, and the Durable
// Object classes. What it is made of is compiled once per isolate; a configuration that does not hold answers 503 and says
// why at /readyz.

import { waitUntil } from 'cloudflare:workers';
import { type Config, parseConfig } from './config.ts';
import { compileIntegrations } from './core/compile-integrations.ts';
import type { Caller, Holder } from './core/identity/caller.ts';
import type { ConfigProblem, RelayDefinition } from './core/relay-definition.ts';
import { createApp, createUnconfiguredApp } from './http/app.ts';
import type { DashboardFiles } from './http/services.ts';
import { integrations } from './integrations/index.ts';
import type { BulkJobsDependencies } from './pipeline/bulk-jobs.ts';
import { createAccept } from './pipeline/index.ts';
import { reconcileSources } from './pipeline/reconcile-sources.ts';
import { renewSubscriptions } from './pipeline/renew-subscriptions.ts';
import { reportSubscriptions } from './pipeline/report-subscriptions.ts';
import { watchTargets } from './pipeline/watch-targets.ts';
import { systemClock, systemRandomness } from './platform/clock.ts';
import { costMeter } from './platform/costs/cost-meter.ts';
import { countDatabase } from './platform/costs/count-database.ts';
import { createPorts, type Ports } from './platform/create-ports.ts';
import { createD1Retention } from './platform/d1/d1-retention.ts';
import { allSequencerNames } from './platform/doorbell.ts';
import { BulkJobsObjectBase } from './platform/durable-objects/bulk-jobs-object.ts';
import { TailObjectBase } from './platform/durable-objects/tail-object.ts';
import { type ConfiguredTarget, TargetObjectBase } from './platform/durable-objects/target-object.ts';
import { consumeDeadDoorbells, consumeDoorbells } from './platform/queue/consume-doorbells.ts';
import type { TargetCredential } from './platform/registry/target-credentials.ts';
import { createTelemetry } from './platform/telemetry.ts';
import { knock, reportSilent, wakeTargets, watchdogRounds } from './platform/watchdog.ts';

export { AlertsObject } from './platform/durable-objects/alerts-object.ts';
export { AuditObject } from './platform/durable-objects/audit-object.ts';
export { RegistryObject } from './platform/durable-objects/registry-object.ts';
export { SequencerObject } from './platform/durable-objects/sequencer-object.ts';

type Relay = { readonly config: Config; readonly definition: RelayDefinition; readonly ports: Ports };

type App = { fetch(request: Request): Response | Promise<Response> };

type Isolate =
  | { readonly kind: 'ready'; readonly relay: Relay; readonly app: App }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[]; readonly app: App };

const deadQueueSuffix = '-dead';

/** A message that is consumed is read and deleted. */
const operationsPerConsumed = 2;

let isolate: Isolate | null = null;

/** Environments do not change within an isolate. */
function start(env: Env): Isolate {
  isolate ??= compile(env);
  return isolate;
}

function compile(env: Env): Isolate {
  const telemetry = createTelemetry();
  const definition = compileIntegrations(integrations);
  const config = definition.ok ? parseConfig({ ...env }, definition.value) : definition;
  if (!definition.ok || !config.ok) {
    const problems = config.ok ? [] : config.error;
    telemetry.log('error', 'configuration.invalid', { problems });
    const services = { clock: systemClock, randomness: systemRandomness, telemetry };
    return { kind: 'invalid', problems, app: createUnconfiguredApp(services, problems) };
  }
  const ports = createPorts({
    env,
    config: config.value,
    definition: definition.value,
    background: waitUntil,
  });
  const relay: Relay = { config: config.value, definition: definition.value, ports };
  return { kind: 'ready', relay, app: createRelayApp(relay, env.ASSETS) };
}

function createRelayApp({ config, definition, ports }: Relay, files: Fetcher | undefined): App {
  return createApp({
    config,
    definition,
    accept: createAccept(ports.accept),
    sequencers: ports.sequencers,
    alerts: ports.alerts,
    issues: ports.issues,
    audit: ports.audit,
    bulkJobs: ports.bulkJobs,
    holds: ports.holds,
    instances: ports.instances,
    connections: ports.deliver.connections,
    identities: ports.identities,
    registry: ports.registry,
    publishing: ports.publishing,
    targets: ports.targets,
    journal: ports.journal,
    keptAnswers: ports.keptAnswers,
    reconciliation: ports.reconciliation,
    costs: ports.costs,
    rejectedRequests: ports.rejectedRequests,
    tail: ports.tail,
    dashboard: dashboardFiles(files),
    clock: systemClock,
    randomness: systemRandomness,
    telemetry: ports.deliver.telemetry,
    ...(ports.deliver.tracing === undefined ? {} : { tracing: ports.deliver.tracing }),
  });
}

/** An earlier configuration, and some tests, have no such binding. */
function dashboardFiles(files: Fetcher | undefined): DashboardFiles | null {
  if (files === undefined) return null;
  return { read: (path) => files.fetch(new URL(path, 'https://assets.local')) };
}

let isWarned = false;

/** Once an isolate, beside the first request. */
function warnOnce(started: Isolate): void {
  if (isWarned || started.kind === 'invalid') return;
  isWarned = true;
  waitUntil(started.relay.ports.warnOfBootstrap());
}

export default {
  fetch: (request, env) => {
    costMeter.add('workerRequests');
    const started = start(env);
    warnOnce(started);
    return started.app.fetch(request);
  },

  queue: async (batch, env) => {
    costMeter.add('workerRequests');
    costMeter.add('queueOperations', batch.messages.length * operationsPerConsumed);
    const started = start(env);
    if (started.kind === 'invalid') {
      // Nothing is lost by it: the alarms ring again once the configuration holds.
      batch.ackAll();
      return;
    }
    const { ports } = started.relay;
    if (batch.queue.endsWith(deadQueueSuffix)) {
      const { alerts, deliver: parts } = ports;
      await consumeDeadDoorbells(batch, { namespace: env.SEQUENCER, alerts, telemetry: parts.telemetry });
      return;
    }
    const { deliver, sequencers, deliverOptions: options, enrich } = ports;
    await consumeDoorbells(batch, { deliver, sequencers, options, enrich });
  },

  scheduled: async (controller, env) => {
    costMeter.add('workerRequests');
    const started = start(env);
    if (started.kind === 'invalid') return;
    const { config, definition, ports } = started.relay;
    const names = allSequencerNames([...config.previousPartitions, config.partitions]);
    const round = Math.floor(controller.scheduledTime / 60_000);
    const subscriptions = await ports.publishing.subscribers.active();
    const failed = await knock(env.SEQUENCER, names, { round, subscriptions });
    await reportSilent(ports, { failed, round, now: controller.scheduledTime });
    const isTargetsTurn = round % watchdogRounds === 0;
    if (isTargetsTurn) await chainAudit(ports);
    if (isTargetsTurn) await wakeTargets(env, [...definition.targets.keys()], ports.deliver.telemetry);
    if (round % renewalRounds === 0) await renew(started.relay);
    await reportSubscriptions({
      ...{ registry: ports.registry, alerts: ports.alerts, clock: systemClock },
      telemetry: ports.deliver.telemetry,
    });
    await reconcileSources({
      ...{ definition, clock: systemClock, randomness: systemRandomness, ...ports.reconciliation },
      ...{ sequencers: ports.sequencers, alerts: ports.alerts, telemetry: ports.deliver.telemetry },
    });
    await watchTargets({
      ...{
        definition,
        clock: systemClock,
        randomness: systemRandomness,
        watches: ports.watches,
      },
      ...{ sequencers: ports.sequencers, connections: ports.deliver.connections },
      ...{ alerts: ports.alerts, telemetry: ports.deliver.telemetry },
    });
    try {
      const step = await createD1Retention(countDatabase(env.DB, costMeter), config).step(
        controller.scheduledTime,
      );
      const forgottenIssues = isTargetsTurn
        ? await ports.issues.forget(controller.scheduledTime - config.ledgerHorizonMs)
        : 0;
      if (step.strippedCount + step.removedCount + forgottenIssues > 0)
        ports.deliver.telemetry.log('info', 'journal.pruned', { ...step, forgottenIssues });
    } catch (error) {
      ports.deliver.telemetry.log('error', 'journal.prune_failed', { error: String(error) });
    }
  },
} satisfies ExportedHandler<Env>;

/** Webhooks that end are looked at once in so many runs (minutes): an hour, of the two days that are left to each. */
const renewalRounds = 60;

/** Never rejects. */
async function renew({ definition, ports }: Relay): Promise<void> {
  const { findSource } = ports.accept;
  const { connections, telemetry } = ports.deliver;
  await renewSubscriptions({
    ...{ definition, findSource, connections, telemetry },
    ...{ alerts: ports.alerts, clock: systemClock },
  });
}

/** Acts on deliveries come to D1 by the journal, and nobody else tells the chain of them. Never rejects. */
async function chainAudit({ audit, deliver: { telemetry } }: Ports): Promise<void> {
  try {
    await audit.flush();
  } catch (error) {
    telemetry.log('error', 'audit.not_chained', { error: String(error) });
  }
}

export class BulkJobsObject extends BulkJobsObjectBase {
  protected override dependencies(): BulkJobsDependencies | null {
    const started = start(this.env);
    if (started.kind === 'invalid') return null;
    const { definition, ports } = started.relay;
    const { sequencers, journal, audit, alerts, identities } = ports;
    const { telemetry } = ports.deliver;
    // Whichever key it was started with: a rotation does not end it, a revocation does.
    const callerOf = (credentialId: string | null) =>
      identities.identifyAgain({ credentialId, keyHash: null });
    return { definition, sequencers, journal, audit, alerts, callerOf, clock: systemClock, telemetry };
  }
}

export class TargetObject extends TargetObjectBase {
  /** What the registry holds for it; null: it was not asked yet, so nobody may log in. */
  #credential: TargetCredential | null = null;

  protected override async prepare(id: string, options?: { readonly fresh: boolean }): Promise<void> {
    const started = start(this.env);
    if (started.kind === 'invalid') return;
    const { ports } = started.relay;
    try {
      this.#credential = await ports.targetCredential(id, options);
    } catch (error) {
      ports.deliver.telemetry.log('error', 'target.credential_unknown', { target: id, error: String(error) });
    }
  }

  protected override findTarget(id: string): ConfiguredTarget | null {
    const started = start(this.env);
    if (started.kind === 'invalid' || this.#credential === null) return null;
    const { definition, config } = started.relay;
    // A source's own credential on a target is kept by an object of its own: `erp@shopify`.
    const [name = ''] = id.split('@');
    const target = definition.targets.get(name);
    const settings = config.targetSettings.get(name);
    if (target === undefined || settings === undefined) return null;
    const { values } = this.#credential;
    return { target, settings: values === null ? settings : { ...settings, credential: values } };
  }
}

export class TailObject extends TailObjectBase {
  protected override async findCaller(holder: Holder): Promise<Caller | null> {
    const started = start(this.env);
    if (started.kind === 'invalid') throw new Error('the configuration is invalid');
    const identified = await started.relay.ports.identities.identifyAgain(holder);
    return identified.kind === 'caller' ? identified.caller : null;
  }
}
