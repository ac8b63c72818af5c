// Trace headers as senders write them, well and badly: what holds is read back as it was written, anything else counts as absent.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/core/limits.ts';
import {
  formatTraceparent,
  isSampled,
  parseTraceparent,
  parseTracestate,
  readSenderTrace,
  toSpanId,
  toTraceHeaders,
  toTraceId,
} from '../../../src/core/tracing/trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const good = `00-${traceId}-${spanId}-01`;

const hex = (digits: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: digits, maxLength: digits })
    .map((each) => each.join(''));
const nonZero = (digits: number) => hex(digits).filter((text) => !/^0+$/.test(text));
const contexts = fc.record({ traceId: nonZero(32), spanId: nonZero(16), sampled: fc.boolean() });

describe('a traceparent', () => {
  it('is read back as it was written, whatever its ids', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });

  it('that is read is one by the standard, and no text makes reading it throw', () => {
    const nearly = fc.tuple(hex(2), hex(32), hex(16), hex(2), fc.string()).map((parts) => parts.join('-'));
    const changed = fc
      .tuple(fc.nat(good.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([at, character]) => good.slice(0, at) + character + good.slice(at + 1));
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly, changed), (text) => {
        const read = parseTraceparent(text);
        if (read === null) return;
        expect(text).toMatch(/^(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/);
        expect(read.traceId).not.toMatch(/^0+$/);
        expect(read.spanId).not.toMatch(/^0+$/);
        if (text.startsWith('00')) expect(text).toHaveLength(55);
      }),
    );
  });

  it.each([
    ['nothing', undefined],
    ['the empty text', ''],
    ['capitals', good.toUpperCase()],
    ['the version that is forbidden', `ff${good.slice(2)}`],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['a span id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['a digit too few', `00-${traceId.slice(1)}-${spanId}-01`],
    ['a digit too many', `00-0${traceId}-${spanId}-01`],
    ['a field too many in this version', `${good}-00`],
    ['no flags', good.slice(0, -3)],
    ['blanks around it', ` ${good} `],
    ['a line break behind it', `${good}\n`],
    ['two of them in one line', `${good}, ${good}`],
    [
      'more than any version needs',
      `01-${traceId}-${spanId}-01-${'x'.repeat(limits.maxTraceparentCharacters)}`,
    ],
  ])('of %s is none', (_, text) => {
    expect(parseTraceparent(text)).toBeNull();
  });

  it('of a later version is read as far as it is known', () => {
    const known = { traceId, spanId, sampled: true };
    expect(parseTraceparent(`01-${traceId}-${spanId}-03-what-comes`)).toEqual(known);
    expect(parseTraceparent(`cc-${traceId}-${spanId}-09`)).toEqual(known);
    expect(parseTraceparent(`01-${traceId}-${spanId}-01.what`)).toBeNull();
  });
});

describe('a tracestate', () => {
  it('is passed on as it came, without the blanks between its members', () => {
    expect(parseTracestate('rojo=00f067aa0ba902b7,congo=t61rcWkgMzE')).toBe(
      'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
    );
    expect(parseTracestate('a=1 , \tb=2,,')).toBe('a=1,b=2');
    expect(parseTracestate('fw529a3039@dt=FfAAAA')).toBe('fw529a3039@dt=FfAAAA');
  });

  it.each([
    ['nothing', undefined],
    ['the empty text', ''],
    ['commas only', ' , ,'],
    ['no value', 'a'],
    ['an empty value', 'a='],
    ['a capital in a key', 'A=1'],
    ['one key twice', 'a=1,a=2'],
    ['a line break', 'a=1\nx-evil: 1'],
    ['a character beyond ASCII', 'a=é'],
    ['too many members', Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(',')],
    ['too many characters', `a=${'x'.repeat(limits.maxTracestateCharacters)}`],
  ])('of %s is none', (_, text) => {
    expect(parseTracestate(text)).toBeNull();
  });

  it('that is read is what a header may hold, and is read the same again', () => {
    const member = fc
      .tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }))
      .map(([key, value]) => `${key}=${value}`);
    const state = fc.oneof(
      fc.string(),
      fc.array(member, { maxLength: 40 }).map((members) => members.join(',')),
    );
    fc.assert(
      fc.property(state, (text) => {
        const read = parseTracestate(text);
        if (read === null) return;
        expect(read).toMatch(/^[\x21-\x7e][\x20-\x7e]*$/);
        expect(parseTracestate(read)).toBe(read);
      }),
    );
  });
});

describe('the trace of a sender', () => {
  it('is absent where the header came twice', () => {
    expect(readSenderTrace({ traceparent: good }, ['traceparent'])).toBeNull();
  });

  it('goes on without a state that does not hold, and not at all without a parent', () => {
    const parent = { traceId, spanId, sampled: true };
    expect(readSenderTrace({ traceparent: good, tracestate: 'A=1' }, [])).toEqual(parent);
    expect(readSenderTrace({ traceparent: good, tracestate: 'a=1' }, ['tracestate'])).toEqual(parent);
    expect(readSenderTrace({ traceparent: good, tracestate: 'a=1' }, [])).toEqual({
      ...parent,
      state: 'a=1',
    });
    expect(readSenderTrace({ tracestate: 'a=1' }, [])).toBeNull();
  });

  it('is passed on in the headers it came in', () => {
    const context = { traceId, spanId, sampled: false, state: 'a=1' };
    expect(toTraceHeaders(context)).toEqual({ traceparent: `00-${traceId}-${spanId}-00`, tracestate: 'a=1' });
  });
});

describe('ids of the relay', () => {
  it('are such that others can read them', () => {
    fc.assert(
      fc.property(fc.uuid({ version: 4 }), (uuid) => {
        const context = { traceId: toTraceId(uuid), spanId: toSpanId(uuid), sampled: true };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });
});

describe('sampling', () => {
  it('is the same for one trace however often it is asked, all at 1 and none at 0', () => {
    fc.assert(
      fc.property(nonZero(32), fc.double({ min: 0, max: 1, noNaN: true }), (id, ratio) => {
        expect(isSampled(id, ratio)).toBe(isSampled(id, ratio));
        expect(isSampled(id, 1)).toBe(true);
        expect(isSampled(id, 0)).toBe(false);
        if (isSampled(id, ratio)) expect(isSampled(id, Math.min(1, ratio * 2))).toBe(true);
      }),
    );
  });

  it('takes about as many as it is told to', () => {
    const ids = Array.from({ length: 4_000 }, () => toTraceId(crypto.randomUUID()));
    const taken = ids.filter((id) => isSampled(id, 0.25)).length;
    expect(taken).toBeGreaterThan(800);
    expect(taken).toBeLessThan(1_200);
  });
});
