// A credential: what a caller of the admin or operations API holds. Its keys are kept as keyed hashes only. Rules of making,
// changing, rotating and revoking one; who may give what to whom. Pure: clock, ids and hashes are passed in.

import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import { type AccessView, contains, type Grant, isWhole } from './access-view.ts';
import { type Preset, presetScopes, type Scope, wholeRelayScopes } from './scopes.ts';

export type CredentialKey = {
  /** Keyed hash of the API key, hex. */
  readonly hash: string;
  /** What its owner knows it by. */
  readonly hint: string;
  readonly createdAt: number;
  /** The end of a rotation's overlap, epoch ms; null: it is the current one. */
  readonly endsAt: number | null;
};

/** Whom a token of an identity provider names; its `iss`, and its `sub` or e-mail. */
export type TokenSubject = { readonly issuer: string; readonly subject: string };

export type Credential = {
  /** `crd_…` */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly view: AccessView;
  readonly createdAt: number;
  readonly createdBy: string;
  /** Epoch ms; null: it does not expire. */
  readonly expiresAt: number | null;
  readonly revoked: { readonly at: number; readonly by: string; readonly reason: string } | null;
  /** The current one first. Empty: its holder comes with tokens of an identity provider. */
  readonly keys: readonly CredentialKey[];
  readonly tokenSubject: TokenSubject | null;
};

export type CredentialState = 'active' | 'expired' | 'revoked';

export function stateOf(credential: Credential, now: number): CredentialState {
  if (credential.revoked !== null) return 'revoked';
  return credential.expiresAt !== null && credential.expiresAt <= now ? 'expired' : 'active';
}

/** A key whose overlap has ended is as good as revoked. */
export function isKeyGood(key: CredentialKey, now: number): boolean {
  return key.endsAt === null || key.endsAt > now;
}

/** What is asked for when a credential is made; `scopes` or `preset`, the other null. */
export type CredentialRequest = {
  readonly name: string;
  readonly preset: Preset | null;
  readonly scopes: readonly Scope[] | null;
  readonly sources: readonly string[] | null;
  readonly grants: readonly Grant[] | null;
  readonly expiresAt: number | null;
  readonly tokenSubject: TokenSubject | null;
};

/** Who asks. */
export type Giver = {
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly view: AccessView;
};

export type CredentialRefusal = {
  readonly reason:
    | ('invalid' | 'exceeds_giver' | 'too_many' | 'not_found' | 'not_active' | 'has_no_key')
    /** `message`: the present version. */
    | 'version_differs';
  readonly field: string;
  readonly message: string;
};

/** All but the keys: those are made where randomness is. */
export function decideCredential(
  request: CredentialRequest,
  giver: Giver,
  given: { readonly id: string; readonly now: number; readonly activeCount: number },
): Result<Credential, CredentialRefusal> {
  const view: AccessView = { sources: request.sources, grants: request.grants };
  const scopes = request.scopes ?? presetScopes(request.preset ?? 'viewer', !isWhole(view));
  const refuse = (reason: CredentialRefusal['reason'], field: string, message: string) =>
    err({ reason, field, message });
  if (given.activeCount >= limits.maxCredentials)
    return refuse('too_many', 'name', `there are ${limits.maxCredentials} already: revoke some first`);
  if (scopes.length === 0) return refuse('invalid', 'scopes', 'must name at least one');
  if (request.expiresAt !== null && request.expiresAt <= given.now)
    return refuse('invalid', 'expiresAt', 'must lie in the future');
  const whole = isWhole(view) ? undefined : scopes.find((scope) => wholeRelayScopes.includes(scope));
  if (whole !== undefined)
    return refuse('invalid', 'scopes', `${whole} concerns the whole relay: it cannot be narrowed`);
  // Nobody gives what they do not have, or a key that manages credentials would be a key to everything.
  const excess = scopes.find((scope) => !giver.scopes.has(scope));
  if (excess !== undefined)
    return refuse('exceeds_giver', 'scopes', `you do not hold ${excess}, so you cannot give it`);
  if (!contains(giver.view, view)) return refuse('exceeds_giver', 'grants', 'it would see more than you do');
  return ok({
    id: given.id,
    name: request.name,
    scopes: [...new Set(scopes)].sort(),
    view,
    createdAt: given.now,
    createdBy: giver.actor,
    expiresAt: request.expiresAt,
    revoked: null,
    keys: [],
    tokenSubject: request.tokenSubject,
  });
}

/** The new key at once, the old one for `overlapMs` more; of keys before it none is left. */
export function rotateKey(
  credential: Credential,
  key: CredentialKey,
  { overlapMs, now }: { readonly overlapMs: number; readonly now: number },
): Result<Credential, CredentialRefusal> {
  if (stateOf(credential, now) !== 'active')
    return err({ reason: 'not_active', field: 'id', message: `it is ${stateOf(credential, now)}` });
  const [current] = credential.keys;
  if (current === undefined)
    return err({
      reason: 'has_no_key',
      field: 'id',
      message: 'its holder comes with tokens, not with a key',
    });
  const kept = overlapMs > 0 ? [{ ...current, endsAt: now + overlapMs }] : [];
  return ok({ ...credential, keys: [key, ...kept] });
}

/** Revoking twice changes nothing: the first word stays. */
export function revoke(
  credential: Credential,
  act: { readonly at: number; readonly by: string; readonly reason: string },
): Credential {
  return credential.revoked === null ? { ...credential, revoked: act } : credential;
}

/** Whether making it ends the bootstrap key: from then on somebody else can make credentials. */
export function endsBootstrap(credential: Credential): boolean {
  return credential.scopes.includes('credentials:manage');
}
