// What the pipeline needs of the world. Bare roles here; Cloudflare's side of them is in src/platform.
// Pure types: nothing here may name a platform.

import type { Alert, AlertReport, AlertRule } from '../core/alerts/alert.ts';
import type { AttemptReport } from '../core/attempt-report.ts';
import type { ChainedAct, ChainHead } from '../core/audit/audit-chain.ts';
import type { CostReading } from '../core/costs.ts';
import type { Attempt, Exchange } from '../core/delivery.ts';
import type { DirectRequest, RecordAnswer } from '../core/direct-request.ts';
import type { ErpConnection } from '../core/erp.ts';
import type { ErpInstance } from '../core/erp-capabilities.ts';
import type { EventPayload } from '../core/event.ts';
import type { ParsedId } from '../core/ids.ts';
import type { OperatorAct } from '../core/operator-act.ts';
import type { ContractIssue } from '../core/outcome.ts';
import type { Differing } from '../core/precondition.ts';
import type { HeldQuery } from '../core/reconcile.ts';
import type {
  BulkStepAnswer,
  BulkStepRequest,
  PlanReplaysAnswer,
  PlanReplaysRequest,
} from '../core/sequencer/bulk-replay-messages.ts';
import type {
  ClaimAnswer,
  ClaimRequest,
  DeliveryFilter,
  DeliveryView,
  FindAnswer,
  LeaseAnswer,
  LeaseRequest,
  LineSummary,
  LinesRequest,
  ListCursor,
  ListRequest,
  PartitionStats,
  PollNowAnswer,
  ReleaseManyAnswer,
  ReleaseManyRequest,
  ReplayAnswer,
  ReplayRequest,
  ResolveAnswer,
  ResolveRequest,
  SettleRequest,
  StopRequest,
} from '../core/sequencer/messages.ts';
import type { EventRecord } from '../core/sequencer/record.ts';
import type { TargetDefinition } from '../core/target.ts';
import type { Admission, AdmitRequest } from '../core/target-gate-state.ts';
import type { AuthorizeAnswer, TargetAct, TargetView } from '../core/target-view.ts';
import type { IntakeSequencer } from './intake-ports.ts';
import type { AttemptTrace } from './tracing.ts';

/** The sequencer of one partition. Calls may throw a `PortError`: what is not answered is not known. */
export interface Sequencer extends IntakeSequencer {
  claim(request: ClaimRequest): Promise<ClaimAnswer>;
  lease(request: LeaseRequest): Promise<LeaseAnswer>;
  /** Right before the first write of an attempt that started in doubt. */
  confirm(deliveryId: string, epoch: number): Promise<'go' | 'stop'>;
  settle(request: SettleRequest): Promise<LeaseAnswer>;
  replay(request: ReplayRequest): Promise<ReplayAnswer>;
  /** The next places of a bulk job; the same step again is answered by what it did. */
  bulkStep(request: BulkStepRequest): Promise<BulkStepAnswer>;
  /** What a bulk job of the filter would take. */
  planReplays(request: PlanReplaysRequest): Promise<PlanReplaysAnswer>;
  resolve(request: ResolveRequest): Promise<ResolveAnswer>;
  /** Holds or cancels what waits. */
  stop(request: StopRequest): Promise<ResolveAnswer>;
  /** The hold of an operation is lifted first, or they would be held again. */
  releaseMany(request: ReleaseManyRequest): Promise<ReleaseManyAnswer>;
  /** A callback: the ERP's job is asked after now. */
  pollNow(deliveryId: string): Promise<PollNowAnswer>;
  find(deliveryId: string): Promise<FindAnswer | null>;
  /** A direct request, kept by the hash of its caller and key. */
  recordRequest(request: DirectRequest): Promise<RecordAnswer>;
  findRequest(hash: string): Promise<DirectRequest | null>;
  /** It is claimed: what the claim needed is dropped. */
  acknowledgeRequest(hash: string, deliveryId: string): Promise<void>;
  /** Of each query, whether the event, or what it means, is here. */
  holdsEvents(queries: readonly HeldQuery[]): Promise<readonly boolean[]>;
  /** Open deliveries only: what is closed is the journal's to list. */
  listOpen(request: ListRequest): Promise<readonly DeliveryView[]>;
  /** Lines with something open in them, longest blocked first. */
  listLines(request: LinesRequest): Promise<readonly LineSummary[]>;
  /** Writes what the journal has not got yet. `behind` is what is left after it. */
  flushJournal(): Promise<{ readonly behind: number }>;
  stats(): Promise<PartitionStats>;
}

