// SequencerObject: one partition's sequencer as a Durable Object. Decides nothing itself: core/sequencer does. What it is
// made of is put together in sequencer-parts.ts, its alarm and its upkeep stand in object-alarm.ts and sequencer-upkeep.ts.
// Every call that may have changed something goes through #after(), so that bell, alarm and log follow.

import { DurableObject } from 'cloudflare:workers';
import type { CostReading } from '../../core/costs.ts';
import type { DirectRequest, RecordAnswer } from '../../core/direct-request.ts';
import type { HeldQuery } from '../../core/reconcile.ts';
import type {
  BulkStepAnswer,
  BulkStepRequest,
  PlanReplaysAnswer,
  PlanReplaysRequest,
  ReplayManyAnswer,
  ReplayManyRequest,
} from '../../core/sequencer/bulk-replay-messages.ts';
import type { EarlierClaim } from '../../core/sequencer/claim-earlier.ts';
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
  ReplayRequest,
  ResolveAnswer,
  ResolveRequest,
  ResumeTargetAnswer,
  ResumeTargetRequest,
  SettleRequest,
  StopRequest,
} from '../../core/sequencer/messages.ts';
import type { SequencerCore } from '../../core/sequencer/sequencer.ts';
import type { SubscriptionSet } from '../../core/subscriptions/subscription.ts';
import type { Sequencer } from '../../pipeline/ports.ts';
import { systemClock, systemRandomness } from '../clock.ts';
import { costMeter } from '../costs/cost-meter.ts';
import { countRequests, countStorage } from '../costs/count-object.ts';
import type { DoorbellRinger } from './doorbell-ringer.ts';
import { createGroupCommit } from './group-commit.ts';
import { cutHanded, type HandedPage, type KeyHandOver } from './key-hand-over.ts';
import { createSequencerParts, type SequencerParts } from './sequencer-parts.ts';
import { createSequencerUpkeep, type SequencerUpkeep } from './sequencer-upkeep.ts';

