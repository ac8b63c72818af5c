// A whole relay in memory: the real sequencers over memory rows, a memory journal, the test definition, and the HTTP app on
// top. A test places events, says what the ERP answers, and asks the app. No platform, no timers, no network.

import { noCosts } from '../../src/core/costs.ts';
import { orderingKeyOf } from '../../src/core/keys.ts';
import { limits } from '../../src/core/limits.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { partitionOf } from '../../src/core/partition.ts';
import { planDeliveries } from '../../src/core/plan-deliveries.ts';
import type { SourceListing } from '../../src/core/reconcile.ts';
import type { RelayDefinition } from '../../src/core/relay-definition.ts';
import { ok } from '../../src/core/result.ts';
import { toSenderApi } from '../../src/core/sender-api-options.ts';
import type { LeasedDelivery } from '../../src/core/sequencer/messages.ts';
import type { Entity } from '../../src/core/source.ts';
import { createApp } from '../../src/http/app.ts';
import type { HttpServices } from '../../src/http/services.ts';
import { type BulkJobsDependencies, createBulkJobs } from '../../src/pipeline/bulk-jobs.ts';
import { expiring } from '../../src/pipeline/expiring-registry.ts';
import {
  type Clock,
  type OpenErpConnection,
  PortError,
  type RejectedRequest,
  type Sequencer,
  type Telemetry,
} from '../../src/pipeline/ports.ts';
import { createSequencers } from '../../src/pipeline/sequencers.ts';
import { createSubscribers } from '../../src/pipeline/subscribers.ts';
import { settlementOf } from './builders.ts';
import { createMemoryAlerts } from './memory-alerts.ts';
import { createMemoryAudit } from './memory-audit.ts';
import { createMemoryBulkJobRows } from './memory-bulk-jobs.ts';
import { createMemoryHolds } from './memory-holds.ts';
import { createMemoryIssues } from './memory-issues.ts';
import { createMemoryJournal, type MemoryJournal } from './memory-journal.ts';
import { createMemoryKeptAnswers } from './memory-kept-answers.ts';
import { createMemoryReceiver, type ReceivedNotice } from './memory-receiver.ts';
import { createMemoryReconciliation } from './memory-reconciliation.ts';
import { createMemoryRegistry } from './memory-registry.ts';
import { createMemoryTail } from './memory-tail.ts';
import { createMemoryTargets } from './memory-targets.ts';
import { makePayload, testTime } from './records.ts';
import { relayWith } from './relay.ts';
import { type Bench, benchConfig, createBench, wholeCut } from './sequencer-bench.ts';

export const adminKey = 'hf_memory_admin_key_0123456789abcdef';

export type LogLine = { readonly level: string; readonly event: string } & Readonly<Record<string, unknown>>;

export type PlacedEvent = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly eventId: string;
  /** Epoch ms. */
  readonly receivedAt?: number;
};

export type MemoryRelay = ReturnType<typeof createMemoryRelay>;

/** The shop names a list of its sender, which holds nothing. */
function withListing(definition: RelayDefinition): RelayDefinition {
  const shop = definition.sources.get('shop');
  if (shop === undefined) throw new Error('the shop is gone');
  const listing: SourceListing = {
    types: null,
    reachMs: null,
    list: async () => ok({ webhooks: [], cursor: null }),
  };
  const reconcile = {
    api: toSenderApi({ baseUrl: 'SHOP_API_URL', token: 'SHOP_API_TOKEN' }),
    listing,
    everyMs: 900_000,
  };
  return { ...definition, sources: new Map([...definition.sources, ['shop', { ...shop, reconcile }]]) };
}

