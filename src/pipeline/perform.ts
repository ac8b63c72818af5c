// Stage 5 of 7 · in: LeasedDelivery · out: Settlement · next: settle.ts
// map → validate input → [lookup] → perform → verify → validate output. Every way an attempt can end is a value; what may
// have been done to the ERP decides which. Effects come through ports only.

import type { BatchInput } from '../core/batch.ts';
import type { Attempt, Delivery } from '../core/delivery.ts';
import type { ErpAdapter, ErpCall, OperationHandler } from '../core/erp.ts';
import type { JsonValue } from '../core/json.ts';
import { limits } from '../core/limits.ts';
import type { ContractIssue, Outcome } from '../core/outcome.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { Route } from '../core/route.ts';
import type { LeasedDelivery, Settlement } from '../core/sequencer/messages.ts';
import { toAttemptOutcome } from '../core/sequencer/settle.ts';
import type { TargetDefinition } from '../core/target.ts';
import { toContractIssues } from '../operations/to-contract-issues.ts';
import { attemptBatch, type BatchTry } from './attempt-batch.ts';
import { findModuleOff } from './check-modules.ts';
import {
  describe,
  failedLookup,
  hasWritten,
  inDoubt,
  rejected,
  spent,
  type Tried,
  type TryContext,
  toFailed,
  unspent,
} from './classify-failure.ts';
import { findRunnableRoute, type RunnableRoute } from './find-route.ts';
import { type MappedInput, mapInput, toMappedEvent, validateInput } from './map-input.ts';
import { performNotice } from './perform-notice.ts';
import { type Publishing, performPublish } from './perform-publish.ts';
import type { Clock, ErpConnections, ErpInstances, NoticeSender, OpenErpConnection } from './ports.ts';
import type { AttemptTrace } from './tracing.ts';

/** What perform looks up of the relay's definition. */
export type DeliveryRules = Pick<RelayDefinition, 'sources' | 'targets' | 'findRoute'>;

export type PerformDependencies = {
  readonly rules: DeliveryRules;
  readonly connections: ErpConnections;
  readonly clock: Clock;
  readonly confirm: (deliveryId: string, epoch: number) => Promise<'go' | 'stop'>;
  /** Absent or null: no callbacks are configured. */
  readonly notices?: NoticeSender | null;
  /** Absent: there are no subscribers. */
  readonly publishing?: Publishing;
  /** Absent: nobody asks which modules are on. */
  readonly instances?: ErpInstances;
  /** Null or absent: the attempt is not traced. */
  readonly trace?: AttemptTrace | null;
};

type Try = {
  readonly leased: LeasedDelivery;
  readonly route: Route;
  readonly target: TargetDefinition;
  readonly handler: OperationHandler;
  readonly adapter: ErpAdapter;
  readonly call: ErpCall<unknown>;
  readonly connection: OpenErpConnection;
  /** Nothing of an earlier attempt reached the ERP after it; null: nothing is in doubt. */
  readonly doubtSince: number | null;
  /** The job the ERP was last known to work on for this operation; null: none. */
  readonly jobRef: string | null;
  readonly clock: Clock;
};

