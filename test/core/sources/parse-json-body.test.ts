// Bodies as hostile and as careless senders write them: strict UTF-8, bounded depth, exact ids, no prototype keys.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonBody } from '../../../src/core/sources/parse-json-body.ts';
import { bytes } from '../../support/requests.ts';

function payloadOf(text: string): unknown {
  const parsed = parseJsonBody(bytes(text));
  return parsed.ok ? parsed.value : parsed.error.reason;
}

describe('a JSON body', () => {
  it('gives what JSON.parse gives, for any JSON without unsafe numbers', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
        fc.pre(!json.includes('__proto__'));
        const safe = JSON.parse(json, (_key, value: unknown) =>
          typeof value === 'number' && !Number.isSafeInteger(value) ? 0.5 : value,
        );
        expect(payloadOf(JSON.stringify(safe, null, indent))).toEqual(JSON.parse(JSON.stringify(safe)));
      }),
    );
  });

  it.each([
    ['820982911946154508', '820982911946154508'],
    ['-9007199254740993', '-9007199254740993'],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['1e400', '1e400'],
    ['-1E+999', '-1E+999'],
    ['1e15', 1e15],
    ['0.3000000000000000000', 0.3],
    ['0.1000000000000000055', 0.1],
    ['-0', -0],
  ])('keeps the number %s as %j', (text, expected) => {
    expect(payloadOf(`{"id": ${text} , "list":[${text}]}`)).toEqual({ id: expected, list: [expected] });
    expect(payloadOf(text)).toEqual(expected);
  });

  it('leaves digits in strings and keys alone', () => {
    const text = '{"820982911946154508":"820982911946154508","a\\"820982911946154508":1}';
    expect(payloadOf(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a":1}}',
    '{"a":820982911946154508',
    '0820982911946154508',
    '820982911946154508x',
    '{820982911946154508:1}',
    '[820982911946154508 1]',
    '+820982911946154508',
    '- 820982911946154508',
    '.8209829119461545081',
    "{'a':1}",
    'NaN',
    'webhook_id=142',
    '"\u0000"',
    '"unended',
    '"unended\\',
  ])('that is none is refused: %j', (text) => {
    expect(payloadOf(text)).toBe('not_json');
  });

  it('ignores one byte order mark at its start', () => {
    expect(payloadOf('\ufeff{"a":1}')).toEqual({ a: 1 });
    expect(payloadOf('\ufeff\ufeff{"a":1}')).toBe('not_json');
  });

  it('must be UTF-8', () => {
    for (const wrong of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x7b, 0],
    ]) {
      const parsed = parseJsonBody(new Uint8Array(wrong));
      expect(parsed).toMatchObject({ ok: false, error: { reason: 'not_utf8', field: 'body $' } });
    }
  });

  it('may nest 64 deep and no deeper, brackets in strings not counted', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(payloadOf(nested(64))).not.toBe('too_deep');
    expect(payloadOf(nested(65))).toBe('too_deep');
    expect(payloadOf(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`)).toBe('too_deep');
    expect(payloadOf(nested(200_000))).toBe('too_deep');
    expect(payloadOf(JSON.stringify({ text: '['.repeat(1000) }))).toEqual({ text: '['.repeat(1000) });
  });

  it('carries no prototype key, however it is spelt', () => {
    for (const key of ['__proto__', '\\u005f_proto__', '\\u005F\\u005fproto\\u005f_']) {
      const parsed = payloadOf(`{"a":{"${key}":{"polluted":true},"b":[{"${key}":1}]},"id":1}`);
      expect(parsed).toEqual({ a: { b: [{}] }, id: 1 });
      expect(Object.assign({}, (parsed as { a: object }).a)).not.toHaveProperty('polluted');
    }
    expect(payloadOf('{"__proto__":{"x":1},"id":820982911946154508}')).toEqual({ id: '820982911946154508' });
  });

  it('takes the last of doubled keys', () => {
    expect(payloadOf('{"id":1,"id":2}')).toEqual({ id: 2 });
  });

  it('never makes the parser throw, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
        const parsed = parseJsonBody(new Uint8Array(body));
        expect(typeof parsed.ok).toBe('boolean');
      }),
    );
  });
});
