// What the admin API answers of credentials, secrets, subscriptions and the audit, as far as the dashboard reads it. Pure types.
// No answer holds a secret but the one that makes it.

import type { Grant } from './wire-relay.ts';

export type Act = {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly deliveryId: string | null;
  readonly orderingKey: string | null;
  readonly target: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly number: number | null;
};

export type ActPage = {
  readonly acts: readonly Act[];
  readonly nextCursor: string | null;
  readonly journal: string;
};

export type Credential = {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly state: string;
  readonly sources: readonly string[] | null;
  readonly grants: readonly Grant[] | null;
  readonly keys: readonly {
    readonly hint: string;
    readonly createdAt: string;
    readonly endsAt: string | null;
  }[];
  readonly token: { readonly issuer: string; readonly subject: string } | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revoked: { readonly at: string; readonly by: string; readonly reason: string } | null;
};

export type IssuedKey = { readonly credential: Credential; readonly key: string | null };

export type Usage = {
  readonly scopes: readonly {
    readonly scope: string;
    readonly firstUsedAt: string;
    readonly lastUsedAt: string;
  }[];
  readonly operations: readonly (Grant & { readonly firstUsedAt: string; readonly lastUsedAt: string })[];
  readonly unusedScopes: readonly string[];
  readonly unusedGrants: readonly Grant[];
};

export type SecretVersion = {
  readonly version: number;
  readonly keyId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly endsAt: string | null;
};

/** `source/{id}` or `target/{id}`: what can be set, and with which fields. */
export type SettableSecret = {
  readonly name: string;
  readonly fields: readonly string[];
  readonly optionalFields: readonly string[];
};

export type SecretList = {
  readonly secrets: readonly {
    readonly name: string;
    readonly fields: readonly string[];
    readonly versions: readonly SecretVersion[];
  }[];
  readonly settable: readonly SettableSecret[];
};

export type Subscription = {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly types: readonly string[];
  readonly sources: readonly string[] | null;
  readonly targets: readonly string[] | null;
  readonly entities: readonly string[] | null;
  readonly owner: string | null;
  readonly state: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly disabled: { readonly at: string; readonly by: string; readonly reason: string } | null;
  readonly failing: { readonly since: string; readonly lastAt: string; readonly message: string } | null;
};

export type MadeSubscription = { readonly subscription: Subscription; readonly secret: string };

export type TestSent = {
  readonly status: number | null;
  readonly taken: boolean;
  readonly message: string | null;
};