/** @param deadlineAt epoch ms by the consumer's own clock, taken before the lease was asked for */
export async function perform(
  deps: PerformDependencies,
  leased: LeasedDelivery,
  deadlineAt: number,
): Promise<Settlement> {
  const { notice, publish } = leased.delivery;
  const { clock, notices = null, publishing } = deps;
  if (notice !== undefined) return performNotice({ clock, notices }, leased, notice);
  if (publish !== undefined && publishing !== undefined)
    return performPublish({ clock, publishing }, leased, publish);
  const startedAt = deps.clock.now();
  const prepared = await prepare(deps, leased, deadlineAt);
  const tried = prepared.kind === 'ended' ? prepared.tried : await attempt(prepared.context, prepared.run);
  const connection = prepared.kind === 'ready' ? prepared.context.connection : null;
  const { delivery, epoch } = leased;
  if (tried.kind === 'returned') {
    return {
      deliveryId: delivery.id,
      orderingKey: leased.event.orderingKey,
      epoch,
      result: { kind: 'returned', target: null, notBeforeAt: null },
      attempt: null,
    };
  }
  const { outcome, spent, doubtCleared } = tried;
  return {
    deliveryId: delivery.id,
    orderingKey: leased.event.orderingKey,
    epoch,
    result: { kind: 'outcome', outcome, inputHash: prepared.mapped?.hash ?? null, spent, doubtCleared },
    // That a job still runs is counted in the delivery; a row for each look would say nothing else.
    attempt: isStillRunning(outcome, spent)
      ? null
      : {
          deliveryId: delivery.id,
          epoch,
          mode: modeOf(leased),
          startedAt,
          endedAt: deps.clock.now(),
          outcome: toAttemptOutcome(outcome),
          exchanges: connection?.exchanges ?? [],
          input: boundedJson(prepared.mapped?.input ?? prepared.candidate),
        },
  };
}

function isStillRunning(outcome: Outcome, isSpent: boolean): boolean {
  return outcome.kind === 'accepted' && !isSpent;
}

function modeOf(leased: LeasedDelivery): Attempt['mode'] {
  if (leased.ledger?.kind !== 'possibly_done') return 'perform';
  return jobOf(leased) === null ? 'doubt' : 'poll';
}

function jobOf({ ledger }: LeasedDelivery): string | null {
  return ledger?.kind === 'possibly_done' ? (ledger.jobRef ?? null) : null;
}

/** `candidate`: the input that broke a rule; null where none did. */
type Prepared = { readonly candidate: JsonValue } & (
  | { readonly kind: 'ended'; readonly tried: Tried; readonly mapped: MappedInput | null }
  | {
      readonly kind: 'ready';
      readonly context: TryContext & { readonly connection: OpenErpConnection };
      readonly run: () => Promise<Tried>;
      readonly mapped: MappedInput;
    }
);

/** Everything that needs no ERP. */
async function prepare(
  deps: PerformDependencies,
  leased: LeasedDelivery,
  deadlineAt: number,
): Promise<Prepared> {
  const { delivery } = leased;
  // Known as done: that holds whatever the mapping makes of the event by now.
  if (leased.ledger?.kind === 'succeeded' && !isEdited(leased)) {
    return ended({ kind: 'duplicate', effect: 'done', document: leased.ledger.document });
  }
  const runnable = findRunnableRoute(deps.rules, leased.event, delivery);
  const target = deps.rules.targets.get(delivery.target);
  const handler = target?.adapter.operations[delivery.operation];
  if (runnable === null) {
    return ended(rejected('route_unknown', `route ${delivery.routeId} is not in this version of the relay`));
  }
  const { route, preset } = runnable;
  const batchHandler = target?.adapter.batches?.[delivery.operation];
  const runs = route.operation.batch === undefined ? handler !== undefined : batchHandler !== undefined;
  if (target === undefined || !runs || delivery.operationKey === null) {
    return ended(unsupported(delivery));
  }
  const mapped = await readInput(route, preset, leased);
  if (!mapped.ok) {
    const { code, message, fieldErrors, candidate } = mapped.error;
    return { ...ended({ kind: 'rejected', effect: 'none', code, message, fieldErrors }), candidate };
  }
  const known = compareWithLedger(route, leased, mapped.value);
  if (known !== null) return ended(known, mapped.value);
  const timeoutMs = route.timeoutMs ?? target.timeoutMs;
  const doubtSince = leased.ledger?.kind === 'possibly_done' ? leased.ledger.since : null;
  // What is in doubt is looked up, whatever is off by now.
  const off = doubtSince === null ? await findModuleOff(deps.instances, target, route.operation) : null;
  if (off !== null) return ended(off, mapped.value);
  const connection = deps.connections.open({
    target,
    source: leased.event.source,
    trace: deps.trace ?? null,
    timeoutMs,
    deadlineAt,
    beforeFirstWrite: async () => (doubtSince === null ? 'go' : deps.confirm(delivery.id, leased.epoch)),
  });
  const call: ErpCall<unknown> = {
    input: mapped.value.input,
    key: delivery.operationKey,
    idempotencyKey: `${delivery.operationKey}#${mapped.value.hash}`,
    erp: connection.erp,
  };
  const context = { leased, route, adapter: target.adapter, call, connection, doubtSince, clock: deps.clock };
  if (batchHandler !== undefined && route.operation.batch !== undefined) {
    const input = mapped.value.input as BatchInput;
    const batch: BatchTry = { ...context, handler: batchHandler, quietMs: target.quietMs, input };
    return { kind: 'ready', context, run: () => attemptBatch(batch), mapped: mapped.value, candidate: null };
  }
  if (handler === undefined) return ended(unsupported(delivery));
  const work: Try = { ...context, target, handler, jobRef: jobOf(leased) };
  return { kind: 'ready', context, run: () => attemptOne(work), mapped: mapped.value, candidate: null };
}

