// Which partition keeps an ordering key. Part of a generation: changing it needs a new one (DESIGN, partitions). Pure.

/** FNV-1a over the UTF-8 bytes, 32 bits, then a final mix so that the low bits are as good as the high ones. */
export function partitionOf(orderingKey: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(orderingKey)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return (hash >>> 0) % partitions;
}
