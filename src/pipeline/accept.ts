// Stages 1 to 3 in one go: receive → verify → claim, and what becomes of a request that does not get through.
// Reads top to bottom. Effects come through ports; the HTTP answer is http/ingest.ts's.

import type { FloodBudget } from '../core/flood-budget.ts';
import { limits } from '../core/limits.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import { err, type Result } from '../core/result.ts';
import type { KeyCache } from '../core/signature/key-cache.ts';
import { noRemoteKeys, type RemoteKeys } from '../core/signature/remote-keys.ts';
import type { ReceivedRequest, SourceRuntime, VerifiedRequest } from '../core/source.ts';
import type { Accept, AcceptAnswer, AcceptRequest, ReceivedItem } from './accept-answer.ts';
import { type ClaimResult, claim, keepHeaders } from './claim.ts';
import { type ClaimIntakeResult, claimIntake } from './claim-intake.ts';
import {
  type Clock,
  PortError,
  type Randomness,
  type RejectedRequest,
  type RejectedRequests,
  type Sequencers,
  type Telemetry,
} from './ports.ts';
import { type ReceiveFailure, receive } from './receive.ts';
import { noteAnswer, stageOf } from './trace-accept.ts';
import { type Verified, type VerifyFailure, verify } from './verify.ts';

export type AcceptDependencies = {
  readonly definition: Pick<RelayDefinition, 'routesFor'>;
  /**
   * Null: there is no such source. `fresh`: a signature did not match, so a secret that was set a moment ago is looked for. Throws
   * a PortError where nobody can say what its secrets are.
   */
  readonly findSource: (
    id: string,
    options?: { readonly fresh: boolean },
  ) => SourceRuntime | null | Promise<SourceRuntime | null>;
  readonly sequencers: Sequencers;
  readonly rejected: RejectedRequests;
  readonly keys: KeyCache;
  /** Absent: sources whose keys are on their sender's servers answer 503. */
  readonly remoteKeys?: RemoteKeys;
  readonly floods: FloodBudget;
  readonly maxBodyBytes: number;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly telemetry: Telemetry;
  /** Work that may finish after the answer. */
  readonly background: (work: Promise<unknown>) => void;
};

export function createAccept(deps: AcceptDependencies): Accept {
  return async (incoming) => {
    const startedAt = deps.clock.now();
    const answer = await accept(deps, incoming, startedAt);
    noteAnswer(incoming, answer);
    logAnswer(deps, incoming, { answer, startedAt });
    return answer;
  };
}

async function accept(deps: AcceptDependencies, incoming: AcceptRequest, now: number): Promise<AcceptAnswer> {
  const source = await findSource(deps, incoming.source);
  if (source === 'unknown') return nobodyKnows;
  if (source === null) return { kind: 'unknown_source' };
  const address = incoming.peer?.address ?? null;
  const turnedAway = address === null ? null : deps.floods.turnedAway(source.id, address, now);
  if (turnedAway !== null)
    return { kind: 'flooded', reason: 'address_turned_away', retryAfterSeconds: turnedAway };

  incoming.trace?.note({ 'holdfast.source': source.id });
  const received = await stageOf(incoming, { name: 'receive', isWell: isOk }, () =>
    receive(incoming, {
      limits: { ...limits, maxBodyBytes: deps.maxBodyBytes },
      now,
      requestId: incoming.requestId,
    }),
  );
  if (!received.ok) return toReceiveAnswer(received.error);

  const verified = await stageOf(incoming, { name: 'verify', isWell: isOk }, () =>
    verifyWithNewest(deps, received.value, source),
  );
  if (!verified.ok) {
    if (verified.error.kind === 'unverified' && address !== null)
      deps.floods.noteUnverified(source.id, address, now);
    const answer = await refuse(deps, {
      incoming,
      failure: verified.error,
      headers: received.value.headers,
      now,
    });
    return answer.kind === 'unverified' && source.preset.bareRefusal === true
      ? { ...answer, bare: true }
      : answer;
  }
  const wait = verified.value.kind === 'handshake' ? null : deps.floods.admit(source.id, now);
  if (wait !== null) return { kind: 'flooded', reason: 'source_over_budget', retryAfterSeconds: wait };
  const answer = await claimVerified(deps, incoming, verified.value);
  const { reply } = source.preset;
  const isTaken = answer.kind === 'accepted' || answer.kind === 'received';
  return isTaken && reply !== undefined ? { ...answer, reply } : answer;
}

