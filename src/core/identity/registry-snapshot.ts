// What the registry tells an isolate: credentials, source grants, sealed secrets and the wrapped keys that open them.
// Pure types. They cross a deploy and a rollback: add optional fields, never change what a field means.

import type { Subscription } from '../subscriptions/subscription.ts';
import type { Grant } from './access-view.ts';
import type { Credential } from './credential.ts';

/** A data key of the registry, encrypted under the key in the Worker secret REGISTRY_KEY. */
export type WrappedKey = {
  /** `dk_…` */
  readonly id: string;
  /** Which REGISTRY_KEY wrapped it: the first bytes of its digest, hex. */
  readonly wrappedBy: string;
  readonly wrapped: string;
  readonly createdAt: number;
};

/** What a secret is of: `source/shopify`, `target/erp`, `target/erp@shopify` (that source's own credential on the target). */
export type SecretName = string;

export type SecretVersion = {
  /** From 1, rising. */
  readonly version: number;
  readonly keyId: string;
  /** Encrypted JSON: `{ field: value }`. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The end of a rotation's overlap, epoch ms; null: it is the current one. */
  readonly endsAt: number | null;
};

export type SecretRecord = {
  readonly name: SecretName;
  /** Names of what stands in it, e.g. `secret` or `keyId`, `secret`. */
  readonly fields: readonly string[];
  /** The current one first. */
  readonly versions: readonly SecretVersion[];
  /** Until when the Worker's own secret is good beside the first version, epoch ms; absent: it is not. */
  readonly workerUntil?: number;
};

export type RegistrySnapshot = {
  /** Rises with every change. */
  readonly version: number;
  readonly credentials: readonly Credential[];
  /** Keyed hashes of bootstrap keys that have been replaced. */
  readonly endedBootstraps: readonly string[];
  /** By source id; absent: whatever its routes declare. */
  readonly sourceGrants: Readonly<Record<string, readonly Grant[]>>;
  readonly secrets: readonly SecretRecord[];
  /** Absent: the registry is of an earlier build. */
  readonly subscriptions?: readonly Subscription[];
  /** The newest first; that one seals. */
  readonly dataKeys: readonly WrappedKey[];
  /** The key of the keyed hashes, wrapped likewise; null until the first use. */
  readonly hashKey: WrappedKey | null;
};