function ended(outcome: Outcome, mapped: MappedInput | null = null): Prepared {
  const tried = { kind: 'outcome', outcome, spent: false, doubtCleared: false } as const;
  return { kind: 'ended', tried, mapped, candidate: null };
}

function unsupported({ target, operation }: Delivery): Outcome {
  return rejected('operation_unsupported', `target ${target} does not run ${operation}`);
}

async function readInput(route: Route, preset: RunnableRoute['preset'], leased: LeasedDelivery) {
  const edited = leased.delivery.replay?.edited;
  if (edited !== null && edited !== undefined) return validateInput(route, edited.input);
  const event = toMappedEvent(preset, leased.event, leased.payload);
  return event.ok ? mapInput(route, event.value) : event;
}

function isEdited({ delivery }: LeasedDelivery): boolean {
  return delivery.replay !== null && delivery.replay.edited !== null;
}

/** It was done, and an operator has edited the input: one that asks for something else than what was done is no duplicate. */
function compareWithLedger(route: Route, leased: LeasedDelivery, mapped: MappedInput): Outcome | null {
  const { ledger } = leased;
  if (ledger?.kind !== 'succeeded') return null;
  const { document } = ledger;
  const output = route.operation.output.safeParse(document);
  if (output.success && ledger.inputHash !== mapped.hash) {
    const differences = route.operation.compare(mapped.input, output.data);
    if (differences.length > 0) return { kind: 'state_mismatch', effect: 'none', differences, document };
  }
  return { kind: 'duplicate', effect: 'done', document };
}

async function attempt(work: TryContext, run: () => Promise<Tried>): Promise<Tried> {
  try {
    return await run();
  } catch (error) {
    // A bug of an adapter: whether it had written decides, as for any other failure.
    const message = `adapter ${work.adapter.name} failed: ${error instanceof Error ? error.message : String(error)}`;
    if (hasWritten(work, null)) return spent(inDoubt(work, { reason: 'answer_lost', message }));
    if (work.doubtSince !== null) return unspent(inDoubt(work, { reason: 'lookup_failed', message }));
    return spent({ kind: 'retryable', effect: 'none', reason: 'adapter_fault', message });
  }
}

async function attemptOne(work: Try): Promise<Tried> {
  if (work.doubtSince === null) return performClean(work, null);
  if (work.jobRef !== null) return performPolled(work, work.jobRef, work.doubtSince);
  return performInDoubt(work, work.doubtSince);
}

/** Asks after the ERP's job. One that ended without effect is a refusal, of this delivery or of the one it replays. */
async function performPolled(work: Try, jobRef: string, since: number): Promise<Tried> {
  const polled = (await work.handler.poll?.(work.call, jobRef)) ?? ({ kind: 'job_unknown' } as const);
  switch (polled.kind) {
    case 'working': {
      const { pollAfterMs, progress } = polled;
      return unspent({ kind: 'accepted', effect: 'possible', jobRef, pollAfterMs, progress });
    }
    case 'performed':
      return verifyAnswer(work, polled.answer, { already: false, spentTry: false });
    case 'job_unknown':
      return performInDoubt(work, since);
    case 'rejected': {
      const isOwn = work.leased.delivery.effect !== null;
      if (!isOwn) return { ...(await performClean(work, null)), ...{ doubtCleared: true } };
      return { ...unspent({ ...polled, effect: 'none' }), ...{ doubtCleared: true } };
    }
    default:
      return failedLookup(work, polled);
  }
}