const isOk = ({ ok }: { readonly ok: boolean }): boolean => ok;

/** No secrets are known: the sender is genuine for all anybody can say. */
const nobodyKnows: AcceptAnswer = {
  kind: 'unavailable',
  reason: 'registry_unavailable',
  retryAfterSeconds: limits.retryAfterSeconds,
};

async function findSource(
  deps: AcceptDependencies,
  id: string,
  options?: { readonly fresh: boolean },
): Promise<SourceRuntime | null | 'unknown'> {
  try {
    return await deps.findSource(id, options);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    return 'unknown';
  }
}

/** A secret that was set a moment ago is tried before its sender is told that it is wrong. */
async function verifyWithNewest(
  deps: AcceptDependencies,
  received: ReceivedRequest,
  source: SourceRuntime,
): Promise<Result<Verified, VerifyFailure>> {
  const { keys, remoteKeys = noRemoteKeys } = deps;
  const verified = await verify(received, source, { keys, remoteKeys });
  if (verified.ok || verified.error.kind !== 'unverified') return verified;
  const newest = await findSource(deps, source.id, { fresh: true });
  // Whether it is the wrong secret nobody can say: the sender comes again, and is not told that it is.
  if (newest === 'unknown') return err({ kind: 'undecided', reason: 'key_unavailable' });
  if (newest === null || !hasOtherSecret(newest, source)) return verified;
  return verify(received, newest, { keys, remoteKeys });
}

function hasOtherSecret(a: SourceRuntime, b: SourceRuntime): boolean {
  return a.secrets.current !== b.secrets.current || a.secrets.previous !== b.secrets.previous;
}

async function claimVerified(
  deps: AcceptDependencies,
  incoming: AcceptRequest,
  verified: Verified,
): Promise<AcceptAnswer> {
  if (verified.kind === 'handshake') return { kind: 'handshake', answer: verified.answer };
  const { trace = null } = incoming;
  trace?.adopt(verified.request);
  const request = trace === null ? verified.request : { ...verified.request, trace: trace.toKeep() };
  const isWell = (answer: AcceptAnswer): boolean => answer.kind !== 'unavailable';
  return stageOf(incoming, { name: 'claim', isWell }, async () =>
    verified.kind === 'event'
      ? toClaimAnswer(deps, await claim(deps, request, verified.identity))
      : acceptIntake(deps, { ...verified, request }),
  );
}

/** An empty batch holds nothing that could be lost. */
async function acceptIntake(
  deps: AcceptDependencies,
  { request, items }: Extract<Verified, { kind: 'intake' }>,
): Promise<AcceptAnswer> {
  if (items.length === 0) return { kind: 'accepted', events: [] };
  const result = await claimIntake(deps, request, items);
  if (result.kind !== 'received') return toUnavailable(deps, result);
  const { id, status } = result;
  const events = items.map((item, index) => ({
    id: `${id}.${index}`,
    status: item.ok ? status : ('rejected' as const),
  }));
  return { kind: 'received', intake: id, events };
}

function toReceiveAnswer(failure: ReceiveFailure): AcceptAnswer {
  switch (failure.reason) {
    case 'body_too_large':
      return { kind: 'body_too_large', maxBytes: failure.maxBodyBytes };
    case 'headers_too_large':
      return {
        kind: 'malformed',
        reason: failure.reason,
        detail: `more than ${failure.limit} header ${failure.unit}`,
      };
    case 'body_unreadable':
      return { kind: 'malformed', reason: failure.reason, detail: failure.message };
    case 'method_not_allowed':
      return { kind: 'no_handshake' };
  }
}

function toClaimAnswer(deps: AcceptDependencies, result: ClaimResult): AcceptAnswer {
  if (result.kind === 'claimed')
    return { kind: 'accepted', events: [{ id: result.id, status: result.status }] };
  return toUnavailable(deps, result);
}

