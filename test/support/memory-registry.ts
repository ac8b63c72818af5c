// The registry in memory: the real rules and the real cryptography over rows that are maps.

import type { Grant } from '../../src/core/identity/access-view.ts';
import type { Credential } from '../../src/core/identity/credential.ts';
import type { SecretRecord, WrappedKey } from '../../src/core/identity/registry-snapshot.ts';
import type { Subscription } from '../../src/core/subscriptions/subscription.ts';
import { createIdentities } from '../../src/pipeline/identify-caller.ts';
import { PortError, type Telemetry } from '../../src/pipeline/ports.ts';
import { createRegistry } from '../../src/pipeline/registry.ts';
import { createRegistryCopy } from '../../src/pipeline/registry-copy.ts';
import type { Registry, RegistryRows, UsageRow } from '../../src/pipeline/registry-ports.ts';

export const registryKey = 'bWVtb3J5LXJlbGF5LXJlZ2lzdHJ5LWtleS0wMTIzNDU=';

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length));

export function createMemoryRegistryRows(): RegistryRows {
  const credentials = new Map<string, Credential>();
  const ended = new Set<string>();
  const grants = new Map<string, readonly Grant[]>();
  const subscriptions = new Map<string, Subscription>();
  const secrets = new Map<string, SecretRecord>();
  const uses = new Map<string, Map<string, UsageRow>>();
  let dataKeys: readonly WrappedKey[] = [];
  let hashKey: WrappedKey | null = null;
  let version = 0;
  return {
    transaction: (work) => work(),
    version: () => version,
    bump: () => ++version,
    credentials: () => [...credentials.values()],
    putCredential: (credential) => void credentials.set(credential.id, credential),
    removeCredential: (id) => void credentials.delete(id),
    endedBootstraps: () => [...ended],
    addEndedBootstrap: (hash) => void ended.add(hash),
    sourceGrants: () => Object.fromEntries(grants),
    putSourceGrants: (source, given) =>
      void (given === null ? grants.delete(source) : grants.set(source, given)),
    subscriptions: () => [...subscriptions.values()],
    putSubscription: (subscription) => void subscriptions.set(subscription.id, subscription),
    removeSubscription: (id) => void subscriptions.delete(id),
    secrets: () => [...secrets.values()],
    putSecret: (secret) => void secrets.set(secret.name, secret),
    removeSecret: (name) => void secrets.delete(name),
    dataKeys: () => dataKeys,
    putDataKeys: (keys) => {
      dataKeys = keys;
    },
    hashKey: () => hashKey,
    putHashKey: (key) => {
      hashKey = key;
    },
    usage: (id) => [...(uses.get(id)?.values() ?? [])],
    lastUses: () =>
      Object.fromEntries(
        [...uses].map(([id, rows]) => [id, Math.max(...[...rows.values()].map(({ lastAt }) => lastAt))]),
      ),
    noteUse: ({ credentialId, what }, at) => {
      const rows = uses.get(credentialId) ?? new Map<string, UsageRow>();
      rows.set(what, { what, firstAt: rows.get(what)?.firstAt ?? at, lastAt: at });
      uses.set(credentialId, rows);
    },
  };
}

export type MemoryRegistry = ReturnType<typeof createMemoryRegistry>;

/** `down.value = true`: it does not answer. `calls` counts the copies that were asked for. */
export function createMemoryRegistry(given: {
  readonly now: () => number;
  readonly adminKey: string | null;
  readonly telemetry: Telemetry;
}) {
  const { now, adminKey: bootstrapKey, telemetry } = given;
  const down = { value: false };
  const calls = { snapshot: 0 };
  const worker = { current: registryKey, previous: null };
  const clock = { now };
  const rows = createMemoryRegistryRows();
  const real = createRegistry({ rows, worker, random: randomBytes, clock });
  const registry: Registry = {
    ...real,
    snapshot: async (known) => {
      calls.snapshot += 1;
      if (down.value) throw new PortError('the registry is away', { retryable: false, overloaded: false });
      return real.snapshot(known);
    },
  };
  const pending: Promise<unknown>[] = [];
  const background = (work: Promise<unknown>) => void pending.push(work);
  const newCopy = () => createRegistryCopy({ registry, worker, clock, telemetry, background });
  const copy = newCopy();
  const identities = createIdentities({ copy, registry, bootstrapKey, tokens: null, clock, background });
  return { registry, rows, copy, newCopy, identities, down, calls, settled: () => Promise.all(pending) };
}
