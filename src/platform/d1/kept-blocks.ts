// Unpacked blocks of the journal, kept in an isolate: the ones used last, together within limits.maxKeptBlockBytes. Knows nothing of
// what is in them. Pure.

import { limits } from '../../core/limits.ts';

export type KeptBlocks<T> = {
  readonly has: (place: string) => boolean;
  /** What is asked for goes last. */
  readonly get: (place: string) => T | undefined;
  /** @param bytes of its text before it was deflated. One that is over the bound alone is not kept. */
  readonly set: (place: string, block: T, bytes: number) => void;
};

export function createKeptBlocks<T>(): KeptBlocks<T> {
  const kept = new Map<string, { readonly block: T; readonly bytes: number }>();
  let total = 0;
  const drop = (place: string): void => {
    total -= kept.get(place)?.bytes ?? 0;
    kept.delete(place);
  };
  return {
    has: (place) => kept.has(place),
    get: (place) => {
      const found = kept.get(place);
      if (found === undefined) return undefined;
      kept.delete(place);
      kept.set(place, found);
      return found.block;
    },
    set: (place, block, bytes) => {
      drop(place);
      kept.set(place, { block, bytes });
      total += bytes;
      for (const oldest of kept.keys()) {
        if (total <= limits.maxKeptBlockBytes) return;
        drop(oldest);
      }
    },
  };
}
