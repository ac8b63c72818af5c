// Who asks: an API key, a token of an identity provider, or the bootstrap key, looked up in the isolate's copy of the registry.
// Whoever is refused is not told why; the reason is for the log. May not log what was shown.

import { isWellFormedApiKey } from '../core/identity/api-key.ts';
import { bootstrapCaller, decideCaller, type Holder, type Identified } from '../core/identity/caller.ts';
import type { Credential, CredentialKey } from '../core/identity/credential.ts';
import type { RegistrySnapshot } from '../core/identity/registry-snapshot.ts';
import { limits } from '../core/limits.ts';
import { equalTexts } from '../core/signature/constant-time.ts';
import type { Clock } from './ports.ts';
import type { RegistryCopy } from './registry-copy.ts';
import type { CredentialUse, Identities, Registry, Shown } from './registry-ports.ts';

/** What a token says once it is verified. `subjects`: its `sub`, and its e-mail where the issuer vouches for it. */
export type TokenFacts = { readonly issuer: string; readonly subjects: readonly string[] };

/** Verifies tokens of the configured issuers. Null: it proves nothing. Throws a PortError where keys cannot be had. */
export interface TokenVerifier {
  verify(token: string, kind: 'bearer' | 'access_token'): Promise<TokenFacts | null>;
}

export type IdentityDependencies = {
  readonly copy: RegistryCopy;
  readonly registry: Pick<Registry, 'noteUses'>;
  /** Null: none is configured. */
  readonly bootstrapKey: string | null;
  /** Null: no issuer is configured. */
  readonly tokens: TokenVerifier | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly background: (work: Promise<unknown>) => void;
};

export function createIdentities(deps: IdentityDependencies): Identities {
  return {
    identify: (shown) => identify(deps, shown),
    identifyAgain: (holder) => identifyAgain(deps, holder),
    noteUse: createUseNotes(deps),
  };
}

async function identify(deps: IdentityDependencies, shown: Shown): Promise<Identified> {
  if (shown.kind === 'none') return refused('no_key');
  if (shown.kind === 'access_token' || looksLikeToken(shown.token)) return identifyToken(deps, shown);
  if (isWellFormedApiKey(shown.token)) {
    const found = await findByKey(deps, shown.token);
    if (found !== null) return decideCaller(found.credential, found.key, deps.clock.now());
  }
  const bootstrap = await identifyBootstrap(deps, shown.token);
  return bootstrap ?? refused(shown.token.startsWith('hf_') ? keyProblem(shown.token) : 'unknown_key');
}

async function identifyAgain(
  { copy, bootstrapKey, clock }: IdentityDependencies,
  { credentialId, keyHash }: Holder,
): Promise<Identified> {
  const { credentials } = await copy.current();
  if (credentialId === null) {
    const isOver = bootstrapKey === null || (await isBootstrapEnded(copy, bootstrapKey));
    return isOver ? refused('bootstrap_ended') : { kind: 'caller', caller: bootstrapCaller };
  }
  const credential = credentials.find(({ id }) => id === credentialId);
  if (credential === undefined) return refused('unknown_key');
  const key = credential.keys.find(({ hash }) => hash === keyHash) ?? null;
  if (keyHash !== null && key === null) return { kind: 'refused', reason: 'key_rotated_away', credentialId };
  return decideCaller(credential, key, clock.now());
}

function keyProblem(token: string): 'malformed_key' | 'unknown_key' {
  return isWellFormedApiKey(token) ? 'unknown_key' : 'malformed_key';
}

/** Three parts of base64url: no key of this relay looks like it. */
function looksLikeToken(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

async function identifyToken(
  deps: IdentityDependencies,
  { kind, token }: Exclude<Shown, { kind: 'none' }>,
): Promise<Identified> {
  const facts = deps.tokens === null ? null : await deps.tokens.verify(token, kind);
  if (facts === null) return refused('token_invalid');
  const isItsOwn = ({ tokenSubject, revoked }: Credential): boolean =>
    revoked === null &&
    tokenSubject?.issuer === facts.issuer &&
    facts.subjects.includes(tokenSubject.subject);
  const known = (await deps.copy.current()).credentials.find(isItsOwn);
  const credential = known ?? (await deps.copy.afterMiss()).credentials.find(isItsOwn);
  return credential === undefined
    ? refused('token_subject_unknown')
    : decideCaller(credential, null, deps.clock.now());
}

type Found = { readonly credential: Credential; readonly key: CredentialKey };

/** The keyed hash is what is looked for: how long that takes tells nothing of any key, for nobody can steer the hash. */
async function findByKey({ copy }: IdentityDependencies, text: string): Promise<Found | null> {
  const snapshot = await copy.current();
  const found = findHash(snapshot, await copy.hash(text));
  if (found !== null) return found;
  const again = await copy.afterMiss();
  return again === snapshot ? null : findHash(again, await copy.hash(text));
}

function findHash({ credentials }: RegistrySnapshot, hash: string | null): Found | null {
  if (hash === null) return null;
  for (const credential of credentials) {
    const key = credential.keys.find((each) => each.hash === hash);
    if (key !== undefined) return { credential, key };
  }
  return null;
}

/** Null: it is not the bootstrap key. */
async function identifyBootstrap(deps: IdentityDependencies, text: string): Promise<Identified | null> {
  const { bootstrapKey, copy } = deps;
  if (bootstrapKey === null || !(await equalTexts(text, bootstrapKey))) return null;
  return (await isBootstrapEnded(copy, bootstrapKey))
    ? refused('bootstrap_ended')
    : { kind: 'caller', caller: bootstrapCaller };
}

/** Where some key was replaced and none can be hashed, this one counts as replaced. */
export async function isBootstrapEnded(copy: RegistryCopy, bootstrapKey: string): Promise<boolean> {
  const { endedBootstraps } = await copy.current();
  if (endedBootstraps.length === 0) return false;
  const hash = await copy.hash(bootstrapKey);
  return hash === null || endedBootstraps.includes(hash);
}

function refused(reason: Extract<Identified, { kind: 'refused' }>['reason']): Identified {
  return { kind: 'refused', reason, credentialId: null };
}

/** The registry hears of a use at its first, and then once in a while: each is a row written there. */
function createUseNotes(deps: IdentityDependencies): Identities['noteUse'] {
  const toldAt = new Map<string, number>();
  return (use: CredentialUse) => {
    const name = `${use.credentialId} ${use.what}`;
    const now = deps.clock.now();
    if (now - (toldAt.get(name) ?? Number.NEGATIVE_INFINITY) < limits.credentialUseMs) return;
    if (toldAt.size >= limits.maxNotedUses) toldAt.clear();
    toldAt.set(name, now);
    // A note that is lost is made at the next use.
    const told = deps.registry.noteUses([use]).catch(() => void toldAt.delete(name));
    deps.background(told);
  };
}
