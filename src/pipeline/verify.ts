// Stage 2 of 7 · verify · in: ReceivedRequest · out: VerifiedRequest and the event's identity · next: claim
// Proves who sent it, by the signature with the current or the previous secret, and only then reads what it says.
// It may not answer the sender, store anything or call anyone; what failed is a value with its precise reason.

import { err, ok, type Result } from '../core/result.ts';
import type { KeyCache } from '../core/signature/key-cache.ts';
import type { SignatureFailure } from '../core/signature/signature-failure.ts';
import { verifySignature } from '../core/signature/verify-signature.ts';
import type {
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
  /** No event: the answer that makes the sender go on. */
  | { readonly kind: 'handshake'; readonly answer: HandshakeAnswer };

export type VerifyFailure =
  /** One generic message outside; the reason is for the log. */
  | ({ readonly kind: 'unverified' } & SignatureFailure)
  /** The sender is who it should be, but what it sent is no event: kept for the operator. */
  | { readonly kind: 'unparsable'; readonly request: VerifiedRequest; readonly problem: ParseProblem }
  /** A GET that is no handshake of this sender. */
  | { readonly kind: 'no_handshake' };

export type VerifyContext = { readonly keys: KeyCache };

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
function chooseEntity(
  source: SourceRuntime,
  request: VerifiedRequest,
  identity: EventIdentity,
): Result<Entity | null, ParseProblem> {
  if (source.entity === undefined) return ok(identity.entity);
  const { eventId: id, type, entity, payload } = identity;
  try {
    return checkEntity(
      source.entity({ id, source: source.id, type, entity, headers: request.headers, payload }),
    );
  } catch (error) {
    return entityProblem(error instanceof Error ? error.message : 'threw something that is no Error');
  }
}

async function identify(
  source: SourceRuntime,
  request: VerifiedRequest,
): Promise<Result<EventIdentity, ParseProblem>> {
  const identity = await source.preset.identify(request);
  if (!identity.ok) return identity;
  const entity = chooseEntity(source, request, identity.value);
  return entity.ok ? ok({ ...identity.value, entity: entity.value }) : entity;
}

export async function verify(
  received: ReceivedRequest,
  source: SourceRuntime,
  context: VerifyContext,
): Promise<Result<Verified, VerifyFailure>> {
  const answer = source.preset.handshake?.(received) ?? null;
  if (answer !== null) return ok({ kind: 'handshake', answer });
  if (received.method === 'GET') return err({ kind: 'no_handshake' });
  const verdict = await verifySignature({
    scheme: source.preset.scheme,
    secrets: source.secrets,
    request: received,
    now: received.receivedAt,
    keys: context.keys,
  });
  if (!verdict.ok) return err({ kind: 'unverified', reason: verdict.reason, header: verdict.header });
  const request: VerifiedRequest = { ...received, verifiedWith: verdict.verifiedWith };
  const identity = await identify(source, request);
  if (!identity.ok) return err({ kind: 'unparsable', request, problem: identity.error });
  return ok({ kind: 'event', request, identity: identity.value });
}
