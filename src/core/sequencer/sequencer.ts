// The sequencer of one partition: memory over its rows, every change one transaction. If anything throws, the transaction
// is rolled back and the memory dropped: the next call starts again from the rows, which are always whole.
// Pure but for the rows port; the clock and randomness are passed into each call.

import type { HeldQuery } from '../reconcile.ts';
import type { SubscriptionSet } from '../subscriptions/subscription.ts';
import type { TailBatch } from '../tail/tail-changes.ts';
import type {
  BulkStepAnswer,
  BulkStepRequest,
  PlanReplaysAnswer,
  PlanReplaysRequest,
  ReplayManyAnswer,
  ReplayManyRequest,
} from './bulk-replay-messages.ts';
import { bulkStep } from './bulk-step.ts';
import { claim } from './claim.ts';
import { claimEarlier, type EarlierClaim } from './claim-earlier.ts';
import { type ConditionThresholds, type PartitionConditions, partitionConditions } from './conditions.ts';
import { dropHandedOver, giveAway, type HandedRecord, knowsKey, takeOver, untakenKeys } from './hand-over.ts';
import { holdsEvent } from './holds-event.ts';
import { createIntakeCore, type IntakeCore } from './intake-core.ts';
import { expireItems } from './intake-enrich.ts';
import {
  acknowledgeJournal,
  adoptJournal,
  cutJournal,
  type JournalCut,
  pruneSettled,
} from './journal-cut.ts';
import { confirm, hasReady, lease } from './lease.ts';
import { listLines } from './lines.ts';
import { createMemory } from './memory.ts';
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
  Signal,
  StopRequest,
} from './messages.ts';
import { replay, replayMany } from './operator.ts';
import { planReplays } from './plan-replays.ts';
import { pollNow } from './poll-now.ts';
import type { SequencerRows } from './record.ts';
import { type HeldOperation, operationsHeldUntried, releaseMany } from './release.ts';
import { resolve } from './resolve.ts';
import { resumeTarget } from './resume-target.ts';
import { type Random, settleAll } from './settle.ts';
import { learnSubscriptions, type SequencerConfig } from './state.ts';
import { stop } from './stop.ts';
import { nextTickAt, tick } from './tick.ts';
import { find, listOpen, stats } from './views.ts';

export type SequencerCore = {
  /** Claims that came together share one transaction: one sync to disk. */
  readonly claimMany: (requests: readonly ClaimRequest[], now: number) => readonly ClaimAnswer[];
  /** Under a key of an earlier entity rule; null: the key has nothing of that time. */
  readonly claimEarlier: (request: EarlierClaim, now: number) => ClaimAnswer | null;
  readonly lease: (request: LeaseRequest, now: number) => LeaseAnswer;
  /** Who is told of what ends, where no lease says so. */
  readonly learnSubscriptions: (told: SubscriptionSet, now: number) => void;
  readonly confirm: (deliveryId: string, epoch: number, now: number) => 'go' | 'stop';
  /** Settles, then hands out what is next. */
  readonly settle: (
    request: SettleRequest,
    options: { readonly now: number; readonly random: Random },
  ) => LeaseAnswer;
  readonly replay: (request: ReplayRequest, now: number) => ReplayAnswer;
  readonly replayMany: (request: ReplayManyRequest, now: number) => ReplayManyAnswer;
  readonly bulkStep: (request: BulkStepRequest, now: number) => BulkStepAnswer;
  readonly planReplays: (request: PlanReplaysRequest, now: number) => PlanReplaysAnswer;
  readonly resolve: (request: ResolveRequest, now: number) => ResolveAnswer;
  readonly stop: (request: StopRequest, now: number) => ResolveAnswer;
  readonly releaseMany: (request: ReleaseManyRequest, now: number) => ReleaseManyAnswer;
  /** Operations something is held for that was not tried. */
  readonly operationsHeldUntried: (now: number) => readonly HeldOperation[];
  /** A callback: the ERP's job is asked after now. */
  readonly pollNow: (deliveryId: string, now: number) => PollNowAnswer;
  readonly resumeTarget: (request: ResumeTargetRequest, now: number) => ResumeTargetAnswer;
  readonly find: (deliveryId: string, now: number) => FindAnswer | null;
  /** Of each query, whether what it means is here. */
  readonly holdsEvents: (queries: readonly HeldQuery[], now: number) => readonly boolean[];
  readonly listOpen: (request: ListRequest, now: number) => readonly DeliveryView[];
  readonly listLines: (request: LinesRequest, now: number) => readonly LineSummary[];
  /** What somebody should be told of. */
  readonly conditions: (thresholds: ConditionThresholds, now: number) => PartitionConditions;
  readonly stats: (now: number) => PartitionStats;
  readonly tick: (now: number) => void;
  /** Epoch ms of the next tick that would change something; null: none. */
  readonly nextTickAt: (now: number) => number | null;
  readonly hasReady: (now: number) => boolean;
  readonly cutJournal: (bounds: { maxEntries: number; maxBytes: number }, now: number) => JournalCut | null;
  /** Old generation: gives all it knows of the key, and refuses every later claim of it. */
  readonly giveAway: (orderingKey: string, now: number) => readonly HandedRecord[];
  readonly dropHandedOver: (orderingKey: string, now: number) => void;
  /** Keys to offer to the next generation again, each once in a while. */
  readonly untakenKeys: (now: number) => readonly string[];
  readonly isMoved: (orderingKey: string, now: number) => boolean;
  /** New generation: whether the key is here already. */
  readonly knowsKey: (orderingKey: string, now: number) => boolean;
  readonly takeOver: (orderingKey: string, handed: readonly HandedRecord[], now: number) => void;
  /** Something changed that the journal has not acknowledged. */
  readonly hasUnjournaled: (now: number) => boolean;
  /** After a start, before the first acknowledgement: how far an earlier build has written everything in rows. */
  readonly adoptJournal: (completeThrough: number, now: number) => void;
  /** True where more is left to move. */
  readonly acknowledgeJournal: (appliedThrough: number, now: number) => boolean;
  /** True where the walk over the settled rows has not come to its end. */
  readonly pruneStep: (now: number) => boolean;
  readonly intakes: IntakeCore;
  /** Whether changes are kept for the live tail. */
  readonly listen: (isListening: boolean) => void;
  /** What changed since the last call, for the live tail; empty where nobody listens. */
  readonly takeTail: () => TailBatch;
  /** What happened since the last call: for logs, metrics and alerts. */
  readonly takeSignals: () => readonly Signal[];
};

