// Stage 2 of 7 · verify · in: ReceivedRequest · out: VerifiedRequest and the identity of its events · next: claim, or claim-intake
// Proves who sent it, by the signature with the current or the previous secret, and only then reads what it says.
// It may not answer the sender or store anything, and calls nobody but the sender's own key servers, through their port;
// what failed is a value with its precise reason.

import { limits } from '../core/limits.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { KeyCache } from '../core/signature/key-cache.ts';
import { noRemoteKeys, type RemoteKeys } from '../core/signature/remote-keys.ts';
import type { SignatureFailure } from '../core/signature/signature-failure.ts';
import { verifySignature } from '../core/signature/verify-signature.ts';
import type {
  BatchItems,
  EventIdentity,
  HandshakeAnswer,
  ParseProblem,
  ReceivedRequest,
  SourceRuntime,
  UnreadableItem,
  VerifiedRequest,
} from '../core/source.ts';
import { chooseEntity } from './choose-entity.ts';
import { toItemHeaders } from './plan-event.ts';

/** `thin`: the body does not hold the entity; it is fetched before anything is planned. */
export type IdentifiedItem = { readonly identity: EventIdentity; readonly thin: boolean };

export type Verified =
  | { readonly kind: 'event'; readonly request: VerifiedRequest; readonly identity: EventIdentity }
  /** Several events, or one whose body does not hold the entity: claimed whole. May be empty. */
  | {
      readonly kind: 'intake';
      readonly request: VerifiedRequest;
      readonly items: readonly Result<IdentifiedItem, UnreadableItem>[];
    }
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

const encoder = new TextEncoder();

function isThin({ enrich }: SourceRuntime, identity: EventIdentity): boolean {
  return enrich !== undefined && (enrich.types === null || enrich.types.includes(identity.type));
}

/** A thin event's entity is chosen when its record is there. */
function toItem(
  source: SourceRuntime,
  request: VerifiedRequest,
  identity: EventIdentity,
): Result<IdentifiedItem, ParseProblem> {
  if (isThin(source, identity)) return ok({ identity, thin: true });
  const chosen = chooseEntity(source, request.headers, identity);
  return chosen.ok ? ok({ identity: chosen.value, thin: false }) : chosen;
}

async function readOne(
  source: SourceRuntime,
  request: VerifiedRequest,
): Promise<Result<Verified, ParseProblem>> {
  const identity = await source.preset.identify(request);
  if (!identity.ok) return identity;
  const item = toItem(source, request, identity.value);
  if (!item.ok) return item;
  return item.value.thin
    ? ok({ kind: 'intake', request, items: [item] })
    : ok({ kind: 'event', request, identity: item.value.identity });
}

/** A request of one event is that event, claimed as directly as any other: its body is the item. */
function readMany(
  source: SourceRuntime,
  request: VerifiedRequest,
  identities: BatchItems,
): Result<Verified, ParseProblem> {
  if (identities.length > limits.maxBatchItems) {
    const rule = `must hold at most ${limits.maxBatchItems} events`;
    return err({ reason: 'too_many_items', field: 'body $', rule });
  }
  const items = identities.map((identity): Result<IdentifiedItem, UnreadableItem> => {
    if (!identity.ok) return identity;
    const item = toItem(source, request, identity.value);
    return item.ok ? item : err({ ...item.error, item: identity.value.payload });
  });
  const [only] = items;
  if (only === undefined || items.length > 1) return ok({ kind: 'intake', request, items });
  if (!only.ok) return only;
  if (only.value.thin) return ok({ kind: 'intake', request, items });
  const { identity } = only.value;
  const body = new Uint8Array(encoder.encode(JSON.stringify(identity.payload)));
  const headers = toItemHeaders(request.headers);
  return ok({ kind: 'event', request: { ...request, headers, body }, identity });
}

async function readEvents(
  source: SourceRuntime,
  request: VerifiedRequest,
): Promise<Result<Verified, ParseProblem>> {
  if (source.preset.identifyMany === undefined) return readOne(source, request);
  const identities = await source.preset.identifyMany(request);
  return identities.ok ? readMany(source, request, identities.value) : identities;
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
  const read = await readEvents(source, request);
  return read.ok ? read : err({ kind: 'unparsable', request, problem: read.error });
}
