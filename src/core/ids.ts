// Ids carry their partition, so that an admin action finds the sequencer without any index:
// `evt_3_1f` is event number 1f (base 36) of partition 3. Pure.

import { err, ok, type Result } from './result.ts';

export type IdKind = 'evt' | 'dlv' | 'act';

export type ParsedId = { readonly kind: IdKind; readonly partition: number; readonly number: number };

/** Numbers given by one generation before the next begins: ids of two generations never meet. */
const numbersPerGeneration = 1_000_000_000_000;

/** The first number a generation gives. */
export function firstNumber(generation: number): number {
  return (generation - 1) * numbersPerGeneration + 1;
}

/** Which generation made the id. */
export function generationOf(id: ParsedId): number {
  return Math.floor((id.number - 1) / numbersPerGeneration) + 1;
}

const pattern = /^(evt|dlv|act)_(\d{1,5})_([0-9a-z]{1,10})$/;

export function formatId(kind: IdKind, partition: number, number: number): string {
  return `${kind}_${partition}_${number.toString(36)}`;
}

export function parseId(kind: IdKind, text: string): Result<ParsedId, 'malformed_id'> {
  const match = pattern.exec(text);
  if (match === null || match[1] !== kind) return err('malformed_id');
  const partition = Number(match[2]);
  const number = Number.parseInt(match[3] ?? '', 36);
  if (number < 1 || !Number.isSafeInteger(number)) return err('malformed_id');
  return ok({ kind, partition, number });
}
