// The isolate's copy of the registry: read again every few seconds, so that nobody waits for a call and a revoked key stops within
// a stated time. Callers are never judged by an old copy; ingest and delivery go on with the last one while the registry does
// not answer. Keeps values, never promises: one request may not wait for what another one started.

import { keyedHash, openText, unwrapKey, type WorkerKeys } from '../core/identity/envelope.ts';
import type { RegistrySnapshot, SecretRecord } from '../core/identity/registry-snapshot.ts';
import { limits } from '../core/limits.ts';
import { type Clock, PortError, type Telemetry } from './ports.ts';
import type { Registry } from './registry-ports.ts';

export type CopyDependencies = {
  readonly registry: Pick<Registry, 'snapshot'>;
  /** Null: no REGISTRY_KEY is set; what is sealed cannot be read. */
  readonly worker: WorkerKeys | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly telemetry: Telemetry;
  /** Work that may finish after the answer. */
  readonly background: (work: Promise<unknown>) => void;
};

export type Values = Readonly<Record<string, string>>;

/** `unreadable`: it is there and cannot be opened, which is no reason to fall back to an older value. */
export type OpenedSecret =
  | {
      readonly kind: 'open';
      readonly current: Values;
      readonly previous: Values | null;
      /** The Worker's own secret is good beside it. */
      readonly besideWorker: boolean;
    }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'absent' };

export type RegistryCopy = {
  /** For callers. Throws a PortError where the registry does not answer and the copy is old. */
  readonly current: () => Promise<RegistrySnapshot>;
  /** For ingest and delivery. Throws a PortError where there is no copy at all. */
  readonly lenient: () => Promise<RegistrySnapshot>;
  /** What was looked for is not there: reads the copy again unless that was done a moment ago. */
  readonly afterMiss: () => Promise<RegistrySnapshot>;
  /** Something was changed by way of this isolate: the copy is old. */
  readonly expire: () => void;
  /** Of the copy at hand. Null: there is no hash key to hash with. */
  readonly hash: (text: string) => Promise<string | null>;
  /** Of the copy at hand; `absent` where there is none. */
  readonly secret: (name: string) => Promise<OpenedSecret>;
};

type Kept = {
  readonly snapshot: RegistrySnapshot;
  /** When it was asked for, epoch ms. */
  readonly at: number;
  readonly opened: Map<string, Values | null>;
};

export function createRegistryCopy(deps: CopyDependencies): RegistryCopy {
  const { registry, worker, clock, telemetry, background } = deps;
  let kept: Kept | null = null;
  /** When somebody last began to read it beside an event, epoch ms: one of many that find it old is enough. */
  let refreshingSince = Number.NEGATIVE_INFINITY;
  let hashKey: { readonly of: string; readonly bytes: Uint8Array<ArrayBuffer> } | null = null;

  const read = async (): Promise<Kept> => {
    const at = clock.now();
    const known = kept;
    const fresh = await registry.snapshot(known?.snapshot.version ?? null);
    const snapshot = fresh ?? known?.snapshot;
    if (snapshot === undefined) throw new Error('the registry said that nothing is known already');
    const opened = fresh === null && known !== null ? known.opened : new Map<string, Values | null>();
    // A slower call that began earlier may not put an older copy over a newer one.
    if (kept === null || kept.snapshot.version <= snapshot.version) kept = { snapshot, at, opened };
    return kept;
  };
  const ageOf = ({ at }: Kept): number => clock.now() - at;
  const readOr = async (limitMs: number): Promise<RegistrySnapshot> => {
    try {
      return (await read()).snapshot;
    } catch (error) {
      if (!(error instanceof PortError) || kept === null || ageOf(kept) > limitMs) throw error;
      telemetry.log('warn', 'registry.unavailable', { ageMs: ageOf(kept), error: error.message });
      return kept.snapshot;
    }
  };
  return {
    current: async () =>
      kept !== null && ageOf(kept) < limits.registryFreshMs ? kept.snapshot : readOr(limits.registryStaleMs),
    lenient: async () => {
      if (kept === null) return (await read()).snapshot;
      const age = ageOf(kept);
      // Something was changed here a moment ago: whoever did it expects it to count.
      if (age === Number.POSITIVE_INFINITY) return readOr(age);
      if (age >= limits.registryFreshMs && clock.now() - refreshingSince >= limits.registryMissMs) {
        refreshingSince = clock.now();
        background(readOr(Number.POSITIVE_INFINITY));
      }
      return kept.snapshot;
    },
    afterMiss: async () =>
      kept !== null && ageOf(kept) < limits.registryMissMs ? kept.snapshot : readOr(limits.registryStaleMs),
    expire: () => {
      if (kept !== null) kept = { ...kept, at: Number.NEGATIVE_INFINITY };
    },
    hash: async (text) => {
      const wrapped = kept?.snapshot.hashKey ?? null;
      if (wrapped === null || worker === null) return null;
      if (hashKey === null || hashKey.of !== wrapped.wrapped) {
        const bytes = await unwrapKey(worker, wrapped);
        if (bytes === null) throw new PortError('REGISTRY_KEY does not open the registry', noRetry);
        hashKey = { of: wrapped.wrapped, bytes };
      }
      return keyedHash(hashKey.bytes, text);
    },
    secret: async (name) => {
      const record = kept?.snapshot.secrets.find((each) => each.name === name);
      if (kept === null || record === undefined) return { kind: 'absent' };
      return openSecret({ kept, worker, record, now: clock.now() });
    },
  };
}

const noRetry = { retryable: false, overloaded: false } as const;

type Opening = {
  readonly kept: Kept;
  readonly worker: WorkerKeys | null;
  readonly record: SecretRecord;
  readonly now: number;
};

async function openSecret(opening: Opening): Promise<OpenedSecret> {
  const { record, now } = opening;
  const [first, second] = record.versions;
  const current = first === undefined ? null : await openVersion(opening, first);
  if (current === null) return { kind: 'unreadable' };
  const isOver = second === undefined || second.endsAt === null || second.endsAt <= now;
  const besideWorker = (record.workerUntil ?? 0) > now;
  const previous = isOver ? null : await openVersion(opening, second);
  return { kind: 'open', current, previous, besideWorker };
}

async function openVersion(
  { kept, worker, record }: Opening,
  version: SecretRecord['versions'][number],
): Promise<Values | null> {
  const known = kept.opened.get(version.sealed);
  if (known !== undefined) return known;
  const wrapped = kept.snapshot.dataKeys.find(({ id }) => id === version.keyId);
  const key = worker === null || wrapped === undefined ? null : await unwrapKey(worker, wrapped);
  const text = key === null ? null : await openText(key, { of: record.name, sealed: version.sealed });
  const values = text === null ? null : (JSON.parse(text) as Values);
  kept.opened.set(version.sealed, values);
  return values;
}
