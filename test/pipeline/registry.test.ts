// The registry's secrets and keys: sealed under a data key that only the Worker's key opens, bound to their names, rotated with an
// overlap, and re-encrypted while they are used. And the isolate's copy of it.
import { describe, expect, it } from 'vitest';
import { limits } from '../../src/core/limits.ts';
import { createRegistry } from '../../src/pipeline/registry.ts';
import { createRegistryCopy } from '../../src/pipeline/registry-copy.ts';
import {
  createMemoryRegistry,
  createMemoryRegistryRows,
  randomBytes,
  registryKey,
} from '../support/memory-registry.ts';

const newKey = 'bmV3LXJlZ2lzdHJ5LWtleS0wMTIzNDU2Nzg5MDEyMzQ=';
const telemetry = { log: () => {} };
const secretOf = (value: string, overlapMs = 60_000) => ({
  name: 'source/shop',
  values: { secret: value },
  overlapMs,
  actor: 'crd_1',
});

function start() {
  const time = { now: 1_000_000 };
  const memory = createMemoryRegistry({ now: () => time.now, adminKey: null, telemetry });
  return { time, ...memory };
}

describe('a secret', () => {
  it('is opened by the isolates, and stands nowhere in the open', async () => {
    const { registry, rows, copy } = start();
    await registry.putSecret(secretOf('top-secret'));
    await copy.lenient();
    expect(await copy.secret('source/shop')).toEqual({
      kind: 'open',
      current: { secret: 'top-secret' },
      previous: null,
      besideWorker: true,
    });
    const kept = [rows.secrets(), rows.dataKeys(), rows.hashKey(), await registry.listSecrets()];
    expect(JSON.stringify(kept)).not.toContain('top-secret');
    expect(JSON.stringify(kept)).not.toContain(btoa('top-secret'));
    expect(JSON.stringify(await registry.listSecrets())).not.toContain('sealed');
  });

  it('that is rotated is good beside the one before, until the overlap ends', async () => {
    const { registry, copy, time } = start();
    await registry.putSecret(secretOf('old'));
    await registry.putSecret(secretOf('new'));
    await copy.current();
    const previous = async () => Reflect.get(await copy.secret('source/shop'), 'previous');
    expect(await previous()).toEqual({ secret: 'old' });
    time.now += 60_000;
    expect(await previous()).toBeNull();
    expect((await registry.listSecrets())[0]?.versions).toHaveLength(1);
  });

  it('moved to another name opens there no more, nor with a changed byte', async () => {
    const { registry, rows, copy } = start();
    await registry.putSecret(secretOf('top-secret'));
    const [kept] = rows.secrets();
    if (kept === undefined) throw new Error('nothing was kept');
    rows.putSecret({ ...kept, name: 'target/erp' });
    const [version] = kept.versions;
    const changed = version?.sealed.replace(/.(?=.$)/, (at) => (at === 'A' ? 'B' : 'A')) ?? '';
    rows.putSecret({ ...kept, versions: [{ ...version, sealed: changed } as never] });
    await copy.current();
    expect(await copy.secret('target/erp')).toEqual({ kind: 'unreadable' });
    expect(await copy.secret('source/shop')).toEqual({ kind: 'unreadable' });
    expect(await copy.secret('source/other')).toEqual({ kind: 'absent' });
  });
});

describe('rotating the key', () => {
  it('seals every secret anew, drops the old data key, and needs no old Worker key afterwards', async () => {
    const rows = createMemoryRegistryRows();
    const clock = { now: () => 1_000 };
    const before = createRegistry({
      rows,
      random: randomBytes,
      clock,
      worker: { current: registryKey, previous: null },
    });
    await before.putSecret(secretOf('one'));
    await before.putSecret(secretOf('two'));
    const changing = { current: newKey, previous: registryKey };
    const during = createRegistry({ rows, random: randomBytes, clock, worker: changing });
    const [oldKey] = rows.dataKeys();
    const rotated = await during.rotateDataKey();
    expect(rotated.secretCount).toBe(1);
    expect(rows.dataKeys().map(({ id }) => id)).toEqual([rotated.keyId]);
    expect(rotated.keyId).not.toBe(oldKey?.id);
    const worker = { current: newKey, previous: null };
    const after = createRegistry({ rows, random: randomBytes, clock, worker });
    const copy = createRegistryCopy({ registry: after, worker, clock, telemetry, background: () => {} });
    await copy.current();
    expect(await copy.secret('source/shop')).toMatchObject({
      current: { secret: 'two' },
      previous: { secret: 'one' },
    });
  });

  it('keeps the hashes of API keys, for it wraps their key anew and does not change it', async () => {
    const { registry, rows, copy } = start();
    const giver = {
      actor: 'a',
      scopes: new Set(['deliveries:read'] as const),
      view: { sources: null, grants: null },
      bootstrapKey: null,
    };
    const made = await registry.createCredential(
      {
        ...{ name: 'x', preset: null, scopes: ['deliveries:read'], sources: null, grants: null },
        ...{ expiresAt: null, tokenSubject: null },
      },
      giver,
    );
    if (!made.ok || made.value.key === null) throw new Error('not made');
    await registry.rotateDataKey();
    await copy.current();
    expect(await copy.hash(made.value.key)).toBe(rows.credentials()[0]?.keys[0]?.hash);
  });

  it('begins again where a secret changes in between', async () => {
    const { registry, copy } = start();
    await registry.putSecret(secretOf('one'));
    await Promise.all([registry.rotateDataKey(), registry.putSecret(secretOf('two'))]);
    await copy.current();
    expect(await copy.secret('source/shop')).toMatchObject({ current: { secret: 'two' } });
  });
});

describe("the isolate's copy", () => {
  it('costs a call in a few seconds, and none where nothing changed but a number', async () => {
    const { copy, calls, time } = start();
    await copy.current();
    await copy.current();
    expect(calls.snapshot).toBe(1);
    time.now += limits.registryFreshMs;
    await copy.current();
    expect(calls.snapshot).toBe(2);
  });

  it('is read once for many events that find it old together', async () => {
    const { copy, calls, time } = start();
    await copy.current();
    time.now += limits.registryFreshMs;
    await Promise.all(Array.from({ length: 50 }, () => copy.lenient()));
    expect(calls.snapshot).toBe(2);
  });

  it('that could not be read for events is tried again a moment later', async () => {
    const { copy, calls, down, time } = start();
    await copy.current();
    time.now += limits.registryFreshMs;
    down.value = true;
    await copy.lenient();
    down.value = false;
    time.now += limits.registryMissMs;
    const asked = calls.snapshot;
    await copy.lenient();
    expect(calls.snapshot).toBe(asked + 1);
  });

  it('serves ingest while the registry is away, however long, and callers only for a while', async () => {
    const { copy, down, time } = start();
    await copy.current();
    down.value = true;
    time.now += limits.registryStaleMs + 1;
    await expect(copy.current()).rejects.toThrow('the registry is away');
    expect((await copy.lenient()).credentials).toEqual([]);
  });

  it('is read again after a miss, but not at every made-up key', async () => {
    const { copy, calls, time } = start();
    await copy.current();
    await copy.afterMiss();
    expect(calls.snapshot).toBe(1);
    time.now += limits.registryMissMs;
    await copy.afterMiss();
    expect(calls.snapshot).toBe(2);
  });
});
