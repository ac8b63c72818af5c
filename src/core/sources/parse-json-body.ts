// The one way from a body's bytes to a payload: strict UTF-8, bounded depth, no lost digits, no prototype keys.
// Pure; never throws. A leading byte order mark is ignored; of a doubled key the last one counts, as in JSON.parse.
// An integer that a double cannot hold (beyond 2^53 - 1) becomes a string of its digits: senders use them as ids.

import type { JsonValue } from '../json.ts';
import { limits } from '../limits.ts';
import { err, ok, type Result } from '../result.ts';
import type { ParseProblem } from '../source.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
const integer = /^-?(?:0|[1-9]\d*)$/;

const quote = 0x22;
const backslash = 0x5c;

function problem(reason: ParseProblem['reason'], rule: string): Result<never, ParseProblem> {
  return err({ reason, field: 'body $', rule });
}

/** Index just after the string that starts at `start`; the text's length where it does not end. */
function skipString(text: string, start: number): number {
  let index = start + 1;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === backslash) index += 1;
    else if (code === quote) return index + 1;
    index += 1;
  }
  return text.length;
}

function isNumberCharacter(code: number): boolean {
  // 0-9 + - . E e
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    code === 0x45 ||
    code === 0x65
  );
}

function skipNumber(text: string, start: number): number {
  let index = start;
  while (index < text.length && isNumberCharacter(text.charCodeAt(index))) index += 1;
  return index;
}

/** True where a double would be another number than what is written: an unsafe integer, or one beyond all doubles. */
function losesDigits(token: string): boolean {
  const value = Number(token);
  return integer.test(token) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
}

/** The shortest text of a number that can lose digits: 2^53 has 16 digits, and `1e309` is beyond all doubles. */
function mayLoseDigits(token: string): boolean {
  return token.length >= 16 || token.includes('e') || token.includes('E');
}

type Scan = { readonly tooDeep: boolean; readonly exactText: string | null };

/** One pass over the text: how deep it nests, and, where needed, the text with the numbers in question as strings. */
function scan(text: string): Scan {
  let depth = 0;
  let rewritten = '';
  let copiedTo = 0;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      index = skipString(text, index);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = skipNumber(text, index);
      const token = text.slice(index, end);
      if (mayLoseDigits(token) && losesDigits(token)) {
        rewritten += `${text.slice(copiedTo, index)}"${token}"`;
        copiedTo = end;
      }
      index = end;
    } else {
      // [ { open, ] } close
      if (code === 0x5b || code === 0x7b) depth += 1;
      else if (code === 0x5d || code === 0x7d) depth -= 1;
      if (depth > limits.maxJsonDepth) return { tooDeep: true, exactText: null };
      index += 1;
    }
  }
  return { tooDeep: false, exactText: copiedTo === 0 ? null : rewritten + text.slice(copiedTo) };
}

/** Deletes own `__proto__` keys. JSON.parse makes them ordinary ones, but a later merge or assignment would not. */
function dropPrototypeKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  for (const inner of Object.values(value)) dropPrototypeKeys(inner);
}

function decode(bytes: Uint8Array<ArrayBuffer>): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

function parse(text: string): Result<JsonValue, ParseProblem> {
  try {
    return ok(JSON.parse(text) as JsonValue);
  } catch {
    return problem('not_json', 'must be JSON');
  }
}

export function parseJsonBody(bytes: Uint8Array<ArrayBuffer>): Result<JsonValue, ParseProblem> {
  const text = decode(bytes);
  if (text === null) return problem('not_utf8', 'must be UTF-8');
  const { tooDeep, exactText } = scan(text);
  if (tooDeep) return problem('too_deep', `must not nest deeper than ${limits.maxJsonDepth}`);
  // The text as received decides whether it is JSON: the rewritten one could be where the original is not.
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const exact = exactText === null ? parsed : parse(exactText);
  if (exact.ok && (text.includes('__proto__') || text.includes('\\u'))) dropPrototypeKeys(exact.value);
  return exact;
}
