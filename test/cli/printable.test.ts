// What a webhook holds reaches a terminal as text and as nothing else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson, printableLine } from '../../cli/terminal/printable.ts';

/** Everything a terminal obeys, and what turns or hides text, but tab and line feed. */
const obeyed = /\p{Cc}|\p{Bidi_Control}|[\u200b-\u200d\u2028\u2029\ufeff]/u;
const withoutLayout = (text: string) => text.replaceAll('\n', '').replaceAll('\t', '');

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u009b',
      '\u0007',
      '\r',
      '\n',
      '\t',
      '\u202e',
      '\u2066',
      '\u200b',
      '\ufeff',
      '\u007f',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
});

describe('text of others', () => {
  it('has no character a terminal obeys, but line feeds and tabs where lines are wanted', () => {
    fc.assert(fc.property(hostile, (text) => !obeyed.test(withoutLayout(printable(text)))));
    fc.assert(fc.property(hostile, (text) => !obeyed.test(printableLine(text))));
  });

  it('is shown as what it was', () => {
    expect(printable('\u001b[2J\u001b]0;owned\u0007')).toBe('\\x1b[2J\\x1b]0;owned\\x07');
    expect(printable('a\u202eb')).toBe('a\\u202eb');
    expect(printableLine('a\nb\tc')).toBe('a\\nb\\tc');
    expect(printable('Grüße 東京 ✓')).toBe('Grüße 東京 ✓');
  });

  it('stays the same value in JSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = printableJson({ text });
        expect(obeyed.test(withoutLayout(json))).toBe(false);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});
