// The id of an intake: made from what was sent, so that the same request sent again meets the same intake, and with its
// partition in front, so that an operator's call finds it. `int_3_<128 bits, hex>`; an item is `int_3_….{index}`. Pure.

import { partitionOf } from './partition.ts';

const pattern = /^int_(\d{1,5})_[0-9a-f]{32}$/;

/** Characters kept of a digest: 128 bits, beyond any number of requests of one source. */
const digestCharacters = 32;

/** `digestHex`: SHA-256 over the source and the request. */
export function intakeId(digestHex: string, partitions: number): string {
  const digest = digestHex.slice(0, digestCharacters);
  return `int_${partitionOf(`intake/${digest}`, partitions)}_${digest}`;
}

/** The same intake's id where there are `partitions`: what another generation calls it. */
export function intakeIdIn(id: string, partitions: number): string {
  return intakeId(id.slice(id.lastIndexOf('_') + 1), partitions);
}

/** The partition that keeps it, of the generation that made it; null where the text is no such id. */
export function intakePartition(id: string): number | null {
  const partition = pattern.exec(id)?.[1];
  return partition === undefined ? null : Number(partition);
}