type Unclaimed = Exclude<ClaimResult | ClaimIntakeResult, { kind: 'claimed' } | { kind: 'received' }>;

function toUnavailable(deps: AcceptDependencies, result: Unclaimed): AcceptAnswer {
  const reason = result.kind === 'refused' ? result.reason : 'sequencer_unreachable';
  deps.telemetry.log('error', 'claim.failed', { reason, message: result.message });
  return { kind: 'unavailable', reason, retryAfterSeconds: limits.retryAfterSeconds };
}

type Refused = {
  readonly incoming: AcceptRequest;
  readonly failure: VerifyFailure;
  readonly headers: VerifiedRequest['headers'];
  readonly now: number;
};

/** A request whose sender is proven says something even where it cannot be read: it is kept before it is answered. */
async function refuse(deps: AcceptDependencies, refused: Refused): Promise<AcceptAnswer> {
  const { failure } = refused;
  if (failure.kind === 'no_handshake') return { kind: 'no_handshake' };
  if (failure.kind === 'undecided') {
    const { reason } = failure;
    return { kind: 'unavailable', reason, retryAfterSeconds: limits.retryAfterSeconds };
  }
  const rejected = {
    id: deps.randomness.uuid(),
    source: refused.incoming.source,
    at: refused.now,
    headers: keepHeaders(refused.headers),
  };
  if (failure.kind === 'unverified') {
    const detail = failure.header ?? '';
    deps.background(keep(deps, { ...rejected, stage: 'verify', reason: failure.reason, detail, body: null }));
    return { kind: 'unverified', reason: failure.reason, detail };
  }
  const { reason, field, rule } = failure.problem;
  await keep(deps, {
    ...rejected,
    stage: 'parse',
    reason,
    detail: `${field} ${rule}`,
    body: failure.request.body,
  });
  return { kind: 'unparsable', reason, field, rule };
}

async function keep(deps: AcceptDependencies, rejected: RejectedRequest): Promise<void> {
  try {
    await deps.rejected.record(rejected);
  } catch (error) {
    const { id, source, reason } = rejected;
    deps.telemetry.log('error', 'rejected_request.not_kept', { id, source, reason, error: String(error) });
  }
}

/** One wide line a request. */
function logAnswer(
  deps: AcceptDependencies,
  incoming: AcceptRequest,
  end: { readonly answer: AcceptAnswer; readonly startedAt: number },
): void {
  const { answer } = end;
  const fields = {
    requestId: incoming.requestId,
    source: incoming.source.slice(0, limits.maxIdCharacters),
    answer: answer.kind,
    durationMs: deps.clock.now() - end.startedAt,
    ...(incoming.trace == null ? {} : { traceId: incoming.trace.traceId() }),
  };
  if (answer.kind === 'accepted' && answer.events.length === 0) {
    logIntake(deps, fields, { intake: null, events: [] });
    return;
  }
  if (answer.kind === 'accepted') {
    for (const { id, status } of answer.events)
      deps.telemetry.log('info', 'event.received', { ...fields, eventRecord: id, status });
    return;
  }
  if (answer.kind === 'received') {
    logIntake(deps, fields, answer);
    return;
  }
  if (answer.kind === 'handshake') {
    deps.telemetry.log('info', 'handshake.answered', { ...fields, handshake: answer.answer.name });
    return;
  }
  const { kind, ...detail } = answer;
  deps.telemetry.log(kind === 'unavailable' ? 'error' : 'warn', 'request.refused', { ...fields, ...detail });
}

function logIntake(
  deps: AcceptDependencies,
  fields: Readonly<Record<string, unknown>>,
  { intake, events }: { readonly intake: string | null; readonly events: readonly ReceivedItem[] },
): void {
  deps.telemetry.log('info', 'intake.received', {
    ...fields,
    intake,
    isDuplicate: events.some(({ status }) => status === 'duplicate'),
    itemCount: events.length,
    rejectedCount: events.filter(({ status }) => status === 'rejected').length,
  });
}
