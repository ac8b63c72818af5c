// The version of what is configured: a digest of its configuration, so that the same content is the same version, whoever made it and
// whenever. What merely happens to it (last use, failures, the passing of an end) is no part of it. Pure; nothing secret is digested.

import type { Grant } from './identity/access-view.ts';
import type { Credential } from './identity/credential.ts';
import type { SecretRecord } from './identity/registry-snapshot.ts';
import { canonicalJson } from './input-hash.ts';
import { sha256Hex } from './sha256.ts';
import type { Subscription } from './subscriptions/subscription.ts';
import type { TargetView } from './target-view.ts';

/** 64 bits: two versions of one thing never meet by accident. */
const versionCharacters = 16;

function versionOf(configuration: unknown): string {
  return sha256Hex(canonicalJson(configuration)).slice(0, versionCharacters);
}

export function versionOfCredential({ keys, ...rest }: Credential): string {
  return versionOf({ ...rest, keys: keys.map(({ hash: _hash, ...key }) => key) });
}

/** Sealed anew under another key it is the same secret. */
export function versionOfSecret({ name, fields, versions }: SecretRecord): string {
  const kept = versions.map(({ version, createdAt, createdBy, endsAt }) => ({
    ...{ version, createdAt, createdBy, endsAt },
  }));
  return versionOf({ name, fields, versions: kept });
}

/** @param secret of its own signing secret; null: it has none yet */
export function versionOfSubscription(
  { failing: _failing, ...configured }: Subscription,
  secret: string | null,
): string {
  return versionOf({ ...configured, secret });
}

/** Null: whatever the routes of the source declare. */
export function versionOfGrants(source: string, grants: readonly Grant[] | null): string {
  return versionOf({ source, grants });
}

/** Whether it is paused and how its circuit stands: what persons decide by, and what they set. */
export function versionOfTarget({ pause, circuit }: Pick<TargetView, 'pause' | 'circuit'>): string {
  const { state, openedAt, reason } = circuit;
  return versionOf({ pause, circuit: { state, openedAt, reason } });
}
