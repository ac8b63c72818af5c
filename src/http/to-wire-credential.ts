// Credentials as the admin API shows them: never a key or a hash, instants as ISO 8601 UTC, null where there is nothing. And what
// one did against what it may: the report of least privilege.

import { type Credential, isKeyGood, stateOf } from '../core/identity/credential.ts';
import type { UsageRow } from '../pipeline/registry-ports.ts';
import { toIso } from './to-wire.ts';

export function toWireCredential(
  credential: Credential,
  at: { readonly now: number; readonly lastUsedAt: number | null },
) {
  const { id, name, scopes, view, createdBy, revoked, tokenSubject } = credential;
  return {
    ...{ id, name, scopes },
    state: stateOf(credential, at.now),
    sources: view.sources,
    grants: view.grants,
    keys: credential.keys
      .filter((key) => isKeyGood(key, at.now))
      .map(({ hint, createdAt, endsAt }) => ({ hint, createdAt: toIso(createdAt), endsAt: toIso(endsAt) })),
    token: tokenSubject,
    createdAt: toIso(credential.createdAt),
    createdBy,
    expiresAt: toIso(credential.expiresAt),
    lastUsedAt: toIso(at.lastUsedAt),
    revoked: revoked === null ? null : { ...revoked, at: toIso(revoked.at) },
  };
}

/** `operation target`, as a use is noted; the target is `*` where the caller named none. */
const isRun = ({ what }: UsageRow): boolean => what.includes(' ');

export function toWireUsage({ id, scopes, view }: Credential, rows: readonly UsageRow[]) {
  const used = new Set(rows.map(({ what }) => what));
  const runs = rows.filter(isRun).map((row) => {
    const [operation = '', target = ''] = row.what.split(' ');
    return { operation, target, ...times(row) };
  });
  const isGrantUsed = (grant: { readonly operation: string; readonly target: string }): boolean =>
    runs.some(
      ({ operation, target }) =>
        (grant.operation === '*' || grant.operation === operation) &&
        (grant.target === '*' || target === '*' || grant.target === target),
    );
  return {
    credential: id,
    scopes: rows.filter((row) => !isRun(row)).map((row) => ({ scope: row.what, ...times(row) })),
    operations: runs,
    unusedScopes: scopes.filter((scope) => !used.has(scope)),
    unusedGrants: (view.grants ?? []).filter((grant) => !isGrantUsed(grant)),
  };
}

function times({ firstAt, lastAt }: UsageRow) {
  return { firstUsedAt: toIso(firstAt), lastUsedAt: toIso(lastAt) };
}