/** Looks up first. "Not found" counts only once the ERP can no longer be at it. */
async function performInDoubt(work: Try, since: number): Promise<Tried> {
  if (work.adapter.once === 'best_effort') {
    const message = `adapter ${work.adapter.name} cannot look up what an earlier attempt did`;
    return unspent(inDoubt(work, { reason: 'lookup_failed', message, canLookUp: false }));
  }
  // When it was asked decides, not when it answered: what the ERP did in between is not in the answer.
  const askedAt = work.clock.now();
  const found = await work.handler.lookup(work.call);
  if (found.kind === 'found') return verifyAnswer(work, found.answer, { already: true, spentTry: false });
  if (found.kind !== 'not_found' && found.kind !== 'unfinished') return failedLookup(work, found);
  const quietAt = since + work.target.quietMs;
  if (askedAt < quietAt) {
    const message = `the ERP may still be at it until ${new Date(quietAt).toISOString()}`;
    const retryAfterMs = Math.max(0, quietAt - work.clock.now());
    return unspent(inDoubt(work, { reason: 'quiet_time', message, retryAfterMs }));
  }
  const attemptsLeft = work.leased.delivery.attemptCount < work.leased.delivery.policy.retry.attempts;
  if (found.kind === 'unfinished') {
    if (attemptsLeft) return performClean(work, found.answer);
    const message = 'the document was begun and not finished, and no attempt is left';
    return unspent(inDoubt(work, { reason: 'answer_lost', message, canLookUp: false }));
  }
  if (attemptsLeft) return { ...(await performClean(work, null)), ...{ doubtCleared: true } };
  const message = 'a look-up showed that nothing was done, and no attempt is left';
  const outcome: Outcome = { kind: 'retryable', effect: 'none', reason: 'not_done', message };
  return { kind: 'outcome', outcome, spent: false, doubtCleared: true };
}

async function performClean(work: Try, unfinished: JsonValue | null): Promise<Tried> {
  const done = await work.handler.perform(work.call, unfinished);
  if (done.kind === 'accepted') return spent({ ...done, effect: 'possible', progress: null });
  if (done.kind !== 'performed') return toFailed(work, done, unfinished);
  return verifyAnswer(work, done.answer, { already: done.already === true, spentTry: true });
}

async function verifyAnswer(
  work: Try,
  answer: JsonValue,
  options: { readonly already: boolean; readonly spentTry: boolean },
): Promise<Tried> {
  const verified = await work.handler.verify(work.call, answer);
  const tried = (outcome: Outcome): Tried => (options.spentTry ? spent(outcome) : unspent(outcome));
  if (verified.kind !== 'verified') {
    if (verified.kind === 'contract_broken') return tried({ ...verified, effect: 'possible' });
    return tried(
      inDoubt(work, {
        reason: 'answer_lost',
        message: `it was done, but could not be verified: ${describe(verified)}`,
      }),
    );
  }
  const output = work.route.operation.output.safeParse(verified.output);
  if (!output.success) {
    const issues: readonly ContractIssue[] = toContractIssues(output.error, verified.output);
    return tried({ kind: 'contract_broken', effect: 'done', issues });
  }
  const differences = work.route.operation.compare(work.call.input, output.data);
  if (differences.length > 0) {
    return tried({ kind: 'state_mismatch', effect: 'done', differences, document: output.data });
  }
  return tried({ kind: options.already ? 'duplicate' : 'succeeded', effect: 'done', document: output.data });
}

function boundedJson(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const text = JSON.stringify(value);
  return text.length <= limits.maxKeptInputChars ? text : `${text.slice(0, limits.maxKeptInputChars)}…`;
}
