// The registry's secrets: webhook secrets and ERP credentials, sealed, with the previous one for an overlap, and the changing of
// the key that seals them. What is written here is read by nobody but the isolates that use it. May not log.

import { openText, sealText, type WorkerKeys, wrapKey } from '../core/identity/envelope.ts';
import type { SecretRecord, SecretVersion, WrappedKey } from '../core/identity/registry-snapshot.ts';
import { limits } from '../core/limits.ts';
import { differs } from '../core/precondition.ts';
import { versionOfSecret, versionOfSubscription } from '../core/versions.ts';
import { PortError } from './ports.ts';
import { type RegistryParts, requireUnwrapped, requireWorkerKeys } from './registry-parts.ts';
import type { NewSecret, Registry, RegistryRows, SecretView } from './registry-ports.ts';
import { secretOfSubscription } from './registry-subscriptions.ts';

type SecretSide = Pick<
  Registry,
  'listSecrets' | 'putSecret' | 'endPreviousSecret' | 'removeSecret' | 'rotateDataKey'
>;

export function createRegistrySecrets(parts: RegistryParts): SecretSide {
  const { rows, clock } = parts;
  const find = (name: string): SecretRecord | null =>
    rows.secrets().find((each) => each.name === name) ?? null;
  return {
    listSecrets: async () => rows.secrets().map((record) => toSecretView(record, clock.now())),
    putSecret: async (secret) => {
      const sealed = await sealSecret(parts, secret);
      return rows.transaction(() => {
        const before = find(secret.name);
        const differing = differs(secret.when, versionOfOwner(rows, secret.name, before));
        if (differing !== null) return differing;
        if (before === null && rows.secrets().length >= limits.maxRegistrySecrets) return null;
        const record = withVersion(before, { secret, sealed, now: clock.now() });
        rows.putSecret(record);
        rows.bump();
        return toSecretView(record, clock.now());
      });
    },
    endPreviousSecret: async (name, when) =>
      rows.transaction(() => {
        const record = find(name);
        if (record === null) return null;
        const differing = differs(when, versionOfSecret(record));
        if (differing !== null) return differing;
        const { name: kept, fields, versions } = record;
        const ended: SecretRecord = { name: kept, fields, versions: versions.slice(0, 1) };
        rows.putSecret(ended);
        rows.bump();
        return toSecretView(ended, clock.now());
      }),
    removeSecret: async (name, when) =>
      rows.transaction(() => {
        const record = find(name);
        if (record === null) return false;
        const differing = differs(when, versionOfSecret(record));
        if (differing !== null) return differing;
        rows.removeSecret(name);
        rows.bump();
        return true;
      }),
    rotateDataKey: () => rotateDataKey(parts),
  };
}

/** A subscription and its secret are one thing to whoever rotates it. Null: there is nothing yet. */
function versionOfOwner(rows: RegistryRows, name: string, secret: SecretRecord | null): string | null {
  const own = secret === null ? null : versionOfSecret(secret);
  const subscription = rows.subscriptions().find(({ id }) => secretOfSubscription(id) === name);
  return subscription === undefined ? own : versionOfSubscription(subscription, own);
}

type Sealed = { readonly keyId: string; readonly text: string };

async function sealSecret(parts: RegistryParts, { name, values }: NewSecret): Promise<Sealed> {
  const { key, bytes } = await currentDataKey(parts);
  const text = await sealText(bytes, { of: name, text: JSON.stringify(values) }, parts.random);
  return { keyId: key.id, text };
}

function withVersion(
  before: SecretRecord | null,
  given: { readonly secret: NewSecret; readonly sealed: Sealed; readonly now: number },
): SecretRecord {
  const { secret, sealed, now } = given;
  const { name, values, overlapMs, actor } = secret;
  const current = before?.versions[0];
  const version: SecretVersion = {
    version: (current?.version ?? 0) + 1,
    keyId: sealed.keyId,
    sealed: sealed.text,
    createdAt: now,
    createdBy: actor,
    endsAt: null,
  };
  const kept = current !== undefined && overlapMs > 0 ? [{ ...current, endsAt: now + overlapMs }] : [];
  const record = { name, fields: Object.keys(values).sort(), versions: [version, ...kept] };
  // The one before the first is the Worker's.
  return current === undefined && overlapMs > 0 ? { ...record, workerUntil: now + overlapMs } : record;
}

