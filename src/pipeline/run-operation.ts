// A direct request, up to its claim: check what is asked for, record it under its key, claim it in the line of its entity.
// Recording is what makes it ours: whoever dies after it, the sequencer that holds the record repeats the claim.

import type { BatchPolicy } from '../core/batch.ts';
import { type DirectRequest, toDirectClaim, toDirectPayload } from '../core/direct-request.ts';
import { capabilityOf, needsConsent } from '../core/erp-capabilities.ts';
import { allows, type Grant } from '../core/identity/access-view.ts';
import { hashInput } from '../core/input-hash.ts';
import type { AnyOperation } from '../core/operation.ts';
import type { FieldError } from '../core/outcome.ts';
import { partitionOf } from '../core/partition.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { err, ok, type Result } from '../core/result.ts';
import { sha256Hex } from '../core/sha256.ts';
import type { TraceContext } from '../core/tracing/trace-context.ts';
import { findOperation, toFieldErrors } from '../operations/index.ts';
import { type Clock, PortError, type Sequencer, type Sequencers } from './ports.ts';

export type RunDependencies = {
  readonly definition: Pick<RelayDefinition, 'targets'>;
  readonly sequencers: Sequencers;
  readonly clock: Clock;
};

export type RunCommand = {
  /** Who asks: the same key of another caller is another request. */
  readonly credential: string;
  /** Of the event it becomes. */
  readonly source: string;
  /** Null: every operation on every target. */
  readonly grants: readonly Grant[] | null;
  readonly idempotencyKey: string;
  readonly operation: string;
  /** Null: the only target that runs it. */
  readonly target: string | null;
  readonly batch: BatchPolicy | undefined;
  /** Allowed; undefined: nobody is told. */
  readonly callbackUrl: string | undefined;
  readonly input: unknown;
  readonly requestId: string;
  /** What its event is kept with. Absent: nothing is traced. */
  readonly trace?: TraceContext;
};

export type RunRefusal =
  | { readonly kind: 'unknown_operation' }
  | { readonly kind: 'invalid_target'; readonly message: string }
  /** Its caller was not granted the operation on the target; null: on none. */
  | { readonly kind: 'not_granted'; readonly operation: string; readonly target: string | null }
  | { readonly kind: 'invalid_input'; readonly message: string; readonly fieldErrors: readonly FieldError[] }
  /** The key was used for something else. */
  | { readonly kind: 'key_reused'; readonly hash: string };

export type RunAnswer =
  | RunRefusal
  /** `isFirst`: nobody asked this before. */
  | { readonly kind: 'taken'; readonly hash: string; readonly isFirst: boolean };

export async function runOperation(deps: RunDependencies, command: RunCommand): Promise<RunAnswer> {
  const checked = check(deps, command);
  if (!checked.ok) return checked.error;
  const { operation, target, input } = checked.value;
  const hash = sha256Hex(`${command.credential}\n${command.idempotencyKey}`).slice(0, hashLength);
  const { batch, callbackUrl, requestId, source, trace } = command;
  const inputHash = await hashInput({ operation: operation.name, target, batch, callbackUrl, input });
  const now = deps.clock.now();
  const request: DirectRequest = {
    ...{ hash, inputHash, operation: operation.name, target, source, createdAt: now, deliveryId: null },
    claim: toDirectClaim({
      ...{ hash, source, operation, target, input, batch, callbackUrl },
      ...{ requestId, trace, now },
    }),
  };
  const keeper = deps.sequencers.of(partitionOf(hash, deps.sequencers.partitions));
  const answer = await keeper.recordRequest(request);
  if (answer.kind === 'known' && answer.request.inputHash !== inputHash) return { kind: 'key_reused', hash };
  // A claim that fails here is not lost: the keeper's alarm repeats it.
  if (answer.kind === 'recorded') await claimRequest(deps.sequencers, keeper, request);
  return { kind: 'taken', hash, isFirst: answer.kind === 'recorded' };
}

/** 128 bits as hex: no two keys meet, and the id of a job stays short enough to type. */
const hashLength = 32;

