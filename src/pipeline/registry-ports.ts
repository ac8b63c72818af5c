// What is asked of the registry: who a caller is, credentials, source grants and secrets. Pure types; the object behind them
// is platform/durable-objects/registry-object.ts, and the isolate's copy platform/registry/isolate-registry.ts.

import type { Grant } from '../core/identity/access-view.ts';
import type { Holder, Identified } from '../core/identity/caller.ts';
import type { Credential, CredentialRefusal, CredentialRequest, Giver } from '../core/identity/credential.ts';
import type {
  RegistrySnapshot,
  SecretName,
  SecretRecord,
  WrappedKey,
} from '../core/identity/registry-snapshot.ts';
import type { Differing, Precondition } from '../core/precondition.ts';
import type { Result } from '../core/result.ts';
import type { SendResult, Subscription, SubscriptionChange } from '../core/subscriptions/subscription.ts';
import type { NewSubscription } from './registry-subscriptions.ts';

/** What the request showed. */
export type Shown =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  /** A token that the edge's own login put there. */
  | { readonly kind: 'access_token'; readonly token: string };

/** `what`: a scope, or `operation target` of what was run. */
export type CredentialUse = { readonly credentialId: string; readonly what: string };

export type UsageRow = { readonly what: string; readonly firstAt: number; readonly lastAt: number };

/** Who asks. Answers from the isolate's copy of the registry. */
export interface Identities {
  /** Throws a PortError where the registry cannot be asked and no recent copy is there: 503, never 401. */
  identify(shown: Shown): Promise<Identified>;
  /** Whether who was let in before still is, and as what. A token is not looked at again, its credential is. Throws alike. */
  identifyAgain(holder: Holder): Promise<Identified>;
  /** Coarse and cheap: told to the registry once in a while, in the background. */
  noteUse(use: CredentialUse): void;
}

/** A credential with its key, which is shown this once; null: its holder comes with tokens. */
export type Issued = { readonly credential: Credential; readonly key: string | null };

/** A secret as people see it: never its value. */
export type SecretView = {
  readonly name: SecretName;
  /** Of what is kept, as core/versions.ts counts it. */
  readonly revision: string;
  readonly fields: readonly string[];
  readonly versions: readonly {
    readonly version: number;
    readonly keyId: string;
    readonly createdAt: number;
    readonly createdBy: string;
    readonly endsAt: number | null;
  }[];
};

export type NewSecret = {
  readonly name: SecretName;
  readonly values: Readonly<Record<string, string>>;
  /** How long the one before is good beside it, ms; 0: not at all. */
  readonly overlapMs: number;
  readonly actor: string;
  readonly when?: Precondition | undefined;
};

/** Seen before the change, and checked with it, in one transaction; absent: whatever is there. */
type When = { readonly when?: Precondition | undefined };

/** The registry's own side: what changes it. Throws a PortError. */
export interface Registry {
  /** Null: `known` is still the version. */
  snapshot(known: number | null): Promise<RegistrySnapshot | null>;
  listCredentials(): Promise<readonly Credential[]>;
  /** `bootstrapKey`: with which it was asked for; null: with another credential. */
  createCredential(
    request: CredentialRequest,
    giver: Giver & { readonly bootstrapKey: string | null },
  ): Promise<Result<Issued, CredentialRefusal>>;
  rotateCredential(
    id: string,
    giver: Giver & When & { readonly overlapMs: number },
  ): Promise<Result<Issued, CredentialRefusal>>;
  /** Null: there is none. */
  revokeCredential(
    id: string,
    act: When & { readonly by: string; readonly reason: string },
  ): Promise<Credential | Differing | null>;
  usageOf(id: string): Promise<readonly UsageRow[]>;
  /** When each was last used, by id; absent: never. */
  lastUses(): Promise<Readonly<Record<string, number>>>;
  noteUses(uses: readonly CredentialUse[]): Promise<void>;
  /** By source id; absent: whatever its routes declare. */
  listSourceGrants(): Promise<Readonly<Record<string, readonly Grant[]>>>;
  /** Null: whatever its routes declare. What was before. */
  setSourceGrants(
    source: string,
    grants: readonly Grant[] | null,
    when?: Precondition,
  ): Promise<readonly Grant[] | Differing | null>;
  listSubscriptions(): Promise<readonly Subscription[]>;
  /** Null: there are as many as there may be. Its secret is put beside it by `putSecret`. */
  createSubscription(wanted: NewSubscription): Promise<Subscription | null>;
  /** Null `disabled` enables it. Null: there is none. */
  setSubscriptionState(
    id: string,
    disabled: { readonly by: string; readonly reason: string } | null,
    when?: Precondition,
  ): Promise<Subscription | Differing | null>;
  /** Null: there is none. */
  changeSubscription(
    id: string,
    change: SubscriptionChange,
    when?: Precondition,
  ): Promise<{ readonly before: Subscription; readonly after: Subscription } | Differing | null>;
  /** With its secret. */
  removeSubscription(id: string, when?: Precondition): Promise<boolean | Differing>;
  /** What sending to it came to. Null: there is none. */
  noteSend(id: string, result: SendResult): Promise<Subscription | null>;
  listSecrets(): Promise<readonly SecretView[]>;
  /** Null: there are as many as there may be. `when` of a subscription's secret is of the subscription. */
  putSecret(secret: NewSecret): Promise<SecretView | Differing | null>;
  /** Ends the overlap at once. Null: there is no such secret. */
  endPreviousSecret(name: SecretName, when?: Precondition): Promise<SecretView | Differing | null>;
  /** The Worker secret of that name counts again. */
  removeSecret(name: SecretName, when?: Precondition): Promise<boolean | Differing>;
  /** Seals every secret with a new data key, wrapped by the Worker's current key. */
  rotateDataKey(): Promise<{ readonly keyId: string; readonly secretCount: number }>;
}

/** Where the registry is kept. Synchronous, as a Durable Object's storage is. */
export interface RegistryRows {
  transaction<T>(work: () => T): T;
  version(): number;
  /** The next number of ids and versions. */
  bump(): number;
  credentials(): readonly Credential[];
  putCredential(credential: Credential): void;
  removeCredential(id: string): void;
  endedBootstraps(): readonly string[];
  addEndedBootstrap(hash: string): void;
  sourceGrants(): Readonly<Record<string, readonly Grant[]>>;
  putSourceGrants(source: string, grants: readonly Grant[] | null): void;
  subscriptions(): readonly Subscription[];
  putSubscription(subscription: Subscription): void;
  removeSubscription(id: string): void;
  secrets(): readonly SecretRecord[];
  putSecret(secret: SecretRecord): void;
  removeSecret(name: SecretName): void;
  dataKeys(): readonly WrappedKey[];
  putDataKeys(keys: readonly WrappedKey[]): void;
  hashKey(): WrappedKey | null;
  putHashKey(key: WrappedKey): void;
  usage(credentialId: string): readonly UsageRow[];
  lastUses(): Readonly<Record<string, number>>;
  noteUse(use: CredentialUse, at: number): void;
}
