// What the registry is made of, and the keys it cannot do without. Without REGISTRY_KEY it keeps nothing: the HTTP side says so
// before it asks. May not log.

import { type RandomBytes, unwrapKey, type WorkerKeys } from '../core/identity/envelope.ts';
import type { WrappedKey } from '../core/identity/registry-snapshot.ts';
import type { Clock } from './ports.ts';
import type { RegistryRows } from './registry-ports.ts';

export type RegistryParts = {
  readonly rows: RegistryRows;
  /** Null: no REGISTRY_KEY is set, so nothing can be kept under one. */
  readonly worker: WorkerKeys | null;
  readonly random: RandomBytes;
  readonly clock: Pick<Clock, 'now'>;
};

export function requireWorkerKeys({ worker }: Pick<RegistryParts, 'worker'>): WorkerKeys {
  if (worker === null) throw new Error('the registry needs REGISTRY_KEY');
  return worker;
}

export async function requireUnwrapped(
  worker: WorkerKeys,
  wrapped: WrappedKey,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await unwrapKey(worker, wrapped);
  if (bytes === null)
    throw new Error(`neither REGISTRY_KEY nor its previous value opens the key ${wrapped.id}`);
  return bytes;
}