export function createMemoryRelay(
  options: { readonly partitions?: number; readonly services?: Partial<HttpServices> } = {},
) {
  const { partitions = 3 } = options;
  const definition = withListing(relayWith({}));
  const journal = createMemoryJournal();
  const down = new Set<number>();
  const benches = Array.from({ length: partitions }, (_, partition) =>
    createBench({ ...benchConfig, partition, partitions }),
  );
  const log: LogLine[] = [];
  const timers = createTimers();
  const rejected: RejectedRequest[] = [];
  const sequencers = createSequencers({ partitions, generation: 1, previousPartitions: [] }, (_, partition) =>
    toPort({ bench: benchOf(benches, partition), journal, down, partition }),
  );
  let requestCount = 0;
  const telemetry: Telemetry = { log: (level, event, fields) => void log.push({ level, event, ...fields }) };
  const now = () => benchOf(benches, 0).now();
  const bootstrapKey = options.services?.config === undefined ? adminKey : options.services.config.adminKey;
  const access = createMemoryRegistry({ now, adminKey: bootstrapKey, telemetry });
  const alerts = createMemoryAlerts(() => benchOf(benches, 0).now());
  const received: ReceivedNotice[] = [];
  const tail = createMemoryTail(now);
  const subscribers = createSubscribers({
    ...{ copy: access.copy, registry: access.registry, clock: { now }, telemetry },
    background: (work) => void work,
  });
  const audit = createMemoryAudit(journal);
  const clock: Clock = { now, wait: timers.wait };
  const callerOf = (credentialId: string | null) =>
    access.identities.identifyAgain({ credentialId, keyHash: null });
  const bulk: BulkJobsDependencies = {
    ...{ definition, sequencers, journal, audit, alerts, callerOf, clock, telemetry },
  };
  const bulkJobs = createBulkJobs(createMemoryBulkJobRows(), bulk);
  const services: HttpServices = {
    bulkJobs,
    config: {
      adminKey,
      apiRequestsPerMinute: 6_000,
      corsOrigins: [],
      callbacks: {
        origins: ['https://hooks.example.com'],
        secret: 'whsec_bWVtb3J5LXJlbGF5LWNhbGxiYWNrLXNlY3JldA==',
      },
      sourceSecrets: new Map([
        ['shop', { current: 'current-shop-secret', previous: 'previous-shop-secret' }],
      ]),
      targetSettings: new Map([
        ['erp', { baseUrl: 'http://127.0.0.1:9', credential: { key: 'erp-credential' } }],
      ]),
    },
    definition,
    accept: () => Promise.reject(new Error('this test does not post webhooks')),
    sequencers,
    holds: createMemoryHolds(),
    instances: { find: async () => ({ kind: 'not_offered' }) },
    connections: { open: () => openSilent() },
    alerts,
    issues: createMemoryIssues(journal),
    audit,
    targets: createMemoryTargets(definition, { now: () => benchOf(benches, 0).now() }).targets,
    journal,
    keptAnswers: createMemoryKeptAnswers(),
    reconciliation: createMemoryReconciliation(),
    dashboard: null,
    tail,
    costs: {
      read: async () => ({ readings: [{ isolate: 'one', since: 0, counts: noCosts }], unanswered: 0 }),
    },
    rejectedRequests: {
      list: async ({ sources, limit, before }) => {
        const items = rejected.filter(
          (each) =>
            (sources === null || sources.includes(each.source)) && (before === null || each.at < before.at),
        );
        return {
          items: items.slice(0, limit),
          counts: [{ source: 'shop', reason: 'not_json', count: rejected.length }].filter(
            (each) => sources === null || sources.includes(each.source),
          ),
        };
      },
    },
    clock,
    randomness: { next: () => 0.5, uuid: () => `request-${++requestCount}` },
    telemetry,
    identities: access.identities,
    registry: expiring(access.registry, access.copy),
    publishing: {
      subscribers,
      sender: createMemoryReceiver(received),
    },
    ...options.services,
  };
  const app = createApp(services);
  const advance = (ms: number): void => {
    for (const bench of benches) bench.advance(ms);
  };
  return {
    app,
    access,
    alerts,
    bulkJobs,
    definition,
    down,
    journal,
    log,
    received,
    rejected,
    sequencers,
    services,
    tail,
    timers,
    /** Claims the event with what the definition plans for it; the ids of its deliveries. */
    place: (placed: PlacedEvent): readonly string[] => {
      const claim = toClaim(definition, placed, partitions);
      const bench = benchOf(benches, partitionOf(claim.event.orderingKey, partitions));
      const [answer] = bench.core().claimMany([claim], bench.now());
      if (answer?.kind !== 'claimed') throw new Error(`not claimed: ${JSON.stringify(answer)}`);
      const record = bench.rows.openRecords().find(({ id }) => id === answer.id);
      return record?.deliveries.map(({ id }) => id) ?? [];
    },
    /** Attempts everything that is ready, once, as the ERP would answer. `input`: what is kept of what was sent. */
    run: (answerOf: (leased: LeasedDelivery) => Outcome, input: unknown = null): void => {
      for (const bench of benches) {
        const settlements = bench
          .lease(1_000)
          .map((leased) =>
            settlementOf(leased, answerOf(leased), { endedAt: bench.now() + 10, input: textOf(input) }),
          );
        bench.send(settlements);
      }
    },
    advance,
    /** Lets bulk jobs go on to their end, or for so many rounds: each is a beat of `bulkStepMs`. */
    runBulkJobs: async (rounds = 1_000): Promise<void> => {
      for (let round = 0; round < rounds && bulkJobs.nextRoundAt() !== null; round += 1) {
        await bulkJobs.round();
        advance(limits.bulkStepMs);
      }
    },
    /** Asks with the admin key; `body` is sent as JSON. */
    ask: (path: string, body?: unknown) => askAs(app, adminKey, { path, body }),
    /** Asks with headers of its own; null: with the admin key. */
    askWith: (key: string | null, asked: Asked) => askAs(app, key ?? adminKey, asked),
    /** Asks with another key. */
    askAs: (key: string, path: string, body?: unknown) => askAs(app, key, { path, body }),
  };
}

