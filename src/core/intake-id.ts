// The id of an intake: made from what was sent, so that the same request sent again meets the same intake, and with its
// partition in front, so that an operator's call finds it. `int_3_<128 bits, hex>`; an item is `int_3_….{index}`. Pure.

import { partitionOf } from './partition.ts';
import { err, ok, type Result } from './result.ts';

const pattern = /^int_(\d{1,5})_[0-9a-f]{32}$/;

/** Characters kept of a digest: 128 bits, beyond any number of requests of one source. */
const digestCharacters = 32;

/** `digestHex`: SHA-256 over the source and the request. */
export function intakeId(digestHex: string, partitions: number): string {
  const digest = digestHex.slice(0, digestCharacters);
  return `int_${partitionOf(`intake/${digest}`, partitions)}_${digest}`;
}

/** The partition that keeps it; an id of a partition beyond is refused. */
export function intakePartition(id: string, partitions: number): Result<number, 'malformed_id'> {
  const partition = Number(pattern.exec(id)?.[1] ?? Number.NaN);
  return partition < partitions ? ok(partition) : err('malformed_id');
}