type Checked = { readonly operation: AnyOperation; readonly target: string; readonly input: unknown };

function check(deps: RunDependencies, command: RunCommand): Result<Checked, RunRefusal> {
  const operation = findOperation(command.operation);
  if (operation === null) return err({ kind: 'unknown_operation' });
  const target = chooseTarget(deps, operation, command);
  if (!target.ok) return target;
  const { batch } = command;
  if ((operation.batch === undefined) !== (batch === undefined)) {
    const rule =
      operation.batch === undefined
        ? `must not be there: ${operation.name} takes one record`
        : 'must be all_or_nothing or partial';
    return err({ kind: 'invalid_input', message: `batch ${rule}`, fieldErrors: [{ field: 'batch', rule }] });
  }
  const schema = batch === 'partial' ? (operation.batch?.envelope ?? operation.input) : operation.input;
  const parsed = schema.safeParse(command.input);
  if (parsed.success) return ok({ operation, target: target.value, input: parsed.data });
  const fieldErrors = toFieldErrors(parsed.error).map(({ field, rule }) => ({
    field: field === 'input' ? field : `input.${field}`,
    rule,
  }));
  return err({ kind: 'invalid_input', message: `${operation.name}: the input breaks a rule`, fieldErrors });
}

function chooseTarget(
  { definition }: RunDependencies,
  operation: AnyOperation,
  { target, batch, grants }: RunCommand,
): Result<string, RunRefusal> {
  const { name } = operation;
  // Before anything is said of the target: what was not granted is not told from what is not there.
  if (target !== null && !allows(grants, { operation: name, target }))
    return err({ kind: 'not_granted', operation: name, target });
  const running = [...definition.targets.values()].filter(
    (each) => capabilityOf(each.adapter, operation).supported && !needsConsent(each, operation),
  );
  const able = running.filter(({ id }) => allows(grants, { operation: name, target: id }));
  if (able.length === 0 && grants !== null && target === null)
    return err({ kind: 'not_granted', operation: name, target: null });
  const ids = able.map(({ id }) => id);
  const chosen = target === null && able.length === 1 ? able[0] : able.find(({ id }) => id === target);
  if (chosen === undefined) {
    const message =
      target === null
        ? `name one: ${ids.join(', ') || 'none runs it'}`
        : `${target} does not run ${operation.name}`;
    return err({ kind: 'invalid_target', message });
  }
  if (batch === 'all_or_nothing' && chosen.adapter.batches?.[operation.name]?.atomic !== true) {
    const message = `${chosen.id} cannot do ${operation.name} all or nothing`;
    return err({ kind: 'invalid_target', message });
  }
  return ok(chosen.id);
}

/** Who holds the request, the present generation first; null: nobody. */
export async function findEarlier(
  sequencers: Sequencers,
  hash: string,
): Promise<{ readonly keeper: Sequencer; readonly request: DirectRequest } | null> {
  for (const keeper of sequencers.forKey(hash)) {
    const request = await keeper.findRequest(hash);
    if (request !== null) return { keeper, request };
  }
  return null;
}

/** Idempotent. Returns whether it is claimed and acknowledged. */
export async function claimRequest(
  sequencers: Pick<Sequencers, 'of' | 'partitions' | 'generation'>,
  keeper: Pick<Sequencer, 'acknowledgeRequest'>,
  request: DirectRequest,
): Promise<boolean> {
  const { claim, hash } = request;
  if (claim === null) return true;
  const { partitions, generation } = sequencers;
  const { event, body, delivery } = claim;
  try {
    const sequencer = sequencers.of(partitionOf(event.orderingKey, partitions));
    const payload = toDirectPayload(body);
    const answer = await sequencer.claim({ event, payload, deliveries: [delivery], partitions, generation });
    const deliveryId = answer.kind === 'claimed' ? answer.deliveryIds?.[0] : undefined;
    if (deliveryId === undefined) return false;
    await keeper.acknowledgeRequest(hash, deliveryId);
    return true;
  } catch (error) {
    if (error instanceof PortError) return false;
    throw error;
  }
}