/** An ERP nobody can reach. */
function openSilent(): OpenErpConnection {
  const failure = { kind: 'no_answer', reason: 'connection_lost', message: 'this relay has no ERP' } as const;
  return {
    erp: { send: async () => ({ ...failure, lastByteAt: 0 }) },
    ...{ exchanges: [], lastWriteAt: () => null, writeCount: () => 0 },
  };
}

function textOf(input: unknown): string | null {
  return input === null ? null : JSON.stringify(input);
}

export type Asked = {
  readonly path: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
};

export function askAs(app: ReturnType<typeof createApp>, key: string | null, asked: Asked) {
  const { path, body, headers, method = body === undefined ? 'GET' : 'POST' } = asked;
  return app.request(`http://relay.test${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function benchOf(benches: readonly Bench[], partition: number): Bench {
  const bench = benches[partition];
  if (bench === undefined) throw new Error(`there is no partition ${partition}`);
  return bench;
}

function toClaim(definition: HttpServices['definition'], placed: PlacedEvent, partitions: number) {
  const { type, data, eventId, receivedAt = testTime } = placed;
  const entity: Entity =
    typeof data.id === 'string' ? { kind: 'order', id: data.id } : { kind: 'sku', id: String(data.sku) };
  const orderingKey = orderingKeyOf({ source: 'shop', eventId, entity });
  const base = { source: 'shop', type, entity, sequence: null, occurredAt: null, receivedAt };
  const { body } = makePayload(JSON.stringify({ type, timestamp: '2026-03-01T12:00:00Z', data }));
  const payload = { headers: { 'webhook-id': eventId }, body };
  const mapped = {
    ...base,
    id: eventId,
    headers: payload.headers,
    payload: { type, data },
    orderingKey,
  } as const;
  const routes = definition.routesFor('shop', type);
  return {
    event: { ...base, eventId, orderingKey, requestId: `req-${eventId}` },
    payload,
    deliveries: planDeliveries(mapped as unknown as Parameters<typeof planDeliveries>[0], routes),
    partitions,
    generation: 1,
  };
}

type PortParts = {
  readonly bench: Bench;
  readonly journal: MemoryJournal;
  readonly down: ReadonlySet<number>;
  readonly partition: number;
};

export function toPort({ bench, journal, down, partition }: PortParts): Sequencer {
  const call = async <T>(work: () => T | Promise<T>): Promise<T> => {
    if (down.has(partition))
      throw new PortError('the object is away', { retryable: false, overloaded: false });
    return work();
  };
  const core = bench.core;
  return {
    claim: (request) => call(() => core().claimMany([request], bench.now())[0] as never),
    lease: (request) => call(() => core().lease(request, bench.now())),
    confirm: (id, epoch) => call(() => core().confirm(id, epoch, bench.now())),
    settle: (request) => call(() => core().settle(request, { now: bench.now(), random: () => 0.5 })),
    replay: (request) => call(() => core().replay(request, bench.now())),
    bulkStep: (request) => call(() => core().bulkStep(request, bench.now())),
    planReplays: (request) => call(() => core().planReplays(request, bench.now())),
    resolve: (request) => call(() => core().resolve(request, bench.now())),
    stop: (request) => call(() => core().stop(request, bench.now())),
    releaseMany: (request) => call(() => core().releaseMany(request, bench.now())),
    pollNow: (id) => call(() => core().pollNow(id, bench.now())),
    recordRequest: (request) =>
      call(() => {
        const known = bench.requests.get(request.hash);
        if (known !== undefined) return { kind: 'known' as const, request: known };
        bench.requests.set(request.hash, request);
        return { kind: 'recorded' as const };
      }),
    findRequest: (hash) => call(() => bench.requests.get(hash) ?? null),
    acknowledgeRequest: (hash, deliveryId) =>
      call(() => {
        const known = bench.requests.get(hash);
        if (known !== undefined) bench.requests.set(hash, { ...known, claim: null, deliveryId });
      }),
    find: (id) => call(() => core().find(id, bench.now())),
    holdsEvents: (queries) => call(() => core().holdsEvents(queries, bench.now())),
    listOpen: (request) => call(() => core().listOpen(request, bench.now())),
    claimIntake: (request) => call(() => core().intakes.claim(request, bench.now())),
    claimMany: (requests) => call(() => core().claimMany(requests, bench.now())),
    leaseItems: (request) => call(() => core().intakes.lease(request, bench.now())),
    settleItems: (settlements) =>
      call(() => core().intakes.settle(settlements, { now: bench.now(), random: () => 0.5 })),
    findIntake: (id) => call(() => core().intakes.find(id, bench.now())),
    listIntakes: () => call(() => core().intakes.list(bench.now())),
    reviveIntake: (request) => call(() => core().intakes.revive(request, bench.now())),
    listLines: (request) => call(() => core().listLines(request, bench.now())),
    stats: () => call(() => core().stats(bench.now())),
    flushJournal: () => call(() => flush(bench, journal, partition)),
  };
}

async function flush(bench: Bench, journal: MemoryJournal, partition: number): Promise<{ behind: number }> {
  const { now, core } = bench;
  for (let cut = core().cutJournal(wholeCut, now()); cut !== null; cut = core().cutJournal(wholeCut, now())) {
    const { appliedThrough } = await journal.append({ generation: 1, partition, ...cut });
    while (core().acknowledgeJournal(appliedThrough, now())) {}
  }
  return { behind: 0 };
}

/** Waits that end when a test says so, or when they are no longer waited for. */
function createTimers() {
  const pending = new Set<() => void>();
  const wait: Clock['wait'] = (_ms, signal) =>
    new Promise((resolve) => {
      const end = () => {
        pending.delete(end);
        resolve();
      };
      pending.add(end);
      signal?.addEventListener('abort', end);
    });
  return {
    wait,
    pendingCount: () => pending.size,
    elapse: () => {
      for (const end of [...pending]) end();
    },
    maxWaitMs: limits.operatorWaitMs,
  };
}
