// Reads the fields of a signature that stands in the body. The body is nobody's word yet: nothing of it is believed, and
// what has not the form is null. Pure.

import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { parseBody } from '../sources/parse-body.ts';
import type { SignatureCheck, SignatureVerdict } from './scheme.ts';
import type { SignatureFailureReason } from './signature-failure.ts';

type Request = Pick<SignatureCheck['request'], 'headers' | 'body'>;

/** The body as JSON or form; null where it is neither. */
export function readBody(request: Request): JsonValue | null {
  const parsed = parseBody('json_or_form', request);
  return parsed.ok ? parsed.value : null;
}

export function readBodyObject(request: Request): JsonObject | null {
  const body = readBody(request);
  return isJsonObject(body) ? body : null;
}

export function textIn(object: JsonObject, name: string): string | null {
  const value = Object.hasOwn(object, name) ? object[name] : null;
  return typeof value === 'string' ? value : null;
}

/** Senders sign what they write: a number or a truth as its text, and nothing where there is nothing. */
export function signedText(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

export function refused(reason: SignatureFailureReason, header: string | null = null): SignatureVerdict {
  return { ok: false, reason, header };
}

/** A configured list of pins, by spaces or commas. */
export function listOf(secret: string): readonly string[] {
  return secret.split(/[\s,]+/).filter((pin) => pin !== '');
}
