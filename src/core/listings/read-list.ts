// Reading what a sender's list gives: everything in it is whatever the sender sends. Pure.

import type { EnrichFailure } from '../enrich.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { err, ok, type Result } from '../result.ts';

/** The objects of the list at `field`; null: the answer itself is the list. */
export function readList(
  answer: JsonValue,
  field: string | null,
): Result<readonly JsonObject[], EnrichFailure> {
  const list = field === null ? answer : isJsonObject(answer) ? answer[field] : undefined;
  if (!Array.isArray(list)) {
    const where = field === null ? 'the answer' : `$.${field}`;
    return err({ reason: 'refused', message: `${where} of the list is no list` });
  }
  return ok((list as readonly JsonValue[]).filter(isJsonObject));
}

/** The id as text; empty where there is none. */
export function idOf(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Whether the address a sender posts to is this relay's for the source, whatever host it is known by. */
export function endsWithPath(address: JsonValue | undefined, path: string): boolean {
  const url = URL.parse(textOf(address));
  return url?.pathname.endsWith(path) === true;
}
