// SequencerObject: one partition's sequencer as a Durable Object. Decides nothing itself: core/sequencer does. It adds
// storage, the doorbell, the alarm that rings again and feeds the journal, and the log lines.
// An alarm's first line sets the next alarm: whatever happens in it, another one comes.

import { DurableObject } from 'cloudflare:workers';
import { parseVariables } from '../../config.ts';
import type { DirectRequest, RecordAnswer } from '../../core/direct-request.ts';
import type {
  IntakeRequest,
  ItemLeaseRequest,
  ItemSettlement,
  ReviveRequest,
} from '../../core/sequencer/intake-messages.ts';
import type {
  ClaimAnswer,
  ClaimRequest,
  DeliveryView,
  FindAnswer,
  LeaseAnswer,
  LeaseRequest,
  LineSummary,
  LinesRequest,
  ListRequest,
  PartitionStats,
  PollNowAnswer,
  ReleaseManyAnswer,
  ReleaseManyRequest,
  ReplayAnswer,
  ReplayManyAnswer,
  ReplayManyRequest,
  ReplayRequest,
  ResolveAnswer,
  ResolveRequest,
  ResumeTargetAnswer,
  ResumeTargetRequest,
  SettleRequest,
  Signal,
} from '../../core/sequencer/messages.ts';
import { createSequencer, type SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { Journal, OperationHolds, Sequencer, Sequencers, Telemetry } from '../../pipeline/ports.ts';
import { claimRequest } from '../../pipeline/run-operation.ts';
import { systemClock, systemRandomness } from '../clock.ts';
import { createD1Journal } from '../d1/d1-journal.ts';
import { createD1RejectedRequests } from '../d1/d1-rejected-requests.ts';
import { parseSequencerName } from '../doorbell.ts';
import { createTelemetry } from '../telemetry.ts';
import { type AlertFeed, createAlertFeed } from './alert-feed.ts';
import { createDoorbellRinger, type DoorbellRinger } from './doorbell-ringer.ts';
import { createGroupCommit } from './group-commit.ts';
import { createIntakeFanOut, type IntakeFanOut } from './intake-fan-out.ts';
import { createJournalFeed, type JournalFeed } from './journal-feed.ts';
import { createKeyHandOver, cutHanded, type HandedPage, type KeyHandOver } from './key-hand-over.ts';
import { logSignals } from './log-signals.ts';
import { createObjectAlerts } from './object-alerts.ts';
import { createObjectOperationHolds } from './object-operation-holds.ts';
import { createObjectSequencers } from './object-sequencer.ts';
import { releaseUnheld } from './release-unheld.ts';
import { createSqlDirectRequests, type SqlDirectRequests } from './sql-direct-requests.ts';
import { createSqlSequencerRows } from './sql-sequencer-rows.ts';

export class SequencerObject extends DurableObject<Env> implements Sequencer {
  readonly #core: SequencerCore;
  readonly #feed: JournalFeed;
  readonly #bell: DoorbellRinger;
  readonly #fanOut: IntakeFanOut;
  readonly #telemetry: Telemetry = createTelemetry();
  /** Null where there has been one generation only. */
  readonly #handOver: KeyHandOver | null = null;
  readonly #requests: SqlDirectRequests;
  readonly #sequencers: Sequencers;
  readonly #claim: (request: ClaimRequest) => Promise<ClaimAnswer>;
  readonly #partition: number;
  readonly #holds: OperationHolds;
  readonly #alerts: AlertFeed;
  /** When the alarm is set for, epoch ms; undefined: not known yet; null: not set. */
  #alarmAt: number | null | undefined;
  #prunedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const place = parseSequencerName(ctx.id.name);
    if (place === null)
      throw new Error(`a sequencer is named g{generation}/p{partition}, not ${ctx.id.name}`);
    this.#partition = place.partition;
    const variables = parseVariables({ ...env });
    if (!variables.ok)
      throw new Error(variables.error.map(({ field, rule }) => `${field} ${rule}`).join('; '));
    const { ledgerHorizonMs, previousPartitions } = variables.value;
    const counts = [...previousPartitions, variables.value.partitions];
    const partitions = counts[place.generation - 1] ?? variables.value.partitions;
    this.#core = createSequencer(createSqlSequencerRows(ctx.storage), {
      ...place,
      partitions,
      ledgerHorizonMs,
      newest: { generation: counts.length, partitions: variables.value.partitions },
    });
    this.#requests = createSqlDirectRequests(ctx.storage.sql);
    const { generation, partitions: presentCount } = variables.value;
    const present = { generation, partitions: presentCount, previousPartitions };
    this.#sequencers = createObjectSequencers(env.SEQUENCER, present);
    const journal: Journal = createD1Journal(env.DB);
    this.#feed = createJournalFeed({
      core: this.#core,
      journal,
      clock: systemClock,
      telemetry: this.#telemetry,
      ...place,
    });
    this.#bell = createDoorbellRinger({
      ring: () => env.DOORBELLS.send({ v: 1, ...place }),
      sync: () => ctx.storage.sync(),
      clock: systemClock,
      telemetry: this.#telemetry,
      partition: place.partition,
    });
    if (counts.length > 1) {
      this.#handOver = createKeyHandOver({
        core: this.#core,
        namespace: env.SEQUENCER,
        counts,
        clock: systemClock,
        ...place,
      });
    }
    this.#fanOut = createIntakeFanOut({
      core: this.#core,
      of: (partition) => this.#sequencers.of(partition),
      rejected: createD1RejectedRequests(env.DB, systemClock),
      clock: systemClock,
      randomness: systemRandomness,
      telemetry: this.#telemetry,
      partition: place.partition,
      changed: () => this.#after(null),
    });
    this.#holds = createObjectOperationHolds({
      namespace: env.TARGET,
      clock: systemClock,
      telemetry: this.#telemetry,
    });
    this.#alerts = createAlertFeed({
      core: this.#core,
      storage: ctx.storage,
      alerts: createObjectAlerts(env.ALERTS),
      settings: variables.value.alerts,
      clock: systemClock,
      telemetry: this.#telemetry,
      reporter: ctx.id.name ?? '',
      troubles: () => [...this.#feed.troubles(), ...this.#bell.troubles()],
    });
    this.#claim = createGroupCommit((requests) => this.#commitClaims(requests), systemClock.now);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    await this.#handOver?.fetchKey(request.event.orderingKey);
    return this.#claim(request);
  }

  /** Asked by the next generation: what stands here of the key, a page a call. From the first on, the key is its. */
  async handOver(orderingKey: string, page: number): Promise<HandedPage> {
    await this.#handOver?.fetchKey(orderingKey);
    return this.#after(cutHanded(this.#core.giveAway(orderingKey, Date.now()), page));
  }

  /** The next generation has the key. */
  async handedOver(orderingKey: string): Promise<void> {
    this.#core.dropHandedOver(orderingKey, Date.now());
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    this.#bell.answered();
    return this.#after(this.#core.lease(request, Date.now()));
  }

  async confirm(deliveryId: string, epoch: number): Promise<'go' | 'stop'> {
    return this.#core.confirm(deliveryId, epoch, Date.now());
  }

  async settle(request: SettleRequest): Promise<LeaseAnswer> {
    const settlements = (await this.#handOver?.forwardMoved(request.settlements)) ?? request.settlements;
    const options = { now: Date.now(), random: systemRandomness.next };
    return this.#after(this.#core.settle({ ...request, settlements }, options));
  }

  async replay(request: ReplayRequest): Promise<ReplayAnswer> {
    if (request.orderingKey !== undefined) await this.#handOver?.fetchKey(request.orderingKey);
    return this.#after(this.#core.replay(request, Date.now()));
  }

  async replayMany(request: ReplayManyRequest): Promise<ReplayManyAnswer> {
    return this.#after(this.#core.replayMany(request, Date.now()));
  }

  async resolve(request: ResolveRequest): Promise<ResolveAnswer> {
    return this.#after(this.#core.resolve(request, Date.now()));
  }

  async releaseMany(request: ReleaseManyRequest): Promise<ReleaseManyAnswer> {
    return this.#after(this.#core.releaseMany(request, Date.now()));
  }

  async pollNow(deliveryId: string): Promise<PollNowAnswer> {
    return this.#after(this.#core.pollNow(deliveryId, Date.now()));
  }

  /** A target's object says that deliveries go on. */
  async resumeTarget(request: ResumeTargetRequest): Promise<ResumeTargetAnswer> {
    return this.#after(this.#core.resumeTarget(request, Date.now()));
  }

  async find(deliveryId: string): Promise<FindAnswer | null> {
    return this.#core.find(deliveryId, Date.now());
  }

  async recordRequest(request: DirectRequest): Promise<RecordAnswer> {
    return this.#after(this.#requests.record(request, Date.now()));
  }

  async findRequest(hash: string): Promise<DirectRequest | null> {
    return this.#requests.find(hash);
  }

  async acknowledgeRequest(hash: string, deliveryId: string): Promise<void> {
    this.#requests.acknowledge(hash, deliveryId);
  }

  async listOpen(request: ListRequest): Promise<readonly DeliveryView[]> {
    return this.#core.listOpen(request, Date.now());
  }

  async listLines(request: LinesRequest): Promise<readonly LineSummary[]> {
    return this.#core.listLines(request, Date.now());
  }

  async flushJournal(): Promise<{ readonly behind: number }> {
    await this.#feed.flush();
    return { behind: this.#core.stats(Date.now()).unjournaled };
  }

  async stats(): Promise<PartitionStats> {
    // After a start memory takes every open event for one the journal lacks: it says itself what it has.
    if (!this.#feed.isStandingKnown()) await this.#feed.flush();
    return this.#core.stats(Date.now());
  }

  async claimIntake(request: IntakeRequest) {
    return this.#after(this.#core.intakes.claim(request, Date.now()));
  }

  async claimMany(requests: readonly ClaimRequest[]): Promise<readonly ClaimAnswer[]> {
    const keys = new Set(requests.map(({ event }) => event.orderingKey));
    await Promise.all([...keys].map((key) => this.#handOver?.fetchKey(key)));
    return this.#commitClaims(requests);
  }

  async leaseItems(request: ItemLeaseRequest) {
    this.#bell.answered();
    return this.#after(this.#core.intakes.lease(request, Date.now()));
  }

  async settleItems(settlements: readonly ItemSettlement[]) {
    const timed = { now: Date.now(), random: systemRandomness.next };
    this.#after(this.#core.intakes.settle(settlements, timed));
  }

  async findIntake(id: string) {
    return this.#core.intakes.find(id, Date.now());
  }

  async listIntakes() {
    return this.#core.intakes.list(Date.now());
  }

  async reviveIntake(request: ReviveRequest) {
    return this.#after(this.#core.intakes.revive(request, Date.now()));
  }

  /** The watchdog's knock: a partition with work whose alarm was lost gets one again. */
  async wake(): Promise<void> {
    this.#alarmAt = undefined;
    this.#bell.forget();
    this.#after(null);
    this.#alerts.lookAgain();
    await this.#alerts.flush();
    const deps = { holds: this.#holds, sequencer: this, telemetry: this.#telemetry };
    await releaseUnheld(deps, this.#core.operationsHeldUntried(Date.now()));
    this.#ensureAlarm();
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = Date.now() + watchdogMs;
    await this.ctx.storage.setAlarm(this.#alarmAt);
    try {
      this.#core.tick(Date.now());
      const signals = this.#core.takeSignals();
      if (signals.length > 0) this.#tell(signals);
      this.#ringIfReady();
      await Promise.all([this.#fanOut.run(), this.#feed.flush()]);
      await this.#alerts.flush();
      this.#prune();
      await this.#repeatClaims();
    } catch (error) {
      this.#telemetry.log('error', 'alarm.failed', { partition: this.#partition, error: String(error) });
      return;
    }
    this.#bell.overdue();
    this.#ringIfReady();
    await this.#setAlarm(this.#wantedAlarm());
  }

  /** One transaction for claims that came together. */
  #commitClaims(requests: readonly ClaimRequest[]): readonly ClaimAnswer[] {
    return this.#after(this.#core.claimMany(requests, Date.now()));
  }

  /** After every change, in the same turn: so that the alarm is written together with the rows it is for. */
  #after<T>(answer: T): T {
    this.#tell(this.#core.takeSignals());
    this.#ringIfReady();
    // At once, where the alarm would be a little later; the alarm makes up for a fan-out that died.
    if (this.#core.intakes.hasDueFanOut(Date.now())) void this.#fanOut.run();
    this.#ensureAlarm();
    return answer;
  }

  #ensureAlarm(): void {
    const wanted = this.#wantedAlarm();
    if (
      wanted !== null &&
      (this.#alarmAt === undefined || this.#alarmAt === null || wanted < this.#alarmAt)
    ) {
      this.#alarmAt = wanted;
      void this.ctx.storage.setAlarm(wanted);
    }
  }

  #tell(signals: readonly Signal[]): void {
    logSignals(this.#telemetry, signals);
    this.#alerts.changed(signals);
  }

  #ringIfReady(): void {
    if (this.#hasBellWork(Date.now())) this.#bell.ring();
  }

  #hasBellWork(now: number): boolean {
    return this.#core.hasReady(now) || this.#core.intakes.hasDueFetch(now);
  }

  #wantedAlarm(): number | null {
    const now = Date.now();
    const times = [
      this.#core.nextTickAt(now),
      this.#hasBellWork(now) ? this.#bell.ringAgainAt() : null,
      this.#core.intakes.nextAt(now),
      this.#feed.wantedAt(),
      this.#alerts.wantedAt(),
      this.#requests.nextDueAt(),
    ].filter((at) => at !== null);
    return times.length === 0 ? null : Math.max(Math.min(...times), now);
  }

  async #setAlarm(at: number | null): Promise<void> {
    // Something that came while this alarm ran may have asked for an earlier one.
    this.#alarmAt = at;
    if (at === null) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(at);
  }

  /** Of requests whose caller went away between recording and claiming. */
  async #repeatClaims(): Promise<void> {
    for (const request of this.#requests.dueNow(Date.now())) {
      const isClaimed = await claimRequest(this.#sequencers, this, request);
      if (!isClaimed) this.#requests.postpone(request.hash, Date.now());
    }
  }

  /** A step a time, and a new walk at most once a day. */
  #prune(): void {
    const now = Date.now();
    if (now - this.#prunedAt < pruneEveryMs) return;
    const more = [this.#core.pruneStep(now), this.#core.intakes.pruneStep(now)];
    if (more.includes(true)) return;
    this.#requests.prune(now);
    this.#prunedAt = now;
  }
}

/** Next alarm while one is running, ms: longer than its bounded work, short enough not to be missed. */
const watchdogMs = 30_000;

/** Between two walks over the settled rows, ms. */
const pruneEveryMs = 24 * 3600 * 1000;