export class SequencerObject extends DurableObject<Env> implements Sequencer {
  readonly #parts: SequencerParts;
  readonly #upkeep: SequencerUpkeep;
  readonly #core: SequencerCore;
  readonly #bell: DoorbellRinger;
  readonly #handOver: KeyHandOver | null;
  readonly #claim: (request: ClaimRequest) => Promise<ClaimAnswer>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const storage = countStorage(ctx.storage, costMeter);
    this.#parts = createSequencerParts({ ctx, env, storage, changed: () => this.#after(null) });
    this.#upkeep = createSequencerUpkeep(this.#parts, { storage, sequencer: this });
    this.#core = this.#parts.core;
    this.#bell = this.#parts.bell;
    this.#handOver = this.#parts.handOver;
    this.#claim = createGroupCommit((requests) => this.#commitClaims(requests), systemClock.now);
  }

  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    const kept = await this.#parts.earlierKeys.claim(request);
    if (kept !== null) return kept;
    await this.#handOver?.fetchKey(request.event.orderingKey);
    return this.#claim(request);
  }

  /** Asked by the object of the key the event has today; null: this key has seen nothing while it was its key. */
  async claimEarlier(request: EarlierClaim): Promise<ClaimAnswer | null> {
    await this.#handOver?.fetchKey(request.event.orderingKey);
    return this.#after(this.#core.claimEarlier(request, Date.now()));
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

  /** Offered by the generation before, which would else keep what nobody leases. */
  async takeKey(orderingKey: string): Promise<void> {
    await this.#handOver?.fetchKey(orderingKey);
    this.#after(null);
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

  async bulkStep(request: BulkStepRequest): Promise<BulkStepAnswer> {
    return this.#after(this.#core.bulkStep(request, Date.now()));
  }

  /** Asked by Workers of an earlier version, while a deploy or a rollback goes on. */
  async replayMany(request: ReplayManyRequest): Promise<ReplayManyAnswer> {
    return this.#after(this.#core.replayMany(request, Date.now()));
  }

  async planReplays(request: PlanReplaysRequest): Promise<PlanReplaysAnswer> {
    return this.#after(this.#core.planReplays(request, Date.now()));
  }

  async resolve(request: ResolveRequest): Promise<ResolveAnswer> {
    return this.#after(this.#core.resolve(request, Date.now()));
  }

  async stop(request: StopRequest): Promise<ResolveAnswer> {
    return this.#after(this.#core.stop(request, Date.now()));
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
    return this.#after(await this.#parts.records.recordRequest(request));
  }

  async findRequest(hash: string): Promise<DirectRequest | null> {
    return this.#parts.records.findRequest(hash);
  }

  async acknowledgeRequest(hash: string, deliveryId: string): Promise<void> {
    await this.#parts.records.acknowledgeRequest(hash, deliveryId);
  }

  /** Asked by the newest generation: what this one will not take any more, it may say of what it has. */
  async handOverRequest(hash: string): Promise<DirectRequest | null> {
    return this.#parts.records.handOverRequest(hash);
  }

  async handOverIntake(id: string): Promise<boolean> {
    return this.#parts.records.handOverIntake(id);
  }

  async holdsEvents(queries: readonly HeldQuery[]): Promise<readonly boolean[]> {
    const keys = new Set(queries.map(({ orderingKey }) => orderingKey));
    await Promise.all([...keys].map((key) => this.#handOver?.fetchKey(key)));
    return this.#core.holdsEvents(queries, Date.now());
  }

  async listOpen(request: ListRequest): Promise<readonly DeliveryView[]> {
    return this.#core.listOpen(request, Date.now());
  }

  async listLines(request: LinesRequest): Promise<readonly LineSummary[]> {
    return this.#core.listLines(request, Date.now());
  }

  async flushJournal(): Promise<{ readonly behind: number }> {
    await this.#parts.feed.flush();
    return { behind: this.#core.stats(Date.now()).unjournaled };
  }

  async stats(): Promise<PartitionStats> {
    // After a start memory takes every open event for one the journal lacks: it says itself what it has.
    if (!this.#parts.feed.isStandingKnown()) await this.#parts.feed.flush();
    return this.#core.stats(Date.now());
  }

  async claimIntake(request: IntakeRequest) {
    return this.#after(await this.#parts.records.claimIntake(request));
  }

  async claimMany(requests: readonly ClaimRequest[]): Promise<readonly ClaimAnswer[]> {
    // One after the other: several may be of one earlier key, and stand there in their order.
    const kept: (ClaimAnswer | null)[] = [];
    for (const request of requests) kept.push(await this.#parts.earlierKeys.claim(request));
    const own = requests.filter((_, index) => kept[index] === null);
    const keys = new Set(own.map(({ event }) => event.orderingKey));
    await Promise.all([...keys].map((key) => this.#handOver?.fetchKey(key)));
    const claimed = own.length === 0 ? [] : [...this.#commitClaims(own)];
    return kept.map((answer) => answer ?? (claimed.shift() as ClaimAnswer));
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

  /** The live tail has listeners, until then at least: it is told what changes. */
  async tellTail(untilAt: number): Promise<void> {
    this.#parts.tail.listen(untilAt);
  }

  /** What its isolate has counted. */
  async costs(): Promise<CostReading> {
    return costMeter.read();
  }

  /** The watchdog's knock: a partition with work whose alarm was lost gets one again. */
  async wake(subscriptions: SubscriptionSet | null = null): Promise<void> {
    if (subscriptions !== null) this.#core.learnSubscriptions(subscriptions, Date.now());
    await this.#upkeep.wake();
  }

  override async alarm(info?: AlarmInvocationInfo): Promise<void> {
    await this.#upkeep.alarm(info);
  }

  /** One transaction for claims that came together. */
  #commitClaims(requests: readonly ClaimRequest[]): readonly ClaimAnswer[] {
    const answers = this.#core.claimMany(requests, Date.now());
    for (const answer of answers) {
      if (answer.kind === 'claimed') costMeter.add(answer.status === 'duplicate' ? 'duplicates' : 'events');
    }
    return this.#after(answers);
  }

  /** After every change, in the same turn: so that the alarm is written together with the rows it is for. */
  #after<T>(answer: T): T {
    this.#upkeep.changed();
    return answer;
  }
}

countRequests(SequencerObject.prototype, costMeter);
