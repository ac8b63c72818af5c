// Ids carry their partition, so that an admin action finds the sequencer without any index:
// `evt_3_1f` is event number 1f (base 36) of partition 3. Pure.

import { err, ok, type Result } from './result.ts';

export type IdKind = 'evt' | 'dlv';

export type ParsedId = { readonly kind: IdKind; readonly partition: number; readonly number: number };

const pattern = /^(evt|dlv)_(\d{1,5})_([0-9a-z]{1,10})$/;

export function formatId(kind: IdKind, partition: number, number: number): string {
  return `${kind}_${partition}_${number.toString(36)}`;
}

/** `partitions`: how many there are; an id of a partition beyond is refused. */
export function parseId(kind: IdKind, text: string, partitions: number): Result<ParsedId, 'malformed_id'> {
  const match = pattern.exec(text);
  if (match === null || match[1] !== kind) return err('malformed_id');
  const partition = Number(match[2]);
  const number = Number.parseInt(match[3] ?? '', 36);
  if (partition >= partitions || !Number.isSafeInteger(number)) return err('malformed_id');
  return ok({ kind, partition, number });
}
