// Stages 1 to 3 in one go: receive → verify → claim, and what becomes of a request that does not get through.
// Reads top to bottom. Effects come through ports; the HTTP answer is http/ingest.ts's.

import { limits } from '../core/limits.ts';
import type { RelayDefinition } from '../core/relay-definition.ts';
import type { KeyCache } from '../core/signature/key-cache.ts';
import { noRemoteKeys, type RemoteKeys } from '../core/signature/remote-keys.ts';
import type { SourceRuntime, VerifiedRequest } from '../core/source.ts';
import type { Accept, AcceptAnswer, AcceptRequest } from './accept-answer.ts';
import { type ClaimResult, claim, keepHeaders } from './claim.ts';
import { claimBatch } from './claim-batch.ts';
import type { Clock, Randomness, RejectedRequest, RejectedRequests, Sequencers, Telemetry } from './ports.ts';
import { type ReceiveFailure, receive } from './receive.ts';
import { type Verified, type VerifyFailure, verify } from './verify.ts';

export type AcceptDependencies = {
  readonly definition: Pick<RelayDefinition, 'routesFor'>;
  /** Null: there is no such source. */
  readonly findSource: (id: string) => SourceRuntime | null;
  readonly sequencers: Sequencers;
  readonly rejected: RejectedRequests;
  readonly keys: KeyCache;
  /** Absent: sources whose keys are on their sender's servers answer 503. */
  readonly remoteKeys?: RemoteKeys;
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
    logAnswer(deps, incoming, { answer, startedAt });
    return answer;
  };
}

async function accept(deps: AcceptDependencies, incoming: AcceptRequest, now: number): Promise<AcceptAnswer> {
  const source = deps.findSource(incoming.source);
  if (source === null) return { kind: 'unknown_source' };

  const received = await receive(incoming, {
    limits: { ...limits, maxBodyBytes: deps.maxBodyBytes },
    now,
    requestId: incoming.requestId,
  });
  if (!received.ok) return toReceiveAnswer(received.error);

  const { keys, remoteKeys = noRemoteKeys } = deps;
  const verified = await verify(received.value, source, { keys, remoteKeys });
  if (!verified.ok) {
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
  const answer = await claimVerified(deps, incoming, verified.value);
  const { reply } = source.preset;
  return answer.kind === 'accepted' && reply !== undefined ? { ...answer, reply } : answer;
}

async function claimVerified(
  deps: AcceptDependencies,
  incoming: AcceptRequest,
  verified: Verified,
): Promise<AcceptAnswer> {
  switch (verified.kind) {
    case 'handshake':
      return { kind: 'handshake', answer: verified.answer };
    case 'event':
      return toClaimAnswer(deps, await claim(deps, verified.request, verified.identity));
    case 'batch':
      return acceptBatch(deps, incoming, verified);
  }
}

/** One answer for all: only when every readable item is claimed, and every other one is kept, may the sender go on. */
async function acceptBatch(
  deps: AcceptDependencies,
  incoming: AcceptRequest,
  batch: Extract<Verified, { kind: 'batch' }>,
): Promise<AcceptAnswer> {
  const { request } = batch;
  const claimed = await claimBatch(deps, batch);
  for (const { problem, payload } of claimed.problems) {
    await keep(deps, {
      id: deps.randomness.uuid(),
      source: incoming.source,
      at: request.receivedAt,
      headers: keepHeaders(request.headers),
      ...{ stage: 'parse', reason: problem.reason, detail: `${problem.field} ${problem.rule}` },
      body: payload,
    });
  }
  const answers = claimed.results.map((result) => toClaimAnswer(deps, result));
  const unclaimed = answers.find((answer) => answer.kind !== 'accepted');
  const events = answers.flatMap((answer) => (answer.kind === 'accepted' ? answer.events : []));
  return unclaimed ?? { kind: 'accepted', events };
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
  };
  if (answer.kind === 'accepted') {
    for (const { id, status } of answer.events)
      deps.telemetry.log('info', 'event.received', { ...fields, eventRecord: id, status });
    return;
  }
  if (answer.kind === 'handshake') {
    deps.telemetry.log('info', 'handshake.answered', { ...fields, handshake: answer.answer.name });
    return;
  }
  const { kind, ...detail } = answer;
  deps.telemetry.log(kind === 'unavailable' ? 'error' : 'warn', 'request.refused', { ...fields, ...detail });
}
