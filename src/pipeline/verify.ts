// Stage 2 of 7 · verify · in: ReceivedRequest · out: VerifiedRequest and the identity of its events · next: claim
// Proves who sent it, by the signature with the current or the previous secret, and only then reads what it says.
// It may not answer the sender or store anything, and calls nobody but the sender's own key servers, through their port;
// what failed is a value with its precise reason.

import { err, ok, type Result } from '../core/result.ts';
import type { KeyCache } from '../core/signature/key-cache.ts';
import { noRemoteKeys, type RemoteKeys } from '../core/signature/remote-keys.ts';
import type { SignatureFailure } from '../core/signature/signature-failure.ts';
import { verifySignature } from '../core/signature/verify-signature.ts';
import type {
  BatchItems,
  Entity,
  EventIdentity,
  HandshakeAnswer,
  ParseProblem,
  ReceivedRequest,
  SourceRuntime,
  VerifiedRequest,
} from '../core/source.ts';
import { readId } from '../core/sources/read-field.ts';

export type Verified =
  | { readonly kind: 'event'; readonly request: VerifiedRequest; readonly identity: EventIdentity }
  /** Of a sender that may put several events into one request: each item by itself, read or with its problem. */
  | { readonly kind: 'batch'; readonly request: VerifiedRequest; readonly items: BatchItems }
  /** No event: the answer that makes the sender go on. */
  | { readonly kind: 'handshake'; readonly answer: HandshakeAnswer };

export type VerifyFailure =
  /** One generic message outside; the reason is for the log. */
  | ({ readonly kind: 'unverified' } & SignatureFailure)
  /** The sender is who it should be, but what it sent is no event: kept for the operator. */
  | { readonly kind: 'unparsable'; readonly request: VerifiedRequest; readonly problem: ParseProblem }
  /** A GET that is no handshake of this sender. */
  | { readonly kind: 'no_handshake' }
  /** Nobody can say now: what the sender's own servers should have told did not come. It should send again. */
  | { readonly kind: 'undecided'; readonly reason: 'key_unavailable' | 'handshake_failed' };

export type VerifyContext = {
  readonly keys: KeyCache;
  /** Absent: sources whose keys are on their sender's servers cannot be verified. */
  readonly remoteKeys?: RemoteKeys;
};

function entityProblem(rule: string): Result<never, ParseProblem> {
  return err({ reason: 'entity_failed', field: 'entity', rule });
}

function checkEntity(entity: Entity | null): Result<Entity | null, ParseProblem> {
  if (entity === null) return ok(null);
  const kind = readId(entity.kind, 'entity kind');
  if (!kind.ok) return kind;
  const id = readId(entity.id, 'entity id');
  return id.ok ? ok({ kind: kind.value, id: id.value }) : id;
}

/** The source's own rule over the preset's. It is a user's code: what it throws is a problem of this event alone. */
function withEntity(
  source: SourceRuntime,
  request: VerifiedRequest,
  identity: EventIdentity,
): Result<EventIdentity, ParseProblem> {
  if (source.entity === undefined) return ok(identity);
  const { eventId: id, type, entity, payload } = identity;
  try {
    const own = { id, source: source.id, type, entity, headers: request.headers, payload };
    const checked = checkEntity(source.entity(own));
    return checked.ok ? ok({ ...identity, entity: checked.value }) : checked;
  } catch (error) {
    return entityProblem(error instanceof Error ? error.message : 'threw something that is no Error');
  }
}

async function readEvents(
  source: SourceRuntime,
  request: VerifiedRequest,
): Promise<Result<Verified, VerifyFailure>> {
  const { preset } = source;
  const unparsable = (problem: ParseProblem) => err({ kind: 'unparsable', request, problem } as const);
  const own = (identity: Result<EventIdentity, ParseProblem>) =>
    identity.ok ? withEntity(source, request, identity.value) : identity;
  if (preset.identifyMany !== undefined) {
    const items = await preset.identifyMany(request);
    return items.ok ? ok({ kind: 'batch', request, items: items.value.map(own) }) : unparsable(items.error);
  }
  const identity = own(await preset.identify(request));
  return identity.ok ? ok({ kind: 'event', request, identity: identity.value }) : unparsable(identity.error);
}

async function acknowledge(
  source: SourceRuntime,
  request: VerifiedRequest,
  remoteKeys: RemoteKeys,
): Promise<Result<HandshakeAnswer | null, VerifyFailure>> {
  const acknowledged = source.preset.acknowledge?.(request) ?? null;
  if (acknowledged === null) return ok(null);
  const { answer, visit } = acknowledged;
  const visited = visit === undefined ? ok(null) : await remoteKeys.visit(visit);
  if (visited.ok) return ok(answer);
  // An address that is not the sender's is never visited: somebody signed what the sender would not say.
  return visited.error === 'not_allowed'
    ? err({ kind: 'unverified', reason: 'key_not_allowed', header: null })
    : err({ kind: 'undecided', reason: 'handshake_failed' });
}

export async function verify(
  received: ReceivedRequest,
  source: SourceRuntime,
  context: VerifyContext,
): Promise<Result<Verified, VerifyFailure>> {
  const { preset, secrets, credentials = {}, publicUrl = null, toleranceSeconds = null } = source;
  const { keys, remoteKeys = noRemoteKeys } = context;
  const answer = (await preset.handshake?.(received, { secrets, credentials, publicUrl })) ?? null;
  if (answer !== null) return ok({ kind: 'handshake', answer });
  if (received.method === 'GET' && preset.signsGet !== true) return err({ kind: 'no_handshake' });
  const proof = { secrets, credentials, publicUrl, toleranceSeconds, keys, remoteKeys };
  const verdict = await verifySignature({
    ...proof,
    scheme: preset.scheme,
    request: received,
    now: received.receivedAt,
  });
  if (!verdict.ok) {
    const { reason, header } = verdict;
    return reason === 'key_unavailable'
      ? err({ kind: 'undecided', reason })
      : err({ kind: 'unverified', reason, header });
  }
  const request: VerifiedRequest = { ...received, verifiedWith: verdict.verifiedWith };
  const acknowledged = await acknowledge(source, request, remoteKeys);
  if (!acknowledged.ok) return acknowledged;
  if (acknowledged.value !== null) return ok({ kind: 'handshake', answer: acknowledged.value });
  return readEvents(source, request);
}