export function createSequencer(rows: SequencerRows, config: SequencerConfig): SequencerCore {
  const { change, look, listen, takeTail, takeSignals } = createMemory(rows, config);

  return {
    claimMany: (requests, now) => change(now, (state) => requests.map((request) => claim(state, request))),
    claimEarlier: (request, now) => change(now, (state) => claimEarlier(state, request)),
    lease: (request, now) =>
      change(now, (state) => {
        learnSubscriptions(state, request.subscriptions);
        tick(state);
        return lease(state, request, { fresh: true });
      }),
    learnSubscriptions: (told, now) => change(now, (state) => learnSubscriptions(state, told)),
    confirm: (deliveryId, epoch, now) => look(now, (state) => confirm(state, deliveryId, epoch)),
    settle: (request, { now, random }) =>
      change(now, (state) => {
        settleAll(state, request.settlements, random);
        tick(state);
        return lease(state, request, { fresh: false });
      }),
    replay: (request, now) => change(now, (state) => replay(state, request)),
    replayMany: (request, now) => change(now, (state) => replayMany(state, request)),
    bulkStep: (request, now) => change(now, (state) => bulkStep(state, request)),
    planReplays: (request, now) => look(now, (state) => planReplays(state, request)),
    resolve: (request, now) => change(now, (state) => resolve(state, request)),
    stop: (request, now) => change(now, (state) => stop(state, request)),
    releaseMany: (request, now) => change(now, (state) => releaseMany(state, request)),
    operationsHeldUntried: (now) => look(now, operationsHeldUntried),
    pollNow: (deliveryId, now) => change(now, (state) => pollNow(state, deliveryId)),
    resumeTarget: (request, now) => change(now, (state) => resumeTarget(state, request)),
    find: (deliveryId, now) => look(now, (state) => find(state, deliveryId)),
    holdsEvents: (queries, now) => look(now, (state) => queries.map((query) => holdsEvent(state, query))),
    listOpen: (request, now) => look(now, (state) => listOpen(state, request)),
    listLines: (request, now) => look(now, (state) => listLines(state, request)),
    conditions: (thresholds, now) => look(now, (state) => partitionConditions(state, thresholds)),
    stats: (now) => look(now, stats),
    tick: (now) =>
      change(now, (state) => {
        tick(state);
        expireItems(state);
      }),
    nextTickAt: (now) => look(now, nextTickAt),
    hasReady: (now) => look(now, hasReady),
    cutJournal: (bounds, now) => look(now, (state) => cutJournal(state, bounds)),
    giveAway: (orderingKey, now) => change(now, (state) => giveAway(state, orderingKey)),
    dropHandedOver: (orderingKey, now) => change(now, (state) => dropHandedOver(state, orderingKey)),
    untakenKeys: (now) => look(now, untakenKeys),
    isMoved: (orderingKey, now) =>
      look(now, (state) => state.hasMovedKeys && state.rows.isMoved(orderingKey)),
    knowsKey: (orderingKey, now) => look(now, (state) => knowsKey(state, orderingKey)),
    takeOver: (orderingKey, handed, now) => change(now, (state) => takeOver(state, orderingKey, handed)),
    hasUnjournaled: (now) => look(now, (state) => state.unjournaled.size > 0),
    adoptJournal: (completeThrough, now) => change(now, (state) => adoptJournal(state, completeThrough)),
    acknowledgeJournal: (appliedThrough, now) =>
      change(now, (state) => acknowledgeJournal(state, appliedThrough)),
    pruneStep: (now) => change(now, pruneSettled),
    intakes: createIntakeCore({ change, look }),
    ...{ listen, takeTail, takeSignals },
  };
}
