// Who asks, once it is proven: what it may do and what it sees. And the decision of it from what the registry knows. Pure.

import { type AccessView, wholeView } from './access-view.ts';
import { type Credential, type CredentialKey, isKeyGood, stateOf } from './credential.ts';
import { allScopes, type Scope } from './scopes.ts';

export type Caller = {
  /** As it is written beside what was done. */
  readonly actor: string;
  /** Null: the bootstrap key. */
  readonly credentialId: string | null;
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly view: AccessView;
  /** Keyed hash of the key that was shown; null: the bootstrap key, or a token. */
  readonly keyHash: string | null;
};

/** What is kept of a caller to find out later whether it is still let in. Nothing of it opens anything. */
export type Holder = Pick<Caller, 'credentialId' | 'keyHash'>;

export type NotIdentified = {
  readonly kind: 'refused';
  /** For the log alone: whoever is refused is not told why. */
  readonly reason:
    | 'no_key'
    | 'malformed_key'
    | 'unknown_key'
    | 'expired'
    | 'revoked'
    | 'key_rotated_away'
    | 'bootstrap_ended'
    | 'token_invalid'
    | 'token_subject_unknown'
    | 'unknown_ticket';
  /** The credential, where it is known. */
  readonly credentialId: string | null;
};

export type Identified = { readonly kind: 'caller'; readonly caller: Caller } | NotIdentified;

/** The actor of acts done with the bootstrap key. */
export const bootstrapActor = 'admin_key';

export const bootstrapCaller: Caller = {
  actor: bootstrapActor,
  credentialId: null,
  name: 'bootstrap key',
  scopes: new Set(allScopes),
  view: wholeView,
  keyHash: null,
};

/** `key`: the one that was shown; null where it was a token. */
export function decideCaller(credential: Credential, key: CredentialKey | null, now: number): Identified {
  const { id, name, scopes, view } = credential;
  const state = stateOf(credential, now);
  if (state !== 'active') return { kind: 'refused', reason: state, credentialId: id };
  if (key !== null && !isKeyGood(key, now))
    return { kind: 'refused', reason: 'key_rotated_away', credentialId: id };
  return {
    kind: 'caller',
    caller: {
      ...{ actor: id, credentialId: id, name, scopes: new Set(scopes), view: withOwn(view, id) },
      keyHash: key?.hash ?? null,
    },
  };
}

/** Who is narrowed to sources still sees what it asked for directly. */
function withOwn(view: AccessView, id: string): AccessView {
  return view.sources === null ? view : { ...view, sources: [...view.sources, directSourceOf(id)] };
}

/** The source of a credential's direct requests. */
export function directSourceOf(credentialId: string | null): string {
  return credentialId === null ? 'operations' : `operations/${credentialId}`;
}
