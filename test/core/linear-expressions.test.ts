// Whoever posts chooses the text that an expression runs over. One that begins anywhere and ends in a repetition before
// the end starts over at each character: a mebibyte of them holds the isolate for minutes. `trimEnd` is the way instead.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../src');

function expressions(): { readonly file: string; readonly source: string }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('sandbox-erp'))
    .flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n');
      const code = lines.filter((line) => !/^\s*(\/\/|\/?\*)/.test(line)).join('\n');
      const literals = code.matchAll(
        /(?<=[=(,:[]\s*)\/(?![/*])((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+)\/[dgimsuvy]*/g,
      );
      return [...literals].map((match) => ({ file, source: match[1] ?? '' }));
    });
}

/** An alternative that begins with a repetition, not held at its beginning, and must reach the end. */
const startsOver = (source: string): boolean =>
  !source.startsWith('^') &&
  source.split('|').some((part) => /^\(?(?:\?:)?(?:\\.|\[(?:\\.|[^\]])*\]|[^\\^([])[+*].*\$\)?$/.test(part));

/** A repetition of a repetition: exponential, unless each round begins with a character of its own, as in `(?:\\.[a-z]+)+`. */
const repeatsRepetition = (source: string): boolean =>
  /\((?:\?:|(?!\?:))(?!\\[^dwsDWS])[^()]*[+*]\)[+*]/.test(source);

describe('every expression over what others send', () => {
  it('is found by this test', () => {
    expect(expressions().length).toBeGreaterThan(60);
    expect(startsOver('x+$')).toBe(true);
    expect(startsOver('^x+$')).toBe(false);
    expect(repeatsRepetition('^(a+)+$')).toBe(true);
    expect(repeatsRepetition('^(?:\\.[a-z]+)+$')).toBe(false);
    expect(repeatsRepetition('^(?:\\d+)+$')).toBe(true);
  });

  it('neither starts over at each character nor repeats a repetition', () => {
    const bad = expressions().filter(({ source }) => startsOver(source) || repeatsRepetition(source));
    expect(bad).toEqual([]);
  });
});