async function currentDataKey(
  parts: RegistryParts,
): Promise<{ key: WrappedKey; bytes: Uint8Array<ArrayBuffer> }> {
  const { rows } = parts;
  const worker = requireWorkerKeys(parts);
  const [known] = rows.dataKeys();
  if (known !== undefined) return { key: known, bytes: await requireUnwrapped(worker, known) };
  const made = await makeDataKey(parts, worker);
  // Another call may have been first while this one was at its cryptography.
  const key = rows.transaction(() => {
    const [other] = rows.dataKeys();
    if (other !== undefined) return other;
    rows.putDataKeys([made]);
    rows.bump();
    return made;
  });
  return { key, bytes: await requireUnwrapped(worker, key) };
}

function makeDataKey({ random, clock }: RegistryParts, worker: WorkerKeys): Promise<WrappedKey> {
  const id = `dk_${[...random(5)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return wrapKey(worker, { id, bytes: random(32), createdAt: clock.now() }, random);
}

/** A change that comes in between makes it begin again; people do not make so many. */
const maxRotationTries = 5;

async function rotateDataKey(parts: RegistryParts): Promise<{ keyId: string; secretCount: number }> {
  for (let tries = 1; tries <= maxRotationTries; tries += 1) {
    const rotated = await tryRotation(parts);
    if (rotated !== null) return rotated;
  }
  throw new PortError('the registry keeps changing', { retryable: true, overloaded: false });
}

/**
 * The hash key keeps its bytes, for the hashes hang on them, and is wrapped anew. Null: something changed while this was at its
 * cryptography, and nothing was written.
 */
async function tryRotation(
  parts: RegistryParts,
): Promise<{ readonly keyId: string; readonly secretCount: number } | null> {
  const { rows, random, clock } = parts;
  const worker = requireWorkerKeys(parts);
  const version = rows.version();
  const made = await makeDataKey(parts, worker);
  const bytes = await requireUnwrapped(worker, made);
  const opened = await openDataKeys(rows, worker);
  const now = clock.now();
  const records = await Promise.all(
    rows.secrets().map(async (record) => {
      const live = record.versions.filter(({ endsAt }) => endsAt === null || endsAt > now);
      const versions = live.map(async (each) => {
        const key = opened.get(each.keyId);
        const text = key === undefined ? null : await openText(key, { of: record.name, sealed: each.sealed });
        if (text === null) throw new Error(`${record.name} version ${each.version} does not open`);
        return { ...each, keyId: made.id, sealed: await sealText(bytes, { of: record.name, text }, random) };
      });
      return { ...record, versions: await Promise.all(versions) };
    }),
  );
  const hashKey = rows.hashKey();
  const rewrapped = hashKey === null ? null : await rewrap(parts, worker, hashKey);
  return rows.transaction(() => {
    if (rows.version() !== version) return null;
    for (const record of records) rows.putSecret(record);
    rows.putDataKeys([made]);
    if (rewrapped !== null) rows.putHashKey(rewrapped);
    rows.bump();
    return { keyId: made.id, secretCount: records.length };
  });
}

async function openDataKeys(
  rows: RegistryRows,
  worker: WorkerKeys,
): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  const opened = rows.dataKeys().map(async (key) => [key.id, await requireUnwrapped(worker, key)] as const);
  return new Map(await Promise.all(opened));
}

async function rewrap({ random }: RegistryParts, worker: WorkerKeys, key: WrappedKey): Promise<WrappedKey> {
  const bytes = await requireUnwrapped(worker, key);
  return wrapKey(worker, { id: key.id, bytes, createdAt: key.createdAt }, random);
}

/** An overlap that has ended is shown no longer. */
function toSecretView(record: SecretRecord, now: number): SecretView {
  const { name, fields, versions } = record;
  const good = versions.filter(({ endsAt }) => endsAt === null || endsAt > now);
  const revision = versionOfSecret(record);
  return { name, revision, fields, versions: good.map(({ sealed: _sealed, ...shown }) => shown) };
}