export interface Sequencers {
  readonly partitions: number;
  readonly generation: number;
  /** A sequencer of this generation. */
  of(partition: number): Sequencer;
  /** Every sequencer, those of earlier generations first. */
  all(): readonly Sequencer[];
  /** Where each of all() is, in the same order. */
  places(): readonly { readonly generation: number; readonly partition: number }[];
  /** Those that may keep the ordering key, this generation's first. */
  forKey(orderingKey: string): readonly Sequencer[];
  /** Those that may know what the id names, the one that made it first. */
  forId(id: ParsedId): readonly Sequencer[];
  /** Null: there is no such partition. */
  forBell(bell: { readonly generation: number; readonly partition: number }): Sequencer | null;
}

/** A call to the platform that failed. `retryable`: the same call may be made again at once. */
export class PortError extends Error {
  readonly retryable: boolean;
  readonly overloaded: boolean;
  constructor(message: string, options: { retryable: boolean; overloaded: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'PortError';
    this.retryable = options.retryable;
    this.overloaded = options.overloaded;
  }
}

export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Randomness {
  /** [0, 1) */
  next(): number;
  uuid(): string;
}

/** Fields are ids, counts and facts: never a secret, a body or a signature. Their names are never `level` or `event`. */
export interface Telemetry {
  log(level: 'info' | 'warn' | 'error', event: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Takes what reporters complain about, tells people, and shows it. */
export interface Alerts {
  /** Durable when it resolves. Throws a PortError: the same report may be sent again. */
  report(report: AlertReport): Promise<void>;
  /** The newest first. `before`: the id after which the page begins. */
  list(request: {
    readonly status: Alert['status'] | null;
    readonly before: string | null;
    readonly limit: number;
  }): Promise<readonly Alert[]>;
  /** Null: no such alert is open. */
  acknowledge(id: string, act: { readonly by: string; readonly note: string }): Promise<Alert | null>;
  /** Nobody is told of a muted one, open or coming; it is in the book all the same. Its issue is ignored. */
  mute(of: { readonly rule: AlertRule; readonly cause: string; readonly muted: boolean }): Promise<void>;
}

/** Null: any. */
export type AuditFilter = {
  readonly actor: string | null;
  readonly action: string | null;
  readonly deliveryId: string | null;
  readonly orderingKey: string | null;
  readonly target: string | null;
};

/** Null: it is not in the chain yet. */
export type ListedAct = OperatorAct & { readonly number: number | null; readonly hash: string | null };

/** Where the chain ends, as its writer knows it; `problem`: what was found to have been changed from outside, ever. */
export type AuditStanding = { readonly head: ChainHead; readonly problem: string | null };

/** What persons did. Acts on deliveries come by the journal and are only read here. Throws a PortError. */
export interface AuditLog {
  /** Durable when it resolves. */
  record(act: OperatorAct): Promise<void>;
  /** Chains what is not chained yet. */
  flush(): Promise<AuditStanding>;
  /** Of the chain, in its order. */
  export(range: { readonly after: number; readonly limit: number }): Promise<readonly ChainedAct[]>;
  /** The newest first; `before`: the act after which the page begins. */
  list(request: {
    readonly filter: AuditFilter;
    readonly before: { readonly at: number; readonly id: string } | null;
    readonly limit: number;
  }): Promise<readonly ListedAct[]>;
}

/** One request with an Idempotency-Key: whose, which, what, and when it was begun (epoch ms). */
export type KeptAct = {
  readonly caller: string;
  readonly key: string;
  readonly hash: string;
  readonly startedAt: number;
};

/** `body` null: it held a secret. */
export type KeptAnswer = {
  readonly status: number;
  readonly location: string | null;
  readonly body: string | null;
};

/** Answers to acts that are not to be done twice. Throws a PortError. */
export interface KeptAnswers {
  /** `fresh`: the key is taken by this request, which is to end it. */
  begin(
    act: KeptAct,
  ): Promise<
    | { readonly kind: 'fresh' | 'running' | 'other_request' }
    | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  >;
  finish(act: KeptAct, answer: KeptAnswer): Promise<void>;
  /** Nothing was done: the key is free again. */
  release(act: KeptAct): Promise<void>;
}

/** Why no delivery of an operation is tried on a target: an answer no longer had its shape. */
export type OperationHold = {
  readonly operation: string;
  /** Epoch ms. */
  readonly since: number;
  /** The delivery that found it. */
  readonly deliveryId: string;
  readonly adapter: string;
  readonly issues: readonly ContractIssue[];
};

/** The operations that are held, by target. Shared by all partitions; may be a few seconds late in telling of a new hold. */
export interface OperationHolds {
  /** Null: it may run, or nobody can say. Never throws: a hold that cannot be asked for stops no delivery. */
  find(target: string, operation: string): Promise<OperationHold | null>;
  /** The first finding stays. Never throws. */
  record(target: string, hold: OperationHold): Promise<void>;
  list(target: string): Promise<readonly OperationHold[]>;
  /** Null: every operation of the target. */
  lift(target: string, operation: string | null): Promise<void>;
}

/** Tells callers that their jobs ended. Signs nothing itself and follows no redirect. */
export interface NoticeSender {
  /** The only origins it may send to. */
  readonly origins: readonly string[];
  /** `whsec_…` */
  readonly secret: string;
  /** `status`: null where no answer came. */
  send(notice: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  }): Promise<{ readonly status: number | null; readonly exchange: Exchange }>;
}

export type EndedBatch = { readonly batch: string; readonly reports: readonly AttemptReport[] };

/** Admission to targets: one call for all that a batch has for a target, and for what its attempts came to. */
export interface TargetGates {
  admit(request: AdmitRequest): Promise<Admission>;
  /** A batch is done, its attempts were healthy: for whichever asks next. It may be lost; absent, every batch tells its own. */
  note?(targetId: string, ended: EndedBatch): void;
}

/** What an operator sees of a target and does to it. */
export interface TargetControls {
  view(targetId: string): Promise<TargetView>;
  pause(targetId: string, act: TargetAct): Promise<TargetView | Differing>;
  resume(targetId: string, act: TargetAct): Promise<TargetView | Differing>;
  setCircuit(targetId: string, wanted: 'open' | 'closed', act: TargetAct): Promise<TargetView | Differing>;
  /** Logs in where the target is held `unauthorized`; its deliveries are let go where that succeeds. */
  authorize(targetId: string): Promise<AuthorizeAnswer>;
}

/** Opens a connection to a target for one attempt. `deadlineAt` (epoch ms): no write starts when it cannot end before. */
export interface ErpConnections {
  open(options: {
    readonly target: TargetDefinition;
    /** Whose event it is: a source may have a credential of its own there. Absent: the target's. */
    readonly source?: string;
    /** Of the attempt it is for. Null or absent: nothing is traced. */
    readonly trace?: AttemptTrace | null;
    readonly timeoutMs: number;
    readonly deadlineAt: number;
    /** Called right before the first write leaves; `stop` means it must not. */
    readonly beforeFirstWrite: () => Promise<'go' | 'stop'>;
  }): OpenErpConnection;
}

export type OpenErpConnection = {
  readonly erp: ErpConnection;
  /** What was sent and answered, in order. */
  readonly exchanges: readonly Exchange[];
  /** When the last byte of a write went out, epoch ms; null: no write left. */
  readonly lastWriteAt: () => number | null;
  /** How many writes left. More than one: an operation of several steps has begun. */
  readonly writeCount: () => number;
};

/** `at`: when it was asked for, epoch ms. */
export type InstanceReading =
  | { readonly kind: 'read'; readonly instance: ErpInstance; readonly at: number }
  | { readonly kind: 'unread'; readonly message: string; readonly at: number }
  /** The adapter has no way to ask. */
  | { readonly kind: 'not_offered' };

/** What the running ERPs say of themselves. */
export interface ErpInstances {
  /** Not older than `maxAgeMs`, else read now. Never throws. */
  find(target: TargetDefinition, maxAgeMs: number): Promise<InstanceReading>;
}

/** One partition's change set; `from` exclusive, `to` inclusive. */
export type JournalBatch = {
  readonly generation: number;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  /** Up to it nothing is left out because it waits quietly in its sequencer; absent: up to `to`. */
  readonly completeThrough?: number;
  readonly entries: readonly JournalEntry[];
};

/** A record as it is at the time of the flush. The payload comes with the first entry of a record only. */
export type JournalEntry = {
  readonly record: EventRecord;
  readonly payload: EventPayload | null;
  /** It simply succeeded, comes once and with its payload: it may share a row with others. Absent: it may not. */
  readonly simple?: boolean;
};

/** `completeThrough`: up to it everything is in rows of its own or was never left out; absent: the store does not tell. */
export type JournalAnswer = { readonly appliedThrough: number; readonly completeThrough?: number };

/** The read model and archive. */
export interface Journal {
  /**
   * Applies the batch if the partition stands at `from`, in one transaction, and says where it stands afterwards.
   * Another answer than `to` means that nothing was applied: cut again from there. Throws when the store is away.
   */
  append(batch: JournalBatch): Promise<JournalAnswer>;
}

/** `record.attempts` is empty: the journal has acknowledged them. The delivery's own stand in `attempts`, oldest first. */
export type ArchivedDelivery = DeliveryView & {
  readonly record: EventRecord;
  readonly payload: EventPayload | null;
  readonly attempts: readonly Attempt[];
};

/** `resume`: the look ended there before its end, and shows nothing of what comes after it; null: it did not. */
export type JournalPage = { readonly views: readonly DeliveryView[]; readonly resume: ListCursor | null };

export interface JournalReader {
  /** Without what simply succeeded under a wanted ordering key: its sequencer lists that. */
  list(request: {
    readonly filter: DeliveryFilter;
    readonly cursor: ListCursor | null;
    readonly limit: number;
  }): Promise<JournalPage>;
  find(deliveryId: string): Promise<ArchivedDelivery | null>;
}

/** What the relay counts of what the platform bills. */
export interface Costs {
  /** `unanswered`: objects whose isolates could not be asked. Several readings may be of one isolate. */
  read(): Promise<{ readonly readings: readonly CostReading[]; readonly unanswered: number }>;
}

/** A request that was not accepted but says something to the operator. Bounded in number and size by the store. */
export type RejectedRequest = {
  readonly id: string;
  readonly source: string;
  readonly at: number;
  readonly stage: 'receive' | 'verify' | 'parse';
  readonly reason: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bounded; kept only where the signature was right. */
  readonly body: Uint8Array<ArrayBuffer> | null;
};

/** Lists of rejected requests run from the newest: (at, id) descending. */
export type RejectedCursor = { readonly at: number; readonly id: string };

export interface RejectedRequests {
  record(request: RejectedRequest): Promise<void>;
  list(options: {
    /** Null: all. */
    readonly sources: readonly string[] | null;
    readonly limit: number;
    readonly before: RejectedCursor | null;
  }): Promise<{
    readonly items: readonly RejectedRequest[];
    /** All ever counted, by source and reason, also those no longer kept. */
    readonly counts: readonly { readonly source: string; readonly reason: string; readonly count: number }[];
  }>;
}
