// The registry over its rows: credentials, source grants, secrets and the keys that seal them. One writer at a time (its owner
// is a Durable Object), so each act reads, does its cryptography and writes in one transaction, or nothing of it.
// May not log: much of what passes here is secret.

import { contains } from '../core/identity/access-view.ts';
import { formatApiKey, hintOf } from '../core/identity/api-key.ts';
import {
  type Credential,
  type CredentialKey,
  type CredentialRefusal,
  decideCredential,
  endsBootstrap,
  type Giver,
  revoke,
  rotateKey,
} from '../core/identity/credential.ts';
import { keyedHash, type RandomBytes, wrapKey } from '../core/identity/envelope.ts';
import { limits } from '../core/limits.ts';
import { differs } from '../core/precondition.ts';
import { err, ok, type Result } from '../core/result.ts';
import { versionOfCredential, versionOfGrants } from '../core/versions.ts';
import { type RegistryParts, requireUnwrapped, requireWorkerKeys } from './registry-parts.ts';
import type { Issued, Registry, RegistryRows } from './registry-ports.ts';
import { createRegistrySecrets } from './registry-secrets.ts';
import { createRegistrySubscriptions } from './registry-subscriptions.ts';

export function createRegistry(parts: RegistryParts): Registry {
  const { rows, clock } = parts;
  return {
    snapshot: async (known) =>
      known === rows.version()
        ? null
        : {
            version: rows.version(),
            credentials: rows.credentials(),
            endedBootstraps: rows.endedBootstraps(),
            sourceGrants: rows.sourceGrants(),
            secrets: rows.secrets(),
            subscriptions: rows.subscriptions(),
            dataKeys: rows.dataKeys(),
            hashKey: rows.hashKey(),
          },
    ...createCredentials(parts),
    usageOf: async (id) => rows.usage(id),
    lastUses: async () => rows.lastUses(),
    noteUses: async (uses) => {
      rows.transaction(() => {
        for (const use of uses) rows.noteUse(use, clock.now());
      });
    },
    listSourceGrants: async () => rows.sourceGrants(),
    setSourceGrants: async (source, grants, when) =>
      rows.transaction(() => {
        const before = rows.sourceGrants()[source] ?? null;
        const differing = differs(when, versionOfGrants(source, before));
        if (differing !== null) return differing;
        rows.putSourceGrants(source, grants);
        rows.bump();
        return before;
      }),
    ...createRegistrySecrets(parts),
    ...createRegistrySubscriptions(parts),
  };
}

type CredentialSide = Pick<
  Registry,
  'listCredentials' | 'createCredential' | 'rotateCredential' | 'revokeCredential'
>;

function createCredentials(parts: RegistryParts): CredentialSide {
  const { rows, clock, random } = parts;
  const find = (id: string): Credential | null => rows.credentials().find((each) => each.id === id) ?? null;
  const newKey = async (): Promise<{ readonly text: string; readonly kept: CredentialKey }> => {
    const text = formatApiKey(random(32));
    const hash = await keyedHash(await openHashKey(parts), text);
    return { text, kept: { hash, hint: hintOf(text), createdAt: clock.now(), endsAt: null } };
  };
  return {
    listCredentials: async () => rows.credentials(),
    createCredential: async (request, giver) => {
      const { bootstrapKey } = giver;
      const ended = bootstrapKey === null ? null : await keyedHash(await openHashKey(parts), bootstrapKey);
      const key = request.tokenSubject === null ? await newKey() : null;
      return rows.transaction((): Result<Issued, CredentialRefusal> => {
        const now = clock.now();
        makeRoom(rows);
        const given = { id: newId(random), now, activeCount: rows.credentials().length };
        const decided = decideCredential(request, giver, given);
        if (!decided.ok) return decided;
        const taken = subjectTaken(rows.credentials(), decided.value);
        if (taken !== null) return taken;
        const credential: Credential = { ...decided.value, keys: key === null ? [] : [key.kept] };
        rows.putCredential(credential);
        if (ended !== null && endsBootstrap(credential)) rows.addEndedBootstrap(ended);
        rows.bump();
        return ok({ credential, key: key?.text ?? null });
      });
    },
    rotateCredential: async (id, giver) => {
      const key = await newKey();
      return rows.transaction((): Result<Issued, CredentialRefusal> => {
        const found = find(id);
        if (found === null) return err({ reason: 'not_found', field: 'id', message: 'there is none' });
        const excess = exceeds(found, giver);
        if (excess !== null) return excess;
        const differing = differs(giver.when, versionOfCredential(found));
        if (differing !== null)
          return err({ reason: 'version_differs', field: 'id', message: differing.version ?? '' });
        const rotated = rotateKey(found, key.kept, { overlapMs: giver.overlapMs, now: clock.now() });
        if (!rotated.ok) return rotated;
        rows.putCredential(rotated.value);
        rows.bump();
        return ok({ credential: rotated.value, key: key.text });
      });
    },
    revokeCredential: async (id, { when, ...act }) =>
      rows.transaction(() => {
        const found = find(id);
        if (found === null) return null;
        const differing = differs(when, versionOfCredential(found));
        if (differing !== null) return differing;
        const revoked = revoke(found, { at: clock.now(), ...act });
        rows.putCredential(revoked);
        rows.bump();
        return revoked;
      }),
  };
}

/** Who got its new key would be that credential: only who could have made it may. */
function exceeds(credential: Credential, giver: Giver): Result<never, CredentialRefusal> | null {
  const scope = credential.scopes.find((each) => !giver.scopes.has(each));
  if (scope === undefined && contains(giver.view, credential.view)) return null;
  const message = 'it may do more than you: only who could have made it can have its key';
  return err({ reason: 'exceeds_giver', field: 'id', message });
}

/** One token would be two callers. */
function subjectTaken(
  all: readonly Credential[],
  { tokenSubject }: Credential,
): Result<never, CredentialRefusal> | null {
  if (tokenSubject === null) return null;
  const { issuer, subject } = tokenSubject;
  const other = all.find(
    (each) =>
      each.revoked === null && each.tokenSubject?.issuer === issuer && each.tokenSubject.subject === subject,
  );
  if (other === undefined) return null;
  return err({
    reason: 'invalid',
    field: 'token.subject',
    message: `${other.id} is of this subject already`,
  });
}

/** Revoked ones are kept for whoever reads the audit, the longest revoked give way first. */
function makeRoom(rows: RegistryRows): void {
  const all = rows.credentials();
  if (all.length < limits.maxCredentials) return;
  const revoked = all.filter((each) => each.revoked !== null);
  const oldest = revoked.sort((a, b) => (a.revoked?.at ?? 0) - (b.revoked?.at ?? 0))[0];
  if (oldest !== undefined) rows.removeCredential(oldest.id);
}

/** 80 random bits: nobody guesses another's id, and no two meet. */
function newId(random: RandomBytes): string {
  return `crd_${[...random(10)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** Made at the first use, and never changed: the hashes of all keys hang on it. */
async function openHashKey(parts: RegistryParts): Promise<Uint8Array<ArrayBuffer>> {
  const { rows, random, clock } = parts;
  const worker = requireWorkerKeys(parts);
  const kept = rows.hashKey();
  if (kept !== null) return requireUnwrapped(worker, kept);
  const made = await wrapKey(worker, { id: 'hk_1', bytes: random(32), createdAt: clock.now() }, random);
  // Another call may have been first while this one was at its cryptography.
  const first = rows.transaction(() => {
    const other = rows.hashKey();
    if (other !== null) return other;
    rows.putHashKey(made);
    rows.bump();
    return made;
  });
  return requireUnwrapped(worker, first);
}
